"""Words that come in with a file: which of them say what does not stand yet, and how they are taken back."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from kieubao.consent import ledger
from kieubao.consent.ledger import Word
from kieubao.consent.models import ConsentEvent, ConsentNow, Standing
from kieubao.consent.vocabulary import YES, Channel, Method, Purpose, State
from kieubao.db import db, these


def weighed(words: Sequence[Word]) -> tuple[set[Word], set[Word]]:
    """Return the words that say what does not stand yet, and each yes against which a no stands.

    News is a no where there is none, or an older one, and a yes later than a yes; a file never makes a yes of a no.
    """
    query = select(ConsentNow).where(ConsentNow.person_id.in_({word.person_id for word in words}))
    known = {(one.person_id, one.purpose, one.channel): one for one in db.session.scalars(query)}
    stands = [(word, known.get(word.spot)) for word in words]
    against = {word for word, one in stands if one and word.state in YES and one.state not in YES}
    return {word for word, one in stands if _is_news(word, one)}, against


def refused(people: Collection[int]) -> set[tuple[int, str, str]]:
    """Return what some people's last word is no to: of whom, for what purpose, by which channel."""
    query = select(ConsentNow.person_id, ConsentNow.purpose, ConsentNow.channel)
    rows = db.session.execute(query.where(ConsentNow.person_id.in_(these(people)), ConsentNow.state.not_in(YES)))
    return {(person, purpose, channel) for person, purpose, channel in rows}


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
    ledger.record(words, by)
    return len(words)


def _is_news(word: Word, stands: ConsentNow | None) -> bool:
    if stands is None:
        return True
    is_later = word.signed_at > stands.signed_at
    if word.state in YES:
        return stands.state in YES and is_later
    # A later no outlives the yes that somebody records between the two.
    return is_later or (stands.state in YES and word.signed_at == stands.signed_at)
