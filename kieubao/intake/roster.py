"""In which row of a file somebody stands first: a file may have a million rows, and a dict of them takes 200 MB."""

from array import array

# How many places there are at first, and of how many two thirds at most are taken.
_PLACES = 2**10
_FREE = 0


class Stood:
    """Rows, from 1, by who stands in them: twelve bytes each, in places that follow from 64 bits of who it is.

    Of a million rows, two who are not the same are taken for it in one file of ten million.
    """

    def __init__(self, places: int = _PLACES) -> None:
        self._marks, self._rows = array("q", bytes(8 * places)), array("I", bytes(4 * places))
        self._taken = 0

    def row(self, who: object) -> int | None:
        """Return the row somebody stands in, or none."""
        return self._rows[self._place(hash(who))] or None

    def stand(self, who: object, row: int) -> None:
        """Have somebody stand in a row."""
        if self._taken * 3 > len(self._rows) * 2:
            self._widen()
        self._put(hash(who), row)

    def _put(self, mark: int, row: int) -> None:
        place = self._place(mark)
        self._taken += self._rows[place] == _FREE
        self._marks[place], self._rows[place] = mark, row

    def _place(self, mark: int) -> int:
        """Return where a mark is, or would be: the first place from its own on that is its or free."""
        last = len(self._rows) - 1
        place = mark & last
        while self._rows[place] != _FREE and self._marks[place] != mark:
            place = (place + 1) & last
        return place

    def _widen(self) -> None:
        wider = Stood(len(self._rows) * 2)
        for mark, row in zip(self._marks, self._rows, strict=True):
            if row != _FREE:
                wider._put(mark, row)
        self._marks, self._rows = wider._marks, wider._rows
