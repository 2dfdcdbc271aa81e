"""The only writer of links that people are given and of their visits: who came, and whether it is shown to be they.

A link alone tells nothing and opens no more than a way to be left alone. What is on record is shown after a code:
one that was handed over at the counter, or that went to a contact point the office had verified.
"""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, or_, select, update
from sqlalchemy.orm import aliased

from kieubao import tokens
from kieubao.consent.models import WHOSE, Standing
from kieubao.consent.rules import records_of
from kieubao.db import db
from kieubao.ground import clock, codes
from kieubao.ground.digits import digits
from kieubao.ground.errors import NotFound, _
from kieubao.visits.models import PersonalLink, Visit
from kieubao.visits.vocabulary import LASTS, Handed

# How many characters name a link, and prove that nobody made it up, in 60 bits.
_NAME, _PROOF = 8, 12
_BY: Final = "visit"
_CODE: Final = "visit code"
# How many wrong codes end a link, whoever typed them.
MOST_TRIES: Final = 10
# A visit that proved nothing ends soon; one that did, after half an hour of silence, and after four in any case.
_WAITS, _IDLE, _LONGEST = timedelta(hours=1), timedelta(minutes=30), timedelta(hours=4)
_UNPROVED: Final = timedelta(days=2)
_SEEN: Final = timedelta(minutes=1)
_KEPT: Final = timedelta(days=1)


class Come(NamedTuple):
    """Who came by a link: as their record is today."""

    visit: Visit
    link: PersonalLink
    person_id: int
    subject: UUID


class Given(NamedTuple):
    """A link as it is handed over: what is typed, its name, until when it holds, and the code beside it, if any."""

    link: str
    code: str
    until: datetime
    secret: str | None


def give(person_id: int, handed: Handed, by: int | None) -> Given:
    """Give somebody a link; those they had before hold no more, nor do visits that were begun by them.

    `by`: the account that gives it, none where the office's own mail does so by itself.
    """
    shut(person_id)
    name, secret = codes.fresh("LK"), tokens.fresh_code() if handed is Handed.COUNTER else None
    until = clock.now() + LASTS[handed]
    digest = tokens.sealed_code(_CODE, name, secret) if secret else None
    made = PersonalLink(code=name, person_id=person_id, handed=handed, made_by=by, until=until, code_digest=digest)
    db.session.add(made)
    db.session.flush()
    return Given(tokens.written(_BY, codes.body(name), _PROOF), name, until, secret)


def holders() -> Select[int]:
    """Select who has a link that was not used yet."""
    return select(WHOSE).join(PersonalLink, PersonalLink.person_id == Standing.person_id).where(_is_unspent())


def is_reminder(code: str) -> bool:
    """Tell whether a link was given by nobody: by it the office asks of itself whether what it holds is still so."""
    link = select(PersonalLink.id).where(PersonalLink.code == code, PersonalLink.made_by.is_(None))
    return db.session.scalar(link) is not None


def shut(person_id: int) -> None:
    """Have no link of somebody hold any more, and end every visit that was begun by one."""
    theirs = PersonalLink.person_id.in_(records_of(person_id))
    db.session.execute(update(PersonalLink).where(theirs, _is_unspent()).values(spent_at=clock.now()))
    begun = Visit.link_id.in_(select(PersonalLink.id).where(theirs))
    db.session.execute(update(Visit).where(begun, Visit.ends_at > clock.now()).values(ends_at=clock.now()))


def refuse_made_up(link: str) -> str:
    """Return the code of a link; raise NotFound for what was never given, without asking the database."""
    return codes.whole("LK", tokens.read(_BY, link, _NAME, _PROOF, _unknown()))


def arrive(link: str) -> tuple[str, Come]:
    """Begin a visit by a link that holds; return its secret, and who came. Raises NotFound."""
    query = _links().where(PersonalLink.code == refuse_made_up(link), _is_unspent())
    found = db.session.execute(query).one_or_none()
    if found is None:
        raise _unknown()
    given, person_id, subject = found
    secret = secrets.token_urlsafe(32)
    visit = Visit(link_id=given.id, digest=_hidden(secret), ends_at=clock.now() + _WAITS)
    db.session.add(visit)
    db.session.flush()
    return secret, Come(visit, given, person_id, subject)


def current(secret: str) -> Come | None:
    """Return the visit of a secret, where it has not ended and whose it is was not erased."""
    return _come(Visit.digest == _hidden(secret))


