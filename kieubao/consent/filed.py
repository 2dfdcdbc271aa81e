"""Words that come in with a file: which of them say what does not stand yet, and how they are taken back."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import product

from sqlalchemy import or_, select

from kieubao.consent import ledger
from kieubao.consent.ledger import Spot, Word
from kieubao.consent.models import ConsentEvent, ConsentNow, Standing
from kieubao.consent.vocabulary import YES, Channel, Method, Purpose, State
from kieubao.db import db, these


def weighed(words: Sequence[Word]) -> tuple[set[Word], set[Word]]:
    """Return the words that say what does not stand yet, and each yes against which a no stands.

    News is a no where there is none, or an older one, and a yes later than a yes; a file never makes a yes of a no.
    A no is compared with the lines of its own record: what a merge made of them ends with the merge.
    """
    query = select(ConsentNow).where(ConsentNow.person_id.in_({word.person_id for word in words}))
    known = {(r.person_id, r.purpose, r.channel): (r.state, r.signed_at) for r in db.session.scalars(query)}
    own = _own({word.person_id for word in words if word.state not in YES})
    stands = [(word, (known if word.state in YES else own).get(word.spot)) for word in words]
    against = {word for word, one in stands if one and word.state in YES and one[0] not in YES}
    return {word for word, one in stands if _is_news(word, one)}, against


def refused(people: Collection[int]) -> set[Spot]:
    """Return what some people's last word is no to; who is deceased or restricted has as good as said no to all."""
    query = select(ConsentNow.person_id, ConsentNow.purpose, ConsentNow.channel)
    rows = db.session.execute(query.where(ConsentNow.person_id.in_(these(people)), ConsentNow.state.not_in(YES)))
    closed = or_(Standing.deceased_on.is_not(None), Standing.restricted_at.is_not(None))
    shut = db.session.scalars(select(Standing.person_id).where(Standing.person_id.in_(these(people)), closed))
    return {(person, purpose, channel) for person, purpose, channel in rows} | {*product(shut, Purpose, Channel)}


def unsay(person_id: int, since: int, evidence: str, by: int | None) -> int:
    """Say a no against each yes of a person from some line on, as of the moment it was signed; return how many.

    So it counts no more, nor does an older one. What is signed later does.
    """
    mine = (Standing.person_id == person_id, ConsentEvent.id >= since)
    query = select(ConsentEvent).join(Standing, Standing.subject == ConsentEvent.subject).where(*mine)
    words = [
        Word(
            *(person_id, Purpose(event.purpose), Channel(event.channel), State.WITHDRAWN, Method.OTHER_PRINTABLE),
            *(event.signed_at, evidence),
        )
        for event in db.session.scalars(query.where(ConsentEvent.state.in_(YES)).order_by(ConsentEvent.id))
    ]
    ledger.record(words, by, met=False)
    return len(words)


def _own(people: Collection[int]) -> dict[Spot, tuple[str, datetime]]:
    """Return the last words of some people as the lines of their own record give them: the state, and when."""
    names = ("purpose", "channel", "state", "signed_at", "id")
    query = select(Standing.person_id, *(getattr(ConsentEvent, name) for name in names))
    query = query.join(ConsentEvent, ConsentEvent.subject == Standing.subject).where(Standing.person_id.in_(people))
    lines = db.session.execute(query)
    said = (((r.person_id, r.purpose, r.channel), (r.state, r.signed_at, r.id, None)) for r in lines)
    return {spot: (state, at) for spot, (state, at, *_line) in ledger.last(said).items()}


def _is_news(word: Word, stands: tuple[str, datetime] | None) -> bool:
    if stands is None:
        return True
    state, signed_at = stands
    is_later = word.signed_at > signed_at
    if word.state in YES:
        return state in YES and is_later
    # A later no outlives the yes that somebody records between the two.
    return is_later or (state in YES and word.signed_at == signed_at)
