"""The ways people spell the entries of a list, so that what they write finds one entry or is refused."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Generic, TypeVar

from kieubao.ground.text import clean, fold

Entry = TypeVar("Entry")


class Spellings(Generic[Entry]):
    """What each spelling can mean. Marks decide only where a word without them has several meanings."""

    def __init__(self, spelled: Iterable[tuple[str, Entry]], codes: Iterable[tuple[str, Entry]] = ()) -> None:
        """Take names, and codes: NGA yields to the name Nga, while MY stays a second meaning beside Mỹ."""
        self._exact: dict[str, set[Entry]] = defaultdict(set)
        self._folded: dict[str, set[Entry]] = defaultdict(set)
        for name, entry in spelled:
            self._exact[clean(name).casefold()].add(entry)
            self._folded[fold(name)].add(entry)
        for code, entry in codes:
            if clean(code).casefold() not in self._exact:
                self._folded[fold(code)].add(entry)

    def meanings(self, text: str) -> frozenset[Entry]:
        """Return every entry the text may stand for."""
        found = frozenset(self._folded.get(fold(text), ()))
        if len(found) > 1 and not text.isascii():
            return found & self._exact.get(clean(text).casefold(), found)
        return found
