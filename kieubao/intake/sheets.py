"""What comes back from a file: the rows that were refused, with every reason, and what was left out of the others."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from kieubao.forms import told
from kieubao.ground.cells import plain
from kieubao.ground.errors import Invalid
from kieubao.intake import files
from kieubao.intake.files import REASON, Row, Sheet
from kieubao.intake.mapping import REFUSE, Remark
from kieubao.intake.service import Entry

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
    refused_path: Path | None
    warnings_path: Path | None

    def told(self) -> dict[str, int | str]:
        """Return it as JSON has it, without the files that were not written."""
        return {
            name: value if isinstance(value, int) else str(value)
            for name, value in self._asdict().items()
            if value is not None
        }


@dataclass
class Reading:
    """What a row comes to: an entry, perhaps with warnings, or reasons."""

    row: Row
    texts: Mapping[str, str]
    remarks: list[Remark] = field(default_factory=list)
    entry: Entry | None = None
    code: str = ""

    @property
    def refused(self) -> bool:
        return any(remark.on_error == REFUSE for remark in self.remarks)

    def text(self, heading: str) -> str:
        return self.texts.get(plain(heading), "")

    def remark(self, heading: str, error: Invalid, on_error: str = REFUSE) -> None:
        self.remarks.append(Remark(heading, error, on_error))

    def told(self) -> str:
        """Return every remark once: reasons first, then in the order of the columns."""
        order = {heading: at for at, heading in enumerate(self.texts)}
        ranked = sorted(self.remarks, key=lambda r: (r.on_error != REFUSE, order.get(plain(r.heading), -1)))
        return " | ".join(dict.fromkeys(map(self._told, ranked)))

    def _told(self, remark: Remark) -> str:
        """Tell a remark under its heading; beside a reason, a warning says that it is one."""
        said = ": ".join(filter(None, [remark.heading, told(remark.error)]))
        return f"({WARNING}) {said}" if self.refused and remark.on_error != REFUSE else said


def outcome(path: Path, sheet: Sheet, readings: Sequence[Reading]) -> Outcome:
    """Write FILE.refused.csv, ready to be corrected and sent again, and FILE.warnings.csv, beside the file.

    Neither is written where it would be empty.
    """
    taken = [reading for reading in readings if reading.entry]
    refused = [(reading.told(), *reading.row.cells) for reading in readings if not reading.entry]
    warned = [(reading.told(), reading.code, *reading.row.cells) for reading in taken if reading.remarks]
    entries = [reading.entry for reading in taken if reading.entry]
    return Outcome(
        taken=len(entries),
        relatives=sum(entry.relative is not None for entry in entries),
        refused=len(refused),
        warned=len(warned),
        uncoded=sum(1 for _entry in _uncoded(entries)),
        refused_path=_written(path, "refused", (REASON, *sheet.headings), refused, sheet.delimiter),
        warnings_path=_written(path, "warnings", (WARNING, CODE, *sheet.headings), warned, sheet.delimiter),
    )


def _uncoded(entries: Iterable[Entry]) -> Iterator[Entry]:
    for entry in entries:
        if entry.record.values.get("home_text") and not entry.record.values["home_code"]:
            yield entry


def _written(
    path: Path, what: str, headings: Sequence[str], rows: Sequence[Sequence[str]], delimiter: str
) -> Path | None:
    if not rows:
        return None
    back = path.with_suffix(f".{what}.csv" if delimiter else f".{what}.xlsx")
    files.write(back, headings, rows, delimiter)
    return back
