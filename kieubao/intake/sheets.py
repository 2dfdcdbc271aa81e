"""What comes back from a file: the rows that were refused, with every reason, and what was left out of the others."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kieubao.forms import in_words
from kieubao.intake import files
from kieubao.intake.files import REASON
from kieubao.intake.mapping import REFUSE
from kieubao.intake.staging import Kept, Told
from kieubao.intake.vocabulary import RowState

WARNING, CODE = "Cảnh báo", "Mã"


class Outcome(NamedTuple):
    """How many rows were taken, with how many relatives; how many come back, and where they are written.

    `warned` rows were taken without something. `uncoded` people have a home place that is kept as it
    was written, since it is not surely one unit.
    """

    taken: int
    relatives: int
    refused: int
    warned: int
    uncoded: int
    refused_path: Path | None = None
    warnings_path: Path | None = None

    @classmethod
    def of(cls, counts: Mapping[str, int], **paths: Path | None) -> "Outcome":
        """Return what the counts of a file come to, tried or taken."""
        taken = counts[RowState.TAKEN] or counts[RowState.NEW]
        back = counts[RowState.REFUSED] + counts[RowState.KNOWN]
        return cls(taken, counts["relatives"], back, counts["warned"], counts["uncoded"], **paths)

    def told(self) -> dict[str, int | str]:
        """Return it as JSON has it, without the files that were not written."""
        return {
            name: value if isinstance(value, int) else str(value)
            for name, value in self._asdict().items()
            if value is not None
        }


def said(remarks: Sequence[Told]) -> str:
    """Return every remark on a row once, under its heading; beside a reason, a warning says that it is one."""
    is_refused = any(on_error == REFUSE for *_remark, on_error in remarks)
    return " | ".join(dict.fromkeys(_said(one, mark=is_refused) for one in remarks))


def returned(path: Path, headings: Sequence[str], rows: Iterable[Kept], delimiter: str) -> bool:
    """Write the rows that come back, ready to be corrected and sent again; tell whether there are any."""
    return _written(path, (REASON, *headings), ((said(one.told), *one.row.cells) for one in rows), delimiter)


def warnings(path: Path, headings: Sequence[str], rows: Iterable[Kept], delimiter: str) -> bool:
    """Write the rows that were taken without something, with their people's codes; tell whether there are any."""
    cells = ((said(one.told), one.code or "", *one.row.cells) for one in rows)
    return _written(path, (WARNING, CODE, *headings), cells, delimiter)


def _said(remark: Told, *, mark: bool) -> str:
    heading, message, values, on_error = remark
    sentence = ": ".join(filter(None, [heading, in_words(message, values)]))
    return f"({WARNING}) {sentence}" if mark and on_error != REFUSE else sentence


def _written(path: Path, headings: Sequence[str], rows: Iterable[Any], delimiter: str) -> bool:
    rest = iter(rows)
    first = next(rest, None)
    if first is None:
        return False
    files.write(path, headings, (row for some in ([first], rest) for row in some), delimiter)
    return True
