"""The only writer of what people wish about how they are reached: it waits two days, and can be stopped meanwhile."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from kieubao import tokens
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
    """Have a contact point added after a while; raise Conflict where it is there, or enough is on its way."""
    contacts.refuse_doubled(person_id, contact)
    return _ask(person_id, wished=Wished.ADD, channel=contact.channel, raw=contact.raw, value=contact.value)


def retire(person_id: int, contact_id: int) -> ContactWish:
    """Have a contact point used no more after a while; raise NotFound for one that is not in use."""
    found = dict(contacts.in_use(person_id))
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


def fulfil(wish_id: int) -> int | None:
    """Do a wish; return whose record it changed as it is today, None where there was nothing left to do."""
    wish = _held(ContactWish.id == wish_id)
    if wish is None:
        return None
    person_id = db.session.scalars(select(WHOSE).where(Standing.person_id == wish.person_id)).one()
    wish.ended_at, wish.fate = clock.now(), Fate.DONE
    known = {point: i for i, point in contacts.in_use(person_id)}
    here = known.get((wish.channel, wish.value))
    if (wish.wished == Wished.ADD) == (here is not None):
        return None
    if here is None:
        contacts.add([(person_id, Contact(Channel(wish.channel), wish.raw, wish.value))])
    else:
        contacts.retire(person_id, here)
    registry.revise(person_id, None)
    return person_id


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
    made = ContactWish(code=codes.fresh("DK"), person_id=person_id, due_at=clock.now() + DELAY, **wished)
    db.session.add(made)
    db.session.flush()
    return made


def _ended(wish: ContactWish | None) -> ContactWish:
    if wish is None:
        raise _gone()
    wish.ended_at, wish.fate = clock.now(), Fate.CANCELLED
    return wish


def _open(person_id: int) -> Sequence[ContactWish]:
    mine = (ContactWish.person_id.in_(records_of(person_id)), ContactWish.ended_at.is_(None))
    return db.session.scalars(select(ContactWish).where(*mine).order_by(ContactWish.id)).all()


def _held(which: Any) -> ContactWish | None:
    query = select(ContactWish).where(which, ContactWish.ended_at.is_(None)).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _gone() -> NotFound:
    return NotFound(_("There is nothing left to stop here"))
