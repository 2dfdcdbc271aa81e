"""What is done by itself: who is to be told is told, silence is written down, and what is over is forgotten."""

from flask import current_app

from kieubao.access.roles import SYSTEM
from kieubao.ground.signatures import SigningKey
from kieubao.police import figures, office, requests, tellings
from kieubao.visits import papers
from kieubao.worker import each, looked


def attend() -> None:
    """Do what time has come for; each once, whoever else does it too."""
    each(looked(requests.unanswered), lambda one: office.fall_silent(SYSTEM, one))
    each(looked(tellings.due), lambda one: office.tell(SYSTEM, one, papers.named()))
    each(looked(tellings.sent), lambda one: office.see_told(SYSTEM, one))


def tidy() -> None:
    """Forget what is over, and publish the quarters that are: signed, where the office has a key."""
    office.forget(SYSTEM)
    if current_app.config.get("SIGNING_KEY"):
        key, province = SigningKey.from_pem(current_app.config["SIGNING_KEY"]), current_app.config["PROVINCE"]
        each(looked(figures.due), lambda quarter: office.publish(SYSTEM, quarter, province, key))
