"""What is refused at once, whoever it is about, and what a head of department has to look at too. Pure decisions."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from unicodedata import normalize

from kieubao.ground.text import fold
from kieubao.police.vocabulary import FORBIDDEN, MOST_PEOPLE, OFTEN, Check, Ground, Item

Sheet = Mapping[str, Any]
# A name as it is on a paper: nothing that stands for several, and more than one word.
_WILD: Final = re.compile(r"[*?%_\d…]|\.\.")
_WORD: Final = re.compile(r"\w+")
_ITEMS: Final = tuple(f"why_{one}" for one in Item)


class Weight(NamedTuple):
    """What of somebody's record decides whether it may be shown."""

    abroad: bool = False
    restricted: bool = False
    minor: bool = False
    times_before: int = 0
    # Whether they are who the request names, as far as the registry can tell.
    named: bool = True


def refused(asked: Sheet, people: Sequence[Sheet], today: date) -> list[Ground]:
    """Return on which grounds a request is refused before anybody is looked for; none where it is to be decided."""
    return [ground for ground, holds in _grounds(asked, people, today) if holds]


def _grounds(asked: Sheet, people: Sequence[Sheet], today: date) -> Iterator[tuple[Ground, bool]]:
    yield Ground.MANY, len(people) > MOST_PEOPLE
    yield Ground.VAGUE, any(_is_vague(one["name"]) for one in people)
    yield Ground.EXPIRED, asked["expires_on"] < today
    for ground, phrases in FORBIDDEN.items():
        # Anybody may be called by such words; but nobody is called a relative of somebody.
        said = [_words(text) for text in _texts(asked, people, named=ground is Ground.RELATIVES)]
        yield ground, any(_says(words, phrase.split()) for words in said for phrase in phrases)


def _is_vague(name: str) -> bool:
    return bool(_WILD.search(name)) or " " not in fold(name)


def _texts(asked: Sheet, people: Sequence[Sheet], *, named: bool) -> Iterator[str]:
    whys = (one.get(name) for one in people for name in _ITEMS)
    names = (one["name"] for one in people if named)
    yield from filter(None, (asked["own_registers"], asked.get("defer_why"), *whys, *names))


def _words(text: str) -> list[str]:
    return _WORD.findall(normalize("NFC", text).lower())


def _says(words: Sequence[str], phrase: Sequence[str]) -> bool:
    """Tell whether words have a phrase in them, each as it is written or without its marks; but with no others."""
    starts = range(len(words) - len(phrase) + 1)
    return any(
        all(word in {meant, fold(meant)} for word, meant in zip(words[at:], phrase, strict=False)) for at in starts
    )


def checks(
    given: Mapping[int, Collection[Item]], weights: Mapping[int, Weight], *, deferred: bool, own_entry: bool
) -> list[Check]:
    """Return why the head of the department has to agree: what is given of whom, that it waits, or who entered it."""
    shown = {number: items for number, items in given.items() if items}
    found = [
        (Check.SEVERAL, len(shown) > 1),
        (Check.CONTACT_ABROAD, any(Item.CONTACT in items and weights[one].abroad for one, items in shown.items())),
        (Check.AGAIN, any(weights[one].times_before >= OFTEN for one in shown)),
        (Check.RESTRICTED, any(weights[one].restricted for one in shown)),
        (Check.MINOR, any(weights[one].minor for one in shown)),
        (Check.OTHER, any(not weights[one].named for one in shown)),
        (Check.DEFERRED, deferred),
        (Check.OWN_ENTRY, own_entry and bool(shown)),
    ]
    return [check for check, holds in found if holds]
