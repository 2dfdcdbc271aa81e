"""A text message as it came."""

from kieubao.forms import Form, Value


class TextForm(Form):
    """From which number, and word by word."""

    from_number = Value(longest=40, required=True)
    text = Value(longest=500, required=True)
