"""What the office does with a text message that somebody sent: what it says; and whoever has the number is answered."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from kieubao import outbox
from kieubao.access import attempts
from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent import ledger, notices
from kieubao.consent.ledger import Word
from kieubao.consent.models import Standing
from kieubao.consent.statements import Spoken, heard
from kieubao.consent.vocabulary import Channel, Method, Purpose, State
from kieubao.db import db, writing
from kieubao.ground import clock
from kieubao.ground.phones import Phone
from kieubao.outbox import To
from kieubao.people import contacts, disclosure, erasure, filters
from kieubao.people.records import BY_NUMBER, HOME
from kieubao.rights import requests
from kieubao.rights.requests import Asked
from kieubao.rights.vocabulary import Kind, Way
from kieubao.texts import syntax, waiting
from kieubao.texts.syntax import Act, Said
from kieubao.visits import wordings
from kieubao.visits.visitors import Named
from kieubao.walls import Sight, confined

# What is answered: the kind of a message, and what it tells beside.
Answer = tuple[str, dict[str, Any]]
_UNCLEAR: Final[Answer] = ("text_unclear", {})
# How many messages of one number are taken in a quarter of an hour; and for how long an answer is worth telling.
_FREE: Final = 10
_HOLDS: Final = timedelta(hours=24)


@use_case(Permission.TEXT_TAKE, Shape.SEAL)
def take(actor: Actor, sender: str, text: str, office: Named, site: str) -> None:
    """Take a text message that somebody sent: it does what it says of whoever has that number, and answers them alone.

    A no counts at once, of everybody who is reached by the number. A yes is one person's, by a number that the office
    has verified, and counts by the code of the answer. Raises Invalid for what is no number, TooMany.
    """
    number = Phone.sole(sender, (HOME,)).e164
    attempts.reserve({attempts.bucket("text", number): _FREE})
    # Whoever has the number may be anywhere; whoever takes the message is told nothing of them.
    with confined(Sight(everyone=True)):
        writing()
        owners, said = contacts.owners(number), syntax.read(text)
        erasure.hold(owners)
        subjects = [str(one) for one in disclosure.subjects(filters.everywhere(), owners).values()]
        note(found=len(owners), subjects=subjects, act=said.act if said else "unclear")
        kind, told = _done(owners, number, text, said, site)
        for person_id in owners[:1]:
            words = wordings.message(kind, disclosure.language_of(person_id), office, **told)
            outbox.put(To(person_id, Channel.SMS, number), words, clock.now() + _HOLDS)


def _done(owners: Sequence[int], number: str, text: str, said: Said | None, site: str) -> Answer:
    """Do what a message says of whoever has its number; return what they are answered."""
    if said is None:
        return _UNCLEAR
    if said.act is Act.YES:
        return _asked_back(owners, number, text, said, site)
    return _agreed(owners, said, number) if said.act is Act.PROVE else _stopped(owners, said, text)


def _asked_back(owners: Sequence[int], number: str, text: str, said: Said, site: str) -> Answer:
    """Have a yes wait for its code, where it can be but one person's who may say it; return the answer."""
    shown = {purpose.value: told["reference"] for purpose in said.purposes if (told := notices.asking(purpose))}
    if len(owners) != 1 or not _may_agree(owners[0], number) or shown.keys() != {one.value for one in said.purposes}:
        return _UNCLEAR
    _name, code, until = waiting.ask(owners[0], waiting.Asked(text, shown))
    return "text_asked", {"code": code, "until": until, "link": f"{site}/told"}


def _agreed(owners: Sequence[int], said: Said, number: str) -> Answer:
    for person_id in owners:
        if found := waiting.said(person_id, said.code):
            name, asked = found
            today = clock.today()
            words = [
                Word(
                    person_id,
                    Purpose(purpose),
                    Channel.SMS,
                    State.GIVEN,
                    Method.SMS,
                    signed_at=clock.now(),
                    evidence=f"{name}, {number}: “{asked.text}”",
                    notice_id=notices.shown(reference, [Purpose(purpose)], today),
                )
                for purpose, reference in asked.notices.items()
            ]
            ledger.record(words, None)
            return "text_done", {}
    return _UNCLEAR


def _stopped(owners: Sequence[int], said: Said, text: str) -> Answer:
    """Write down a no to some purposes, by whichever channel, or file that contact be stopped altogether."""
    for person_id in owners:
        waiting.forget(person_id)
        if said.act is Act.NO:
            no = Spoken(
                said.purposes, [*Channel], State.WITHDRAWN, clock.today(), {"method": Method.SMS, "evidence": text}
            )
            ledger.record(heard(person_id, no), None)
        elif not requests.done_already(person_id, Kind.WITHDRAW):
            requests.file(person_id, Asked(Kind.WITHDRAW, Way.SMS, clock.today(), text), None)
    return "text_stopped", {}


def _may_agree(person_id: int, number: str) -> bool:
    """Tell whether the office has verified that a number is somebody's, and they are no child."""
    sure = any(value == number for _id, channel, value in contacts.verified(person_id) if channel in BY_NUMBER)
    adult_on = db.session.get_one(Standing, person_id).adult_on
    return sure and not (adult_on and adult_on > clock.today())
