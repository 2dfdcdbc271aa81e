"""What whoever registers does: they send what they typed, and are told a number. Nobody is looked for meanwhile."""

from typing import Any, Final

from kieubao.access import attempts
from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent import notices
from kieubao.consent.vocabulary import Purpose
from kieubao.db import writing
from kieubao.registrations import arrived
from kieubao.registrations.arrived import Sent
from kieubao.walls import Sight, confined

Sheet = dict[str, Any]

# How many are taken from one address in a quarter of an hour before a wait: a family sits at one computer.
_FREE: Final = 10


@use_case(Permission.REGISTRATION_SEND, Shape.SEAL)
def register(actor: Actor, address: str, sent: Sent) -> str:
    """Write down a registration; return its code. Raises TooMany."""
    attempts.reserve({attempts.bucket("registration", attempts.whereabouts(address)): _FREE})
    # How much was sent today is everybody's.
    with confined(Sight(everyone=True)):
        writing()
        filed = arrived.file(sent)
        note(registration=filed.code, kind=sent.registrant)
        return filed.code


@use_case(Permission.REGISTRATION_SEND, Shape.READ)
def offered(actor: Actor) -> dict[str, Sheet]:
    """Return by each purpose that people can be asked for the notice in force."""
    found = {purpose.value: notices.asking(purpose) for purpose in Purpose}
    return {purpose: told for purpose, told in found.items() if told}
