"""What is done every night: people are asked by mail whether their record holds, the office told what is late."""

import logging

from flask import current_app

from kieubao import relay
from kieubao.access.roles import SYSTEM
from kieubao.consent.vocabulary import Channel
from kieubao.retention import reminders, service, wordings
from kieubao.visits import papers
from kieubao.worker import each, looked

_log = logging.getLogger("kieubao.worker")


def tend() -> None:
    """Remind people, and tell the office what is late; of an office that sends no mail neither is done."""
    if Channel.EMAIL not in relay.channels():
        return
    each(looked(reminders.due), lambda one: service.remind(SYSTEM, one.person_id, papers.named(), papers.site()))
    _alarm(current_app.config.get("ALARM_TO") or "")


def _alarm(to: str) -> None:
    late = service.overdue(SYSTEM) if to else {}
    if not any(late.values()):
        return
    try:
        relay.send(Channel.EMAIL, to, *wordings.alarm(late, papers.named(), papers.site()))
    except relay.Undelivered as error:
        _log.warning("not sent", extra={"told": {"fault": str(error)}})
