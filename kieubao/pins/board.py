"""The only writer of pins: each account has its own, and sees no other's."""

from typing import Any, Final

from sqlalchemy import delete, func, select

from kieubao.access.roles import Actor
from kieubao.consent.models import Standing
from kieubao.db import Base, db
from kieubao.ground import codes
from kieubao.ground.errors import Conflict, Invalid, NotFound, _
from kieubao.people import disclosure
from kieubao.pins.models import PinnedPerson, PinnedSearch

Sheet = dict[str, Any]
MOST: Final = 50


def pin(account_id: int, person_id: int) -> None:
    """Keep somebody at hand; who is already stays. Raises Conflict where there are as many as may be."""
    if db.session.get(PinnedPerson, (account_id, person_id)) is None:
        _refuse_more(PinnedPerson, account_id)
        db.session.add(PinnedPerson(account_id=account_id, person_id=person_id))
        db.session.flush()


def unpin(account_id: int, person_id: int) -> None:
    """Keep somebody at hand no more, under whichever record they were."""
    records = select(Standing.person_id).where(func.coalesce(Standing.successor_id, Standing.person_id) == person_id)
    mine = (PinnedPerson.account_id == account_id, PinnedPerson.person_id.in_(records))
    db.session.execute(delete(PinnedPerson).where(*mine))


def people(actor: Actor) -> list[disclosure.Called]:
    """Return whom the actor keeps at hand, of those within scope; of a record that was merged, whose it is now."""
    whose = func.coalesce(Standing.successor_id, Standing.person_id)
    query = select(whose).join(PinnedPerson, PinnedPerson.person_id == Standing.person_id)
    return disclosure.called(actor.scope, query.where(PinnedPerson.account_id == actor.account_id))


def keep(account_id: int, title: str, typed: Sheet) -> str:
    """Keep a search; return its code. Raises Invalid for a title that another has, Conflict for one too many."""
    mine = (PinnedSearch.account_id == account_id, PinnedSearch.title == title)
    if db.session.scalar(select(PinnedSearch.id).where(*mine)):
        raise Invalid(_("You have pinned another search by this name"), field="title")
    _refuse_more(PinnedSearch, account_id)
    kept = PinnedSearch(code=codes.fresh("TK"), account_id=account_id, title=title, typed=typed)
    db.session.add(kept)
    db.session.flush()
    return kept.code


def searches(account_id: int) -> list[Sheet]:
    query = select(PinnedSearch.code, PinnedSearch.title).where(PinnedSearch.account_id == account_id)
    return [dict(row._mapping) for row in db.session.execute(query.order_by(PinnedSearch.title))]  # noqa: SLF001 - its public name


def search(account_id: int, code: str) -> PinnedSearch:
    """Find a search of an account. Raises NotFound, for another's too."""
    mine = (PinnedSearch.account_id == account_id, PinnedSearch.code == code)
    found = db.session.scalars(select(PinnedSearch).where(*mine)).one_or_none()
    if found is None:
        raise NotFound(_("There is no such pinned search"))
    return found


def _refuse_more(table: type[Base], account_id: int) -> None:
    count = select(func.count()).select_from(table).where(table.__table__.c.account_id == account_id)
    if (db.session.scalar(count) or 0) >= MOST:
        raise Conflict(_("There are %(most)s pinned already: take one away first"), most=MOST)
