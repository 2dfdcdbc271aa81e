"""The gate: what every request passes before anybody is asked who it is, and what every answer carries."""

import hashlib
import io
from collections.abc import Callable, Mapping
from typing import IO, Any, Final
from urllib.parse import urlsplit

from flask import Flask, Request, Response, current_app, request
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import Signer
from werkzeug.exceptions import LengthRequired, RequestEntityTooLarge

from kieubao.ground.errors import Misdirected, _

# In bytes; and a form's inputs, which are read before it is known who sends them.
BODY, INPUTS = 1_000_000, 1_000
# In bytes, an office's file.
FILE = 25_000_000
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
_NOTHING: Final = "default-src 'none'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'"
# A page shows and runs what this service serves; what is no page shows and runs nothing.
_PAGE: Final = (
    f"{_NOTHING}; form-action 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'"
)
_NO_PAGE: Final = f"{_NOTHING}; form-action 'none'; sandbox"
_HSTS: Final = "max-age=63072000; includeSubDomains"


class Cookies(SecureCookieSessionInterface):
    """What a browser keeps of a session, signed with HMAC-SHA-256; Flask's own would be SHA-1."""

    digest_method = staticmethod(hashlib.sha256)


class Sent(Request):
    """A request whose files are on no disk, however large."""

    def _get_file_stream(self, *_about: Any, **_more: Any) -> IO[bytes]:
        return io.BytesIO()


def init_app(app: Flask, admitting: Mapping[str, Callable[[], object]]) -> None:
    """`admitting`: by each address that takes an office's file, who sends it is asked first."""
    app.request_class = Sent

    def make_room() -> None:
        admit = admitting.get(request.endpoint or "") if request.method == "POST" else None
        if admit:
            admit()
            request.max_content_length = FILE

    app.config.from_mapping(
        MAX_CONTENT_LENGTH=BODY, MAX_FORM_MEMORY_SIZE=BODY, MAX_FORM_PARTS=INPUTS, PROVIDE_AUTOMATIC_OPTIONS=False
    )
    # The same for what else is signed: the proof that a form is ours, and the name of a device.
    Signer.default_digest_method, Signer.default_key_derivation = staticmethod(hashlib.sha256), "hmac"
    app.session_interface = Cookies()
    app.before_request(_refuse_elsewhere)
    app.before_request(make_room)
    app.before_request(_refuse_crowds)
    app.after_request(_guard)


def _refuse_elsewhere() -> None:
    """Answer to the service's own name alone, or a page of elsewhere could read it under a name of its own."""
    own, asked = urlsplit(current_app.config["ORIGIN"]).hostname, urlsplit(f"//{request.host}").hostname
    here = {own} if current_app.config["HTTPS"] else {own, *_LOOPBACK}
    if asked not in here:
        raise Misdirected(_("This service is reached at %(host)s, and under no other name"), host=own)


def _refuse_crowds() -> None:
    """Read no more than a form can be. A body that does not say how long it is would be cut off, and acted on."""
    if "Transfer-Encoding" in request.headers:
        raise LengthRequired
    if sum(len(values) for _name, values in request.form.lists()) > INPUTS:
        raise RequestEntityTooLarge


def _guard(response: Response) -> Response:
    response.headers.update(_HEADERS)
    response.headers["Content-Security-Policy"] = _PAGE if response.mimetype == "text/html" else _NO_PAGE
    if current_app.config["HTTPS"]:
        response.headers["Strict-Transport-Security"] = _HSTS
    return response
