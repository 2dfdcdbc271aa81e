"""What the office does with a text message that somebody sent: what it says; and whoever has the number is answered."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from kieubao import outbox, relay
from kieubao.access import attempts
from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent import filed, ledger, notices
from kieubao.consent.ledger import Word
from kieubao.consent.models import ConsentNow, Standing
from kieubao.consent.statements import Spoken, heard
from kieubao.consent.vocabulary import YES, Channel, Method, Purpose, State
from kieubao.db import db, writing
from kieubao.ground import clock
from kieubao.ground.errors import TooMany, _
from kieubao.ground.phones import Phone
from kieubao.outbox import To
from kieubao.people import contacts, disclosure, erasure, filters, registry
from kieubao.people.records import BY_NUMBER, HOME, Contact
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
# How many messages of one number are taken in a quarter of an hour, and in a day: a code is guessed by none of them.
_FREE: Final = 10
_MOST_A_DAY: Final = 30


@use_case(Permission.TEXT_TAKE, Shape.SEAL)
def take(actor: Actor, sender: str, text: str, office: Named, site: str) -> None:
    """Take a text message that somebody sent: it does what it says of whoever has that number, and answers them alone.

    A no counts at once, of everybody who is reached by the number, however much was sent. A yes is one person's, by a
    number that the office has verified, and counts by the code of the answer. Raises Invalid for what is no number,
    TooMany for what is no no.
    """
    number, said = Phone.sole(sender, (HOME,)).e164, syntax.read(text)
    is_no = said is not None and said.act in {Act.NO, Act.STOP}
    bucket = attempts.bucket("text", "no" if is_no else "else", number)
    if not is_no:
        attempts.reserve({bucket: _FREE})
    # Whoever has the number may be anywhere; whoever takes the message is told nothing of them.
    with confined(Sight(everyone=True)):
        writing()
        if not is_no and attempts.within_a_day(bucket) > _MOST_A_DAY:
            raise TooMany(_("So much came from this number today that no more is taken"), wait=clock.until_midnight())
        erasure.hold(contacts.owners(number))
        # Who merged or erased one of them has gone first.
        owners = contacts.owners(number)
        subjects = [str(one) for one in disclosure.subjects(filters.everywhere(), owners).values()]
        note(found=len(owners), subjects=subjects, act=said.act if said else "unclear")
        kind, told = _done(owners, number, text, said, site)
        # Anybody can have a message say that it is from here: nobody is answered the same again and again.
        once = kind != "text_asked" and not attempts.is_first(attempts.bucket("text told", kind, number))
        for person_id in () if once else owners[:1]:
            words = wordings.message(kind, disclosure.language_of(person_id), office, **told)
            outbox.put(To(person_id, Channel.SMS, number), words, clock.now() + waiting.HOLDS)


def _done(owners: Sequence[int], number: str, text: str, said: Said | None, site: str) -> Answer:
    """Do what a message says of whoever has its number; return what they are answered."""
    if said is None:
        return _UNCLEAR
    if said.act is Act.YES:
        return _asked_back(owners, number, text, said, site)
    return _agreed(owners, said, number) if said.act is Act.PROVE else _stopped(owners, said, text)


def _asked_back(owners: Sequence[int], number: str, text: str, said: Said, site: str) -> Answer:
    """Have a yes wait for its code, where it can be but one person's who may say it; return the answer.

    Not where somebody would have to tell them the code, who could then say it in their place.
    """
    shown = _shown(said.purposes)
    if Channel.SMS not in relay.channels() or not _may_agree(owners, number) or len(shown) != len(said.purposes):
        return _UNCLEAR
    _name, code, until = waiting.ask(owners[0], waiting.Asked(text, shown))
    return "text_asked", {"code": code, "until": until, "link": f"{site}/told", "purposes": said.purposes}


def _agreed(owners: Sequence[int], said: Said, number: str) -> Answer:
    """Write down a yes that was said once more, where nothing is otherwise by now."""
    if not _may_agree(owners, number) or not (found := waiting.said(owners[0], said.code)):
        return _UNCLEAR
    name, asked_at, asked = found
    purposes = [Purpose(one) for one in asked.notices]
    if _shown(purposes) != asked.notices or _refused_since(owners[0], purposes, asked_at):
        return _UNCLEAR
    words = [
        Word(
            owners[0],
            purpose,
            Channel.SMS,
            State.GIVEN,
            Method.SMS,
            signed_at=clock.now(),
            evidence=f"{name}, {number}: “{asked.text}”",
            notice_id=notices.shown(asked.notices[purpose], [purpose], clock.today()),
        )
        for purpose in purposes
    ]
    ledger.record(words, None)
    _reach(owners[0], number)
    return "text_done", {}


def _reach(person_id: int, number: str) -> None:
    """Have somebody be reached by text message at a number that is known as a telephone's."""
    if (Channel.SMS, number) not in {point for _id, point in contacts.in_use(person_id)}:
        contacts.add([(person_id, Contact(Channel.SMS, number, number, verified_on=clock.today()))])
        registry.revise(person_id, None)


def _stopped(owners: Sequence[int], said: Said, text: str) -> Answer:
    """Write down a no to some purposes, by whichever channel, or file that contact be stopped altogether."""
    for person_id in owners:
        waiting.forget(person_id)
        if said.act is Act.NO:
            proof = {"method": Method.SMS, "evidence": text}
            words = heard(person_id, Spoken(said.purposes, [*Channel], State.WITHDRAWN, clock.today(), proof))
            ledger.record([word for word in words if word.spot not in filed.refused([person_id])], None)
        elif not requests.done_already(person_id, Kind.WITHDRAW):
            requests.file(person_id, Asked(Kind.WITHDRAW, Way.SMS, clock.today(), text), None)
    return "text_stopped", {}


def _shown(purposes: Collection[Purpose]) -> dict[str, str]:
    """Return by which notice each purpose is asked for, by its reference; nothing of what has none."""
    return {one.value: told["reference"] for one in purposes if (told := notices.asking(one))}


def _may_agree(owners: Sequence[int], number: str) -> bool:
    """Tell whether a number is one person's alone, as the office has verified, who is no child and not restricted."""
    if len(owners) != 1:
        return False
    stands = db.session.get_one(Standing, owners[0], populate_existing=True)
    sure = any(value == number for _id, channel, value in contacts.verified(owners[0]) if channel in BY_NUMBER)
    return sure and stands.restricted_at is None and not ledger.is_minor(stands.adult_on)


def _refused_since(person_id: int, purposes: Collection[Purpose], asked_at: datetime) -> bool:
    """Tell whether somebody said no to one of these since they were asked."""
    no = select(ConsentNow.line).where(ConsentNow.person_id == person_id, ConsentNow.state.not_in(YES))
    later = no.where(ConsentNow.purpose.in_(purposes), ConsentNow.signed_at >= asked_at)
    return db.session.scalar(later.limit(1)) is not None
