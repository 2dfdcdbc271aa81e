"""The words there are in names: what an unfinished one may become, and what a misspelt one may stand for."""

from collections.abc import Collection, Iterable, Sequence

from rapidfuzz.distance import OSA
from sqlalchemy import BindParameter, Select, bindparam, delete, select

from kieubao.db import db, having_words, insert_many, one_of_each
from kieubao.people.models import NameSpelling

_IS_WHOLE = NameSpelling.spelling == NameSpelling.word
_SOME: BindParameter[str] = bindparam("words", expanding=True)
# Made once: they are asked with every name that is typed.
_KNOWN = select(NameSpelling.word).where(_IS_WHOLE, NameSpelling.spelling.in_(_SOME))
_NEAR = select(NameSpelling.word).where(NameSpelling.spelling.in_(_SOME)).distinct()
_BEGINNING = (
    select(NameSpelling.word)
    .where(_IS_WHOLE, NameSpelling.spelling >= bindparam("first"), NameSpelling.spelling < bindparam("last"))
    .order_by(NameSpelling.spelling)
    .limit(bindparam("most"))
)


def learn(words: Iterable[str], *, anew: bool = False) -> None:
    """Take up words of names; those that are known stay. `anew`: what is missing of these is made too."""
    new = {*words}
    if not anew:
        # Most are known, each with half a dozen spellings.
        new -= known(new)
    # In one order, whoever learns, so that two who learn the same words do not wait for each other.
    spelt = sorted((spelling, word) for word in new for spelling in _spellings(word))
    insert_many(NameSpelling, ({"spelling": one, "word": word} for one, word in spelt), only_missing=True)


def forget(words: Iterable[str]) -> None:
    """Drop the words that nobody is called any more; wants to see everybody."""
    somebody = having_words().limit(1)
    gone = [word for word in {*words} if not db.session.scalar(somebody, {"words": one_of_each([[word]])})]
    db.session.execute(delete(NameSpelling).where(NameSpelling.word.in_(gone)))


def known(words: Collection[str]) -> frozenset[str]:
    """Return which of some words somebody is called."""
    return frozenset(_asked(_KNOWN, words=list(words)))


def beginning(letters: str, most: int) -> list[str]:
    """Return words that begin so, no more than so many, in their order."""
    return list(_asked(_BEGINNING, first=letters, last=f"{letters}~", most=most))


def near(word: str, most: int) -> list[str]:
    """Return words that this one may stand for: with one letter wrong, missing or too many, or two in turn.

    Those of the same length come first: one wrong key is the commonest slip. After Mor and Fraenkel's deletion
    dictionaries (1982): words so near to each other are the same with a letter left out of one or both.
    """
    found = (one for one in _asked(_NEAR, words=_spellings(word)) if OSA.distance(one, word) == 1)
    return sorted(found, key=lambda one: (abs(len(one) - len(word)), one))[:most]


def _asked(query: Select[str], **given: object) -> Iterable[str]:
    return db.session.connection().execute(query, given).scalars()


def _spellings(word: str) -> Sequence[str]:
    less = (word[:place] + word[place + 1 :] for place in range(len(word)))
    return sorted({word, *filter(None, less)})
