"""What a browser would send: of a page the fields of its last form, as they stand; and a file."""

from html.parser import HTMLParser


class _LastForm(HTMLParser):
    """Reads inputs, text areas and selects; a form that begins forgets those of the one before."""

    def __init__(self):
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.name: str | None = None
        self.area: list[str] | None = None

    def handle_starttag(self, tag, attributes):
        here = dict(attributes)
        if tag == "form":
            self.sent = {}
        elif tag == "input" and (here.get("type") not in {"checkbox", "radio"} or "checked" in here):
            self.add(here["name"], here.get("value"))
        elif tag in {"select", "textarea"}:
            self.name, self.area = here["name"], []
        elif tag == "option" and "selected" in here:
            self.add(self.name, here["value"])

    def handle_data(self, data):
        if self.area is not None:
            self.area.append(data)

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.add(self.name, "".join(self.area))
        if tag in {"select", "textarea"}:
            self.area = None

    def add(self, name, value):
        self.sent.setdefault(name, []).append(value or "")


def fields_in(page) -> dict[str, list[str]]:
    parser = _LastForm()
    parser.feed(page.text)
    return parser.sent


def multipart(content, name="danh sách.csv"):
    """A file as a browser sends it; the test client's own would put a large one on a disk."""
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return {"data": head.encode() + content + b"\r\n--x--\r\n", "content_type": "multipart/form-data; boundary=x"}
