"""Spreadsheets as offices keep them, each with a trouble of its own, and what is to become of their rows.

`python -m tests.intake.corpus FOLDER` writes them, to be opened in LibreOffice.
"""

import io
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unicodedata import normalize

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.ground.test_legacy import typed

HEADINGS = ("STT", "Họ tên", "Ngày sinh", "Điện thoại", "Thư", "Nước")
HOA = ("1", "Đặng Thị Hòa", "14/08/1968", "+420 601 555 148", "hoa@example.com", "Séc")
BINH = ("2", "Trần Văn Bình", "1950", "0912 345 678", "binh@example.com", "Việt Nam")
# Their names, births in EDTF and numbers, as they are recorded.
HOA_IS = ("Đặng Thị Hòa", "1968-08-14", "+420601555148")
BINH_IS = ("Trần Văn Bình", "1950", "+84912345678")
BOTH = [HOA_IS, BINH_IS]
COLUMNS = {"Họ tên": "name", "Ngày sinh": "born", "Điện thoại": {"channels": ["phone"]}}
COLUMNS |= {"Thư": {"channels": ["email"]}, "Nước": "country"}
FIXED = {"kind": "home", "source": "danh sách xã", "legal_basis": "consent", "legal_document": "phiếu 12"}
SAID: Mapping[str, Any] = {
    "ignored": ["STT"],
    "nothing": ["-", "ko có"],
    "above": ["nt", "như trên", '"'],
    "totals": ["Cộng", "Tổng cộng"],
    "person": {"fixed": FIXED, "columns": COLUMNS},
}

MORNING = datetime(1968, 8, 14, 7, 30)  # noqa: DTZ001 - spreadsheets know no zones


@dataclass(frozen=True)
class Case:
    """A file; who is in its right rows, and under which headings its other rows have a reason or a warning."""

    content: bytes
    new: Sequence[tuple[str, str | None, str | None]]
    refused: Mapping[int, str] = field(default_factory=dict)
    warned: Mapping[int, str] = field(default_factory=dict)
    said: Mapping[str, Any] = field(default_factory=lambda: SAID)


def csv(*rows: Sequence[str], delimiter: str = ";", encoding: str = "utf-8", end: str = "\n") -> bytes:
    return end.join(delimiter.join(row) for row in rows).encode(encoding)


def book(*sheets: tuple[str, Sequence[Sequence[Any]]], hidden: Sequence[str] = (), mac: bool = False) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    if mac:
        made.epoch = CALENDAR_MAC_1904
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
        for row in rows:
            sheet.append(list(row))
    return _saved(made)


def merged() -> bytes:
    """A title over all columns and a heading over two rows."""
    made = openpyxl.Workbook()
    sheet = made.active
    for row in (["DANH SÁCH KIỀU BÀO"], [], HEADINGS, [None] * 6, HOA, BINH):
        sheet.append(list(row))
    sheet.merge_cells("A1:F1")
    for letter in "ABCDEF":
        sheet.merge_cells(f"{letter}3:{letter}4")
    return _saved(made)


def formulas() -> bytes:
    """A formula that was never worked out has no value; one that is text is refused as it stands."""
    made = openpyxl.Workbook()
    sheet = made.active
    for row in (HEADINGS, HOA, ("2", "=CONCAT(1)", "1950", "", "", "Séc")):
        sheet.append(list(row))
    return _saved(made)


