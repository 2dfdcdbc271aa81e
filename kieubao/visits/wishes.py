"""The only writer of what people wish about how they are reached: it waits two days, and can be stopped meanwhile."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from kieubao import outbox, tokens
from kieubao.consent.models import WHOSE, Standing
from kieubao.consent.rules import records_of
from kieubao.consent.vocabulary import Channel
from kieubao.db import db
from kieubao.ground import clock, codes
from kieubao.ground.errors import Conflict, NotFound, _
from kieubao.people import contacts, registry
from kieubao.people.records import Contact
from kieubao.visits.models import ContactWish
from kieubao.visits.vocabulary import DELAY, Fate, Wished

Sheet = dict[str, Any]
_NAME, _PROOF = 8, 12
_BY = "contact wish"
# How many may wait at once: a form that is sent again and again changes nothing more.
_MOST = 5


def add(person_id: int, contact: Contact) -> ContactWish:
    """Have a contact point added after a while; raise Conflict where it is one of theirs, or enough is on its way."""
    # Whether it is a relative's is not theirs to try.
    if (contact.channel, contact.value) in contacts.own(person_id).values():
        raise Conflict(_("The person has this contact point already"))
    return _ask(person_id, wished=Wished.ADD, channel=contact.channel, raw=contact.raw, value=contact.value)


def retire(person_id: int, contact_id: int) -> ContactWish:
    """Have a contact point of their own used no more after a while; raise NotFound for any other."""
    found = contacts.own(person_id)
    if contact_id not in found:
        raise NotFound(_("There is no such contact point in use"))
    channel, value = found[contact_id]
    return _ask(person_id, wished=Wished.RETIRE, channel=channel, raw=value, value=value, contact_id=contact_id)


def waiting(person_id: int) -> list[Sheet]:
    """Return what waits, the first asked first."""
    names = ("code", "wished", "channel", "value", "contact_id", "asked_at", "due_at")
    return [{name: getattr(one, name) for name in names} for one in _open(person_id)]


def due() -> Sequence[int]:
    """Return which wishes are to be done by now."""
    query = select(ContactWish.id).where(ContactWish.ended_at.is_(None), ContactWish.due_at <= clock.now())
    return db.session.scalars(query.order_by(ContactWish.id)).all()


def begin(code: str) -> None:
    """Count from now how long a wish waits: whoever is to hear of it has, or there is nobody."""
    wish = _held(ContactWish.code == code)
    if wish and wish.heard_at is None:
        wish.heard_at = clock.now()
        wish.due_at = wish.heard_at + DELAY


def owner(wish_id: int) -> int | None:
    """Return whose a wish is, as their record is today; None where nothing waits."""
    query = select(WHOSE).join(ContactWish, ContactWish.person_id == Standing.person_id)
    return db.session.scalar(query.where(ContactWish.id == wish_id, ContactWish.ended_at.is_(None)))


def fulfil(wish_id: int, person_id: int) -> bool:
    """Do a wish of somebody, who is held; tell whether it changed anything."""
    wish = _held(ContactWish.id == wish_id)
    if wish is None:
        return False
    wish.ended_at, wish.fate = clock.now(), Fate.DONE
    known = {point: i for i, point in contacts.in_use(person_id)}
    here = known.get((wish.channel, wish.value))
    if (wish.wished == Wished.ADD) == (here is not None):
        return False
    if here is None:
        contacts.add([(person_id, Contact(Channel(wish.channel), wish.raw, wish.value))])
    else:
        contacts.retire(person_id, here)
    registry.revise(person_id, None)
    return True


def cancel(person_id: int, code: str) -> ContactWish:
    """Stop one's own wish before it is done. Raises NotFound."""
    wish = _held((ContactWish.code == code) & ContactWish.person_id.in_(records_of(person_id)))
    return _ended(wish)


def stopping(wish: ContactWish) -> str:
    """Return what is typed to stop a wish, by whoever was told of it."""
    return tokens.written(_BY, codes.body(wish.code), _PROOF)


def named(stopping: str) -> str:
    """Return the code of the wish that somebody was told how to stop; raise NotFound for what nobody was told."""
    return codes.whole("DK", tokens.read(_BY, stopping, _NAME, _PROOF, _gone()))


def whose(code: str) -> tuple[int, UUID]:
    """Return whose wish it is that waits, as their record is today, and their pseudonym. Raises NotFound."""
    today = aliased(Standing)
    query = (
        select(today.person_id, today.subject)
        .join(Standing, today.person_id == WHOSE)
        .join(ContactWish, ContactWish.person_id == Standing.person_id)
        .where(ContactWish.code == code, ContactWish.ended_at.is_(None))
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        raise _gone()
    person_id, subject = found
    return person_id, subject


def _ask(person_id: int, **wished: Any) -> ContactWish:
    before, names = _open(person_id), ("wished", "channel", "value")
    if tuple(wished[name] for name in names) in {tuple(getattr(one, name) for name in names) for one in before}:
        raise Conflict(_("You asked for this already: it is done after two days"))
    if len(before) >= _MOST:
        raise Conflict(_("Enough waits to be changed already: it is done after two days"))
    made = ContactWish(code=codes.fresh("DK"), person_id=person_id, **wished)
    db.session.add(made)
    db.session.flush()
    return made


def _ended(wish: ContactWish | None) -> ContactWish:
    if wish is None:
        raise _gone()
    wish.ended_at, wish.fate = clock.now(), Fate.CANCELLED
    outbox.take_back(wish.code)
    return wish


def _open(person_id: int) -> Sequence[ContactWish]:
    mine = (ContactWish.person_id.in_(records_of(person_id)), ContactWish.ended_at.is_(None))
    return db.session.scalars(select(ContactWish).where(*mine).order_by(ContactWish.id)).all()


def _held(which: Any) -> ContactWish | None:
    query = select(ContactWish).where(which, ContactWish.ended_at.is_(None)).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _gone() -> NotFound:
    return NotFound(_("There is nothing left to stop here"))