def numbered(visit_id: int | None) -> Come:
    """Return a visit that has not ended; raise NotFound for any other."""
    found = _come(Visit.id == visit_id)
    if found is None:
        raise ended()
    return found


def lasts(come: Come) -> datetime | None:
    """Return until when a visit goes on, now that it is used; None where that is as good as known."""
    if come.visit.proved_at is None:
        return None
    until = min(clock.now() + _IDLE, come.visit.proved_at + _LONGEST)
    return until if until - come.visit.ends_at > _SEEN else None


def see(come: Come, until: datetime) -> None:
    """Have a visit go on."""
    db.session.execute(update(Visit).where(Visit.id == come.visit.id).values(ends_at=until))


def code_for(come: Come, channel: str, until: datetime) -> str:
    """Return a new code, to be sent by a channel; no other that was sent for this visit holds."""
    code = tokens.fresh_code()
    come.visit.code_digest, come.visit.code_until, come.visit.code_by = (
        tokens.sealed_code(_CODE, come.link.code, code),
        until,
        channel,
    )
    come.visit.ends_at = max(come.visit.ends_at, until)
    db.session.flush()
    return code


def prove(come: Come, code: str) -> str | None:
    """Take a code; return the visit's new secret, and None for a wrong one, which is counted: commit either way."""
    visit, link = come.visit, come.link
    by = _matched(come, digits(code))
    if by is None:
        link.tries += 1
        if link.tries >= MOST_TRIES:
            link.spent_at, visit.ends_at = clock.now(), clock.now()
        db.session.flush()
        return None
    secret, now = secrets.token_urlsafe(32), clock.now()
    link.spent_at = link.spent_at or now
    # Whoever else came by it has shown nothing, and is not to go on trying.
    others = update(Visit).where(Visit.link_id == link.id, Visit.id != visit.id, Visit.ends_at > now)
    db.session.execute(others.values(ends_at=now))
    visit.digest, visit.proved_at, visit.proved_by, visit.code_digest = _hidden(secret), now, by, None
    visit.ends_at = now + _IDLE
    db.session.flush()
    return secret


def end(come: Come) -> None:
    come.visit.ends_at = clock.now()


def drop_old() -> None:
    """Remove visits that have ended: what was done by them stands in the trail."""
    db.session.execute(delete(Visit).where(Visit.ends_at < clock.now() - _KEPT))


def whose(people: Collection[int]) -> dict[int, int]:
    """Return whose each record is today."""
    query = select(Standing.person_id, WHOSE).where(Standing.person_id.in_(people))
    return {person: now for person, now in db.session.execute(query)}  # noqa: C416 - rows are no pairs to mypy


def ended() -> NotFound:
    return NotFound(_("Your visit has ended: open your link again, or ask the office for another"))


def _come(which: ColumnElement[bool]) -> Come | None:
    query = _links().add_columns(Visit).join(Visit, Visit.link_id == PersonalLink.id)
    now = clock.now()
    proved = Visit.proved_at > now - _LONGEST
    lasting = or_(proved, Visit.proved_at.is_(None) & (Visit.opened_at > now - _UNPROVED))
    here = query.where(which, Visit.ends_at > now, lasting)
    found = db.session.execute(here.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        return None
    link, person_id, subject, visit = found
    return Come(visit, link, person_id, subject)


def _links() -> Select[PersonalLink, int, UUID]:
    """Select links with whose they are today, of whoever lives and was not erased."""
    today = aliased(Standing)
    return (
        select(PersonalLink, today.person_id, today.subject)
        .join(Standing, Standing.person_id == PersonalLink.person_id)
        .join(today, today.person_id == WHOSE)
        .where(today.erased_at.is_(None), today.deceased_on.is_(None))
    )


def _is_unspent() -> ColumnElement[bool]:
    return PersonalLink.spent_at.is_(None) & (PersonalLink.until > clock.now())


def _matched(come: Come, code: str) -> str | None:
    """Return by which way a code came that is right: the channel it was sent by, or the counter."""
    visit, link = come.visit, come.link
    if (
        tokens.is_code(_CODE, link.code, code, visit.code_digest)
        and visit.code_until
        and visit.code_until > clock.now()
    ):
        return visit.code_by
    # What was handed over with a link is good once, as the link itself.
    return (
        str(Handed.COUNTER)
        if link.spent_at is None and tokens.is_code(_CODE, link.code, code, link.code_digest)
        else None
    )


def _hidden(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _unknown() -> NotFound:
    return NotFound(_("This link is not one of ours, or holds no more: ask the office for another"))
