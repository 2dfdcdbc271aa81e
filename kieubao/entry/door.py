"""What is known of who knocks, and what a browser keeps of having been let in."""

import base64
import os
import secrets
from datetime import timedelta
from typing import Final

from flask import after_this_request, current_app, request, session
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from kieubao.access.session import SECRET, forget
from kieubao.entry.service import Door
from kieubao.ground import clock, passkeys
from kieubao.ground.passkeys import Site
from kieubao.http import language, put_away, taken_back

_DEVICE_LASTS: Final = timedelta(days=365)
_CEREMONY_LASTS: Final = 10 * 60
_CHALLENGE: Final = 32
# What a browser calls itself, the more telling sign first.
_BROWSERS: Final = (
    *(("Edg", "Edge"), ("OPR", "Opera"), ("coc_coc", "Cốc Cốc"), ("Firefox", "Firefox")),
    *(("Chrom", "Chrome"), ("Safari", "Safari")),
)
_SYSTEMS: Final = (
    *(("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iOS"), ("Mac OS", "macOS")),
    ("Linux", "Linux"),
)


def door() -> Door:
    """Return what this request tells of who knocks."""
    kept = taken_back("challenge") or {}
    fresh = kept.get("until", 0) > clock.now().timestamp()
    # Without a challenge of ours no passkey's answer can be right.
    challenge = base64.b64decode(kept["challenge"]) if fresh else os.urandom(_CHALLENGE)
    sample = bool(current_app.config["DEMO"])
    known = (request.remote_addr or "", _device_named(request.user_agent.string), _known(), site(), challenge)
    return Door(*known, session.get(SECRET, ""), sample)


def site() -> Site:
    return Site(current_app.config["ORIGIN"], current_app.config["OFFICE_VI"])


def fresh_challenge() -> bytes:
    """Return what a passkey will have to sign; it holds for ten minutes and for one browser."""
    challenge = os.urandom(_CHALLENGE)
    until = clock.now().timestamp() + _CEREMONY_LASTS
    put_away("challenge", {"challenge": base64.b64encode(challenge).decode(), "until": until})
    return challenge


def ask_passkey() -> str:
    return passkeys.ask_to_use(site(), fresh_challenge())


def let_in(secret: str, username: str) -> None:
    """Give the browser a session, and a name by which its device is known the next time."""
    begin_anew()
    keep(secret)
    device = _signer().dumps([username, (_known() or ("", secrets.token_urlsafe(12)))[1]])

    @after_this_request
    def remember(answer: Response) -> Response:
        https = current_app.config["HTTPS"]
        answer.set_cookie(_device_cookie(), device, httponly=True, samesite="Lax", secure=https, max_age=_DEVICE_LASTS)
        return answer


def keep(secret: str) -> None:
    """Have the browser keep its session's secret, and who is asking be answered by it."""
    session[SECRET] = secret
    forget()


def begin_anew() -> None:
    """Leave nothing of an earlier session in the cookie but the language."""
    chosen = language()
    session.clear()
    session["language"] = chosen


def _known() -> tuple[str, str] | None:
    """Return which account this device has signed in to, and the device's own name."""
    try:
        username, device = _signer().loads(request.cookies.get(_device_cookie(), ""))
    except (BadSignature, ValueError):
        return None
    return username, device


def _device_cookie() -> str:
    return "__Host-kieubao-device" if current_app.config["HTTPS"] else "kieubao-device"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="device")


def _device_named(agent: str) -> str:
    """Return a device as its owner would know it again, such as "Firefox, Windows"."""
    kinds = (_BROWSERS, _SYSTEMS)
    return ", ".join(next((name for sign, name in kind if sign in agent), "?") for kind in kinds)
