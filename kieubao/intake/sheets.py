"""What comes back from a file: the rows that were refused, with every reason, and what was left out of the others."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from werkzeug.datastructures import FileStorage

from kieubao.access.roles import Actor
from kieubao.forms import in_words
from kieubao.ground.errors import Invalid, NotFound, _
from kieubao.intake import files, service, workbooks
from kieubao.intake.columns import REFUSE
from kieubao.intake.files import REASON
from kieubao.intake.verdicts import CHANGE, Kept, Told
from kieubao.intake.vocabulary import BACK, INSIDE, RowState
from kieubao.intake.workbooks import How

WARNING, CODE = "Cảnh báo", "Mã"
_PAGE = 500


class Outcome(NamedTuple):
    """How many rows were taken, with how many relatives; how many come back, and where they are written.

    `warned` rows were taken without something. `uncoded` people have a home place that is kept as it
    was written, since it is not surely one unit. By `amended` rows a record was changed; of `same` ones it said so.
    `waiting` ones wait in the file of this `code` for a decision.
    """

    taken: int
    relatives: int
    refused: int
    warned: int
    uncoded: int
    amended: int
    same: int
    waiting: int
    refused_path: Path | None = None
    warnings_path: Path | None = None
    code: str | None = None

    @classmethod
    def of(cls, counts: Mapping[str, int], **more: Any) -> "Outcome":
        """Return what the counts of a file come to, tried or taken."""
        taken = counts[RowState.TAKEN] or counts[RowState.NEW]
        back = counts[RowState.REFUSED] + counts[RowState.KNOWN]
        others = (counts[RowState.AMENDED] or counts[RowState.CHANGED], counts[RowState.SAME], counts[RowState.WAITING])
        return cls(taken, counts["relatives"], back, counts["warned"], counts["uncoded"], *others, **more)

    def told(self) -> dict[str, int | str]:
        """Return it as JSON has it, without the files that were not written."""
        return {
            name: value if isinstance(value, int) else str(value)
            for name, value in self._asdict().items()
            if value is not None
        }


def said(remarks: Sequence[Told]) -> str:
    """Return every remark on a row once, under its heading; beside a reason, a warning says that it is one."""
    return " | ".join(_each(remarks))


def page(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of rows as it is shown."""
    names = ("number", "cells")
    return {**told, "rows": [{**{n: getattr(one.row, n) for n in names}, **shown(one)} for one in told["rows"]]}


def shown(one: Kept) -> dict[str, Any]:
    changes = [{**change, "before": one.before.get(change["field"])} for change in one.changes]
    remarks = {"remarks": _each(one.told), "reasons": said(one.told)}
    return {"state": one.state, **remarks, "code": one.code, "changes": changes}


def told(sheet: service.Sheet) -> service.Sheet:
    """Return a file's sheet with why it cannot be read in the reader's words."""
    return {**sheet, "fault": in_words(*sheet["fault"]) if sheet["fault"] else None}


def received(actor: Actor, upload: FileStorage | None) -> service.Sheet:
    """Take the file that came with a request; raise Invalid where none did."""
    if upload is None or not upload.filename:
        raise Invalid(_("Choose a file"), field="file")
    file = cast("BinaryIO", upload.stream)
    return service.receive(actor, upload.filename, file, workbooks.told_by(file, How()))


def returned(actor: Actor, code: str, delimiter: str) -> BinaryIO | None:
    """Return the rows that come back as an open file, ready to be corrected and sent again; None where none does."""
    return _written((REASON,), actor, code, delimiter, states=BACK)


def warnings(actor: Actor, code: str, delimiter: str) -> BinaryIO | None:
    """Return the rows that come in without something, with their people's codes; None where none does."""
    return _written((WARNING, CODE), actor, code, delimiter, states=INSIDE, warned=True)


def back(actor: Actor, code: str) -> tuple[str, BinaryIO]:
    """Return the rows that come back as a file of the kind that was sent, and its name. Raises NotFound for none."""
    delimiter = service.read(actor, code)["delimiter"]
    file = returned(actor, code, delimiter)
    if file is None:
        raise NotFound(_("No row of this file comes back"))
    return f"{code}.{'csv' if delimiter else 'xlsx'}", file


def _written(before: Sequence[str], actor: Actor, code: str, delimiter: str, **which: Any) -> BinaryIO | None:
    first = service.rows(actor, code, size=_PAGE, **which)
    if not first["rows"]:
        return None
    every = _every(actor, code, first, which)
    cells = ([_reasons(one), one.code or ""][: len(before)] + list(one.row.cells) for one in every)
    file = workbooks.kept(b"")
    files.write(file, (*before, *first["headings"]), cells, delimiter)
    file.seek(0)
    return file


def _every(actor: Actor, code: str, page: Mapping[str, Any], which: Mapping[str, Any]) -> Iterator[Kept]:
    yield from page["rows"]
    while page["more"] is not None:
        page = service.rows(actor, code, after=page["more"], size=_PAGE, **which)
        yield from page["rows"]


def _reasons(one: Kept) -> str:
    """Return what is said of a row, and as whom the person above it was recorded where it comes back alone."""
    person = [f"{CODE}: {one.code}"] if one.code and one.state == RowState.REFUSED else []
    return " | ".join([said(one.told), *person])


def _each(remarks: Sequence[Told]) -> list[str]:
    is_refused = any(on_error == REFUSE for *_remark, on_error in remarks)
    return list(dict.fromkeys(_said(one, mark=is_refused) for one in remarks if one[-1] != CHANGE))


def _said(remark: Told, *, mark: bool) -> str:
    heading, message, values, on_error = remark
    sentence = ": ".join(filter(None, [heading, in_words(message, values)]))
    return in_words(_("(Warning) %(sentence)s"), {"sentence": sentence}) if mark and on_error != REFUSE else sentence
