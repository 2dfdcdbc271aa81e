"""A file read, tried, taken in and taken back, through the use cases: `python -m bench.intake [rows] [csv|xlsx]`.

The floors, of the same run: for reading, the reader's process alone, its lines thrown away; for what follows, the same
rows inserted by the raw driver into a table without an index. Memory is how much more the process holds at its peak.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import rustpy_xlsxwriter

from bench.databases import bare, populated
from bench.outreach import watched
from kieubao.access.roles import SYSTEM, Actor
from kieubao.db import db
from kieubao.intake import answers, batches, service, workbooks, works
from kieubao.intake.mapping import laid_out
from kieubao.intake.workbooks import How
from tests import factories

FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ")
GIVEN = ("Hòa", "Bình", "Đào", "Lan", "Tâm", "Dũng", "Hạnh", "Quý", "Thủy", "Sơn")
HEADINGS = ("STT", "Họ tên", "Ngày sinh", "Quê", "Nước", "Điện thoại", "Thư", "Nghề", "Địa chỉ", "Thành phố")
SAID: dict[str, Any] = {
    "ignored": ["STT"],
    "person": {
        "fixed": {**factories.FIXED, "kind": "abroad"},
        "columns": {
            "Họ tên": "name",
            "Ngày sinh": "born",
            "Quê": "home",
            "Nước": "country",
            "Nghề": "occupation",
            "Địa chỉ": "address",
            "Thành phố": "city",
            "Điện thoại": {"channels": ["phone"]},
            "Thư": {"channels": ["email"]},
        },
    },
}


def lines(count: int) -> Iterator[list[str]]:
    for n in range(count):
        name = f"{FAMILIES[n % 10]} {GIVEN[n // 10 % 10]} {GIVEN[n // 100 % 10]} {GIVEN[n // 1000 % 10]}"
        reached = f"+420601{n % 1_000_000:06}", f"a{n}@example.com"
        born = f"{n % 28 + 1:02}/{n % 12 + 1:02}/19{n % 60 + 40}"
        yield [str(n), name, born, "xã Cẩm Xuyên", "Séc", *reached, "kỹ sư", f"Libušská {n}", "Praha"]


def file_of(count: int, kind: str) -> BinaryIO:
    file = workbooks.kept(b"")
    if kind == "xlsx":
        cells = (dict(zip(HEADINGS, line, strict=True)) for line in lines(count))
        rustpy_xlsxwriter.write_worksheet(cells, file, sheet_name="DS")
    else:
        file.writelines((";".join(line) + "\n").encode() for line in ([*HEADINGS], *lines(count)))
    file.seek(0)
    return file


def timed(act: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _floor(count: int) -> float:
    """Insert as many rows of as many columns by the raw driver."""
    with bare() as raw:
        raw.execute(f"CREATE TEMPORARY TABLE floor_row ({', '.join(f'c{n} text' for n in range(10))})")
        places = ", ".join(["?" if db.engine.dialect.name == "sqlite" else "%s"] * 10)
        return timed(lambda: raw.executemany(f"INSERT INTO floor_row VALUES ({places})", list(lines(count))))


@contextmanager
def _told(what: str, count: int, floor: float) -> Iterator[None]:
    with watched() as grown:
        begun = time.perf_counter()
        yield
        took = time.perf_counter() - begun
    print(f"| {what} | {took:.1f} | {count / took:,.0f} | {took / floor:.1f} | {grown[0]:.0f} |")


def measure(clerk: Actor, approver: Actor, count: int, kind: str) -> None:
    how, reach = How() if kind == "xlsx" else How("utf-8", ";"), factories.reached
    with file_of(count, kind) as file:
        alone = timed(lambda: [None for _part in workbooks.parts(file, how)])
        file.seek(0)
        code = service.receive(clerk, f"a.{kind}", file, how, keep=False)["code"]
        with _told("read", count, alone):
            works.stage(clerk, code, file, how, reach)
    floor = _floor(count)
    service.lay_out(clerk, code, SAID, answers.meant(laid_out(SAID)).values(), ask=False)
    with _told("try", count, floor):
        works.try_out(clerk, code, reach)
    service.begin(clerk, code, ask=False)
    with _told("take in", count, floor):
        works.take_in(clerk, code, reach)
    service.undo(approver, code)
    with _told("take back", count, floor):
        while batches.unmake(SYSTEM, code, "42"):
            pass


def main() -> None:
    count, kind = int([*sys.argv, "30000"][1]), [*sys.argv, "", "xlsx"][2] or "xlsx"
    for name in populated(0, 1):
        print(f"\n{name}, {count:,} rows, {kind}\n\n| | s | rows/s | ratio | MiB |\n|---|---|---|---|---|")
        measure(factories.actor("clerk"), factories.actor("approver"), count, kind)


if __name__ == "__main__":
    main()