def _saved(made: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def changed(row: Sequence[str], **cells: Any) -> list[Any]:
    """A row with other cells, by what their columns tell."""
    places = {"number": 0, "name": 1, "born": 2, "phone": 3, "mail": 4, "country": 5}
    return [{places[name]: cell for name, cell in cells.items()}.get(at, cell) for at, cell in enumerate(row)]


def old(encoding: str) -> Case:
    """A file typed in an old encoding whose country, a name of Unicode, stands in the mapping."""
    text = "\n".join(";".join(row[:5]) for row in (HEADINGS, HOA, BINH))
    name, born, phone, mail = (typed(heading, encoding) for heading in HEADINGS[1:5])
    columns = {name: "name", born: "born", phone: {"channels": ["phone"]}, mail: {"channels": ["email"]}}
    person = {"fixed": {**FIXED, "country": "VN"}, "columns": columns}
    said = {"ignored": ["STT"], "old": dict.fromkeys((name, born, phone, mail), encoding), "person": person}
    return Case(typed(text, encoding).encode("latin-1"), BOTH, said=said)


def cases() -> Iterator[tuple[str, Case]]:  # noqa: PLR0915 - a list
    both = (HEADINGS, HOA, BINH)
    for name, delimiter in {"chấm phẩy": ";", "phẩy": ",", "tab": "\t", "gạch": "|"}.items():
        yield f"csv-{name}.csv", Case(csv(*both, delimiter=delimiter), BOTH)
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"):
        yield f"csv-{encoding}.csv", Case(csv(*both, encoding=encoding), BOTH)
    for name, end in {"crlf": "\r\n", "cr": "\r", "blank-lines": "\n\n\n"}.items():
        yield f"csv-{name}.csv", Case(csv(*both, end=end), BOTH)
    for encoding in ("tcvn3", "vni", "viscii"):
        yield f"old-{encoding}.csv", old(encoding)
    yield "nfd.csv", Case(normalize("NFD", csv(*both).decode()).encode(), BOTH)
    yield "quoted.csv", Case(csv(HEADINGS, changed(HOA, name='"Đặng Thị\nHòa"'), BINH), BOTH)
    yield "trailing-columns.csv", Case(csv(*([*row, "", "", ""] for row in both)), BOTH)
    yield "no-last-line-end.csv", Case(csv(*both) + b"\n", BOTH)
    yield "one-cell-too-many.csv", Case(csv(HEADINGS, [*HOA, "x"], BINH), [BINH_IS], {2: "headings"})
    yield "short-row.csv", Case(csv(HEADINGS, HOA, BINH[:2]), [HOA_IS, (BINH_IS[0], None, None)])
    yield "spaces.csv", Case(csv([f" {one}\u00a0" for one in HEADINGS], [f"\u00a0{one} " for one in HOA]), [HOA_IS])
    yield "nbsp-inside.csv", Case(csv(HEADINGS, changed(HOA, name="Đặng\u00a0Thị\u00a0 Hòa\u200b")), [HOA_IS])
    yield "capitals-in-headings.csv", Case(csv([one.upper() for one in HEADINGS], HOA), [HOA_IS])
    yield "title-above.csv", Case(csv(["UBND TỈNH"], [""], ["DANH SÁCH"], *both), BOTH)
    yield "totals.csv", Case(csv(*both, ["Cộng", "2"], ["Tổng cộng: 2"]), BOTH, {5: "Họ tên"})
    yield (
        "ditto.csv",
        Case(
            csv(HEADINGS, HOA, changed(BINH, country="nt"), changed(BINH, born="như trên")),
            [HOA_IS],
            {3: "Nước", 4: "Ngày sinh"},
        ),
    )
    yield "nothing.csv", Case(csv(HEADINGS, changed(HOA, phone="ko có", born="-")), [(HOA_IS[0], None, None)])
    yield "twice.csv", Case(csv(HEADINGS, HOA, BINH, HOA), BOTH, {4: "Họ tên"})
    yield "come-back.csv", Case(csv(["Lý do", *HEADINGS], ["sai", *HOA], ["", *BINH]), BOTH)
    yield (
        "apostrophes.csv",
        Case(csv(HEADINGS, changed(HOA, phone="'+420601555148"), changed(BINH, phone="'0912345678")), BOTH),
    )
    yield "formula-text.csv", Case(csv(HEADINGS, HOA, changed(BINH, name="=1+1")), [HOA_IS], {3: "Họ tên"})
    yield (
        "beside-a-name.csv",
        Case(csv(HEADINGS, HOA, changed(BINH, name="Trần Văn Bình (mất 2021)")), [HOA_IS], {3: "Họ tên"}),
    )
    births = {"14/8/68": "1968-08-14", "14-08-1968": "1968-08-14", "14.8.1968": "1968-08-14", "8/1968": "1968-08"}
    births |= {"khoảng 1968": "1968~", "1968": "1968", "1968-08-14": "1968-08-14"}
    rows = [changed(HOA, born=born, mail=f"{n}@example.com", phone="") for n, born in enumerate(births)]
    yield "births.csv", Case(csv(HEADINGS, *rows), [(HOA_IS[0], edtf, None) for edtf in births.values()])
    wrong = [changed(HOA, born=born) for born in ("31/02/1980", "14/13/1968", "hôm qua", "1768")]
    yield "no-births.csv", Case(csv(HEADINGS, *wrong), [], dict.fromkeys(range(2, 6), "Ngày sinh"))
    phones = {"01683456789": "+84383456789", "84912345671": "+84912345671", "0084 912 345 672": "+84912345672"}
    phones |= {"0912.345.673": "+84912345673", "(0239) 385 6789": "+842393856789", "+1 714 555 0473": "+17145550473"}
    rows = [changed(BINH, phone=phone, mail=f"{n}@example.com") for n, phone in enumerate(phones)]
    yield "phones.csv", Case(csv(HEADINGS, *rows), [(BINH_IS[0], "1950", e164) for e164 in phones.values()])
    wrong = [changed(HOA, phone=phone) for phone in ("09123", "+1 714 555 04733", "abc")]
    yield "no-phones.csv", Case(csv(HEADINGS, *wrong), [], dict.fromkeys(range(2, 5), "Điện thoại"))
    yield (
        "no-mails.csv",
        Case(csv(HEADINGS, changed(HOA, mail="a @b.vn"), changed(BINH, mail="a@b")), [], {2: "Thư", 3: "Thư"}),
    )
    yield "no-countries.csv", Case(csv(HEADINGS, changed(HOA, country="Sec-lô"), BINH), [BINH_IS], {2: "Nước"})
    yield "plain.xlsx", Case(book(("DS", both)), BOTH)
    yield "merged.xlsx", Case(merged(), BOTH)
    yield "cover-and-list.xlsx", Case(book(("Bìa", [["UBND"]]), ("DS", both)), BOTH)
    yield "hidden-copy.xlsx", Case(book(("Cũ", [HEADINGS, BINH]), ("DS", both), hidden=["Cũ"]), BOTH)
    yield (
        "named-sheet.xlsx",
        Case(book(("2024", [HEADINGS, BINH]), ("2025", both)), BOTH, said={**SAID, "sheet": "2025"}),
    )
    days = changed(HOA, born=date(1968, 8, 14)), changed(BINH, born=1950)
    yield "days.xlsx", Case(book(("DS", [HEADINGS, *days])), BOTH)
    yield "days-1904.xlsx", Case(book(("DS", [HEADINGS, *days]), mac=True), BOTH)
    yield (
        "moments.xlsx",
        Case(book(("DS", [HEADINGS, changed(HOA, born=MORNING)])), [], {2: "Ngày sinh"}),
    )
    numbers = changed(HOA, phone=420601555148.0, country="Séc"), changed(BINH, phone=912345678)
    yield "numbers.xlsx", Case(book(("DS", [HEADINGS, *numbers])), BOTH)
    yield "formulas.xlsx", Case(formulas(), [HOA_IS], {3: "Họ tên"})
    yield "errors.xlsx", Case(book(("DS", [HEADINGS, HOA, changed(BINH, name="#N/A")])), [HOA_IS], {3: "Họ tên"})
    yield "far-away.xlsx", Case(book(("DS", [[]] * 20 + [[None, None, *row] for row in both])), BOTH)


def files() -> Mapping[str, Callable[[], Case]]:
    return {name: (lambda case=case: case) for name, case in cases()}


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for file_name, one in cases():
        (folder / file_name).write_bytes(one.content)
