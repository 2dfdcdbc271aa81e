"""When somebody was last heard of, and when they were told what is held of them: the only writer of both days."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, Final

from sqlalchemy import or_, select, update

from kieubao.consent.models import ConsentEvent, Standing
from kieubao.consent.rules import records_of
from kieubao.consent.vocabulary import YES, Capacity, Method
from kieubao.db import db, these
from kieubao.ground import clock

# By which a no is taken from whoever sends it, for to be wrong about a no harms nobody.
_FROM_ANYWHERE: Final = frozenset({Method.SMS, Method.WEB})


def hear(people: Collection[int], on: date) -> None:
    """Write down that people were heard of on a day, where nothing later is known."""
    later = or_(Standing.heard_on.is_(None), Standing.heard_on < on)
    db.session.execute(update(Standing).where(Standing.person_id.in_(these(people)), later).values(heard_on=on))


def inform(people: Collection[int], on: date) -> None:
    """Write down that people were told on a day what is held of them, where it was not done before."""
    untold = Standing.told_on.is_(None)
    db.session.execute(update(Standing).where(Standing.person_id.in_(these(people)), untold).values(told_on=on))


def meet(words: Iterable[Any]) -> None:
    """Write down that whoever surely said something was heard of then, and told, where they were shown a notice."""
    heard, told = defaultdict[date, set[int]](set), defaultdict[date, set[int]](set)
    for word in words:
        on = clock.day_of(word.signed_at)
        if _is_sign(word):
            heard[on].add(word.person_id)
        if _is_shown(word):
            told[on].add(word.person_id)
    for on in sorted(heard, reverse=True):
        hear(heard[on], on)
    for on in sorted(told):
        inform(told[on], on)


def anew(person_id: int, confirmed_on: date | None, before: int | None = None) -> None:
    """Write down when somebody was heard of as far as it is sure: by their own lines, and when it was confirmed.

    `before`: by the lines before that one, for what stands from there on was a mistake; neither were they told by it.
    """
    mine = select(ConsentEvent).join(Standing, Standing.subject == ConsentEvent.subject)
    lines = db.session.scalars(mine.where(Standing.person_id.in_(records_of(person_id)))).all()
    kept = [one for one in lines if before is None or one.id < before]
    stands = db.session.get_one(Standing, person_id, populate_existing=True)
    said = [clock.day_of(one.signed_at) for one in kept if _is_sign(one)]
    stands.heard_on = max(filter(None, [confirmed_on, *said]), default=None)
    if stands.told_on in {clock.day_of(one.signed_at) for one in lines if one not in kept and _is_shown(one)}:
        stands.told_on = min((clock.day_of(one.signed_at) for one in kept if _is_shown(one)), default=None)
    db.session.flush()


def _is_sign(said: Any) -> bool:
    """Tell whether somebody was surely heard of by what was said: a no that came by wire anybody may have sent."""
    return said.state in YES or (said.capacity == Capacity.SELF and said.method not in _FROM_ANYWHERE)


def _is_shown(said: Any) -> bool:
    return said.capacity == Capacity.SELF and said.notice_id is not None
