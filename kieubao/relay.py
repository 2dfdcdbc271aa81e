"""The office's own relays of mail and text messages: the one place from which anything leaves by itself.

Without one nothing is sent: what was to go waits for somebody to tell it.
"""

import json
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from flask import Flask, current_app

from kieubao.ground import clock

_SECONDS: Final = 20
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
# By each setting: the addresses it takes, those on this machine alone, and the channel it serves.
_RELAYS: Final = {"MAIL": ("smtps", "smtp", "email"), "SMS": ("https", "http", "sms")}


class Undelivered(Exception):
    """The relay did not take it: it is tried again."""


class _Straight(HTTPRedirectHandler):
    """A message goes where the office said, and nowhere else."""

    def redirect_request(self, *_about: Any, **_more: Any) -> None:
        return None


def init_app(app: Flask) -> None:
    """Raise RuntimeError for a relay that is none, or that would be spoken to in the open."""
    for name, (_closed, _open, channel) in _RELAYS.items():
        if told := app.config.get(name):
            _refuse_unfit(name, urlsplit(told))
            app.extensions.setdefault("kieubao.relays", set()).add(channel)
    if app.config.get("MAIL") and not app.config.get("MAIL_FROM"):
        raise RuntimeError("set KIEUBAO_MAIL_FROM: mail is sent in its name")
    if app.config.get("ALARM_TO") and not app.config.get("MAIL"):
        raise RuntimeError("set KIEUBAO_MAIL: without it nobody is told at KIEUBAO_ALARM_TO what is late")


def channels() -> frozenset[str]:
    """Return by which channels this office sends by itself."""
    return frozenset(current_app.extensions.get("kieubao.relays", ()))


def send(channel: str, to: str, title: str, text: str) -> None:
    """Hand a message to the relay of its channel. Raises Undelivered."""
    try:
        (_mail if channel == "email" else _text)(to, title, text)
    except (OSError, smtplib.SMTPException, HTTPException, ValueError) as error:
        # What the relay said may hold the address, which stands in no log.
        raise Undelivered(type(error).__name__) from error


def _mail(to: str, title: str, text: str) -> None:
    sender = current_app.config["MAIL_FROM"]
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = sender, to, title
    letter["Date"], letter["Message-ID"] = format_datetime(clock.now()), make_msgid(domain=sender.rpartition("@")[2])
    letter.set_content(text)
    at = urlsplit(current_app.config["MAIL"])
    with _connected(at) as relay:
        if at.username:
            relay.login(unquote(at.username), unquote(at.password or ""))
        relay.send_message(letter)


def _connected(at: SplitResult) -> smtplib.SMTP:
    host, trusting = at.hostname or "", ssl.create_default_context()
    if at.scheme == "smtps":
        return smtplib.SMTP_SSL(host, at.port or 465, timeout=_SECONDS, context=trusting)
    relay = smtplib.SMTP(host, at.port or 587, timeout=_SECONDS)
    if host not in _LOOPBACK:
        relay.starttls(context=trusting)
    return relay


def _text(to: str, _title: str, text: str) -> None:
    body = json.dumps({"to": to, "text": text}).encode()
    asked = Request(current_app.config["SMS"], body, {"Content-Type": "application/json"})  # noqa: S310 - checked at start
    if token := current_app.config.get("SMS_TOKEN"):
        asked.add_header("Authorization", f"Bearer {token}")
    with build_opener(ProxyHandler({}), _Straight()).open(asked, timeout=_SECONDS):
        pass


def _refuse_unfit(name: str, at: SplitResult) -> None:
    closed, plain, _channel = _RELAYS[name]
    # SMTP begins in the open and is closed before anything is said.
    fits = at.scheme in {closed, plain} if name == "MAIL" else at.scheme == closed or at.hostname in _LOOPBACK
    if not (fits and at.scheme in {closed, plain} and at.hostname):
        raise RuntimeError(f"KIEUBAO_{name} is an address such as {closed}://relay.example.gov.vn")
