"""What is typed at the door. A password is taken as it was typed: nothing in it is cleaned."""

from typing import Any

from marshmallow import fields, post_load
from marshmallow.validate import Length

from kieubao.entry.service import Proof
from kieubao.forms import Form, Value, Whole
from kieubao.ground.passwords import LONGEST


class Secret(fields.String):
    """What nobody but its holder should know, of any letters."""

    def __init__(self, longest: int = LONGEST) -> None:
        super().__init__(validate=Length(max=longest), load_default="")


def name() -> Value:
    return Value(str.lower, longest=60, load_default="")


class ProofForm(Form):
    password = Secret()
    code = Value(longest=40, load_default="")
    passkey = Secret(longest=10_000)


class ConfirmForm(ProofForm):
    """`anew`: nothing was sent along to go on with; the page that asked for the proof is shown afterwards."""

    anew = Value(load_default="")


class SignInForm(ProofForm):
    username = name()
    next = Value(load_default="/")

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        return {"next": data.pop("next"), "proof": Proof(**data)}


class InvitationForm(Form):
    username = name()
    first = Value(longest=40, load_default="")
    second = Value(longest=40, load_default="")


class FactorsForm(Form):
    password = Secret()
    again = Secret()
    code = Value(longest=40, load_default="")
    passkey = Secret(longest=10_000)


class PasswordForm(Form):
    current = Secret()
    password = Secret()
    again = Secret()


class EndForm(Form):
    session = Whole(1, 2**31 - 1, load_default=None)
