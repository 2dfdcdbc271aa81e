"""In which fonts the columns of a workbook are set: run by itself, as `reader` is, for calamine does not tell them.

Old fonts drew Vietnamese at the places of Western letters, so a font tells how a column was typed. Fonts are asked for
apart from the rows: whatever is wrong with them, or too much, the rows are read. Imports nothing of kieubao.
"""

import io
import json
import posixpath
import string
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from itertools import islice
from typing import IO, TypeAlias
from xml.etree import ElementTree as ET

import xlrd

# In so many rows and columns of a sheet they are looked for; longer names are of no font.
_ROWS, _COLUMNS, _LONGEST = 200, 1024, 64
# Of a sheet: how many texts are in which column and font.
_Texts: TypeAlias = Counter[tuple[int, str]]


def fonts(content: bytes) -> dict[str, list[str]]:
    """Return of each sheet in which font each column is set: most of the texts in its first rows, "" for none."""
    file = BytesIO(content)
    if not zipfile.is_zipfile(file):
        return {name: _most(texts) for name, texts in _of_xls(content)}
    with zipfile.ZipFile(file) as archive:
        read = _of_xlsx if "xl/workbook.xml" in archive.namelist() else _of_ods
        return {name: _most(texts) for name, texts in read(archive)}


def _most(texts: _Texts) -> list[str]:
    said = [one for one, _count in reversed(texts.most_common())]
    found = {column: font for column, font in said if 0 <= column < _COLUMNS and len(font) <= _LONGEST}
    return [found.get(column, "") for column in range(max(found, default=-1) + 1)]


def _of_xls(content: bytes) -> Iterator[tuple[str, _Texts]]:
    book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
    named = [book.font_list[one.font_index].name for one in book.xf_list]
    for sheet in book.sheets():
        places = ((row, at) for row in range(min(sheet.nrows, _ROWS)) for at in range(sheet.row_len(row)))
        texts = (place for place in places if sheet.cell_type(*place) == xlrd.XL_CELL_TEXT)
        yield sheet.name, Counter((at, named[sheet.cell_xf_index(row, at)]) for row, at in texts)


def _of_xlsx(archive: zipfile.ZipFile) -> Iterator[tuple[str, _Texts]]:
    parts = ("styles.xml", "workbook.xml", "_rels/workbook.xml.rels")
    styles, book, links = (ET.fromstring(archive.read(f"xl/{part}")) for part in parts)  # noqa: S314 - bounded
    fonts = [_said(font.find("{*}name"), "val") for font in styles.iterfind("{*}fonts/{*}font")]
    named = [fonts[int(_said(one, "fontId"))] for one in styles.iterfind("{*}cellXfs/{*}xf")]
    parts_of = {_said(link, "Id"): posixpath.join("/xl", _said(link, "Target"))[1:] for link in links}
    for sheet in book.iterfind("{*}sheets/{*}sheet"):
        with archive.open(parts_of[_said(sheet, "id")]) as part:
            rows = islice(_ended(part, "row"), _ROWS)
            texts = (cell for row in rows for cell in row if cell.get("t") in {"s", "str", "inlineStr"})
            yield (
                sheet.get("name", ""),
                Counter((_column(one.get("r", "")), named[int(one.get("s", 0))]) for one in texts),
            )


def _of_ods(archive: zipfile.ZipFile) -> Iterator[tuple[str, _Texts]]:
    fonts: dict[str, str] = {}
    for name in ("styles.xml", "content.xml"):
        columns, texts = list[str](), _Texts()
        with archive.open(name) as part:
            for node in _ended(part, "default-style", "style", "table-column", "table-row", "table"):
                kind = _local(node.tag)
                if kind.endswith("style"):
                    _learn(fonts, node)
                elif kind == "table-column":
                    columns += [_said(node, "default-cell-style-name")] * min(_repeated(node), _COLUMNS)
                elif kind == "table-row":
                    texts.update(_texts(node, columns, fonts))
                else:
                    yield _said(node, "name"), texts
                    columns, texts = [], _Texts()


def _learn(fonts: dict[str, str], style: ET.Element) -> None:
    """Learn the font of a style, its own or that of the style it is made from; the default one has no name."""
    if _said(style, "family") == "table-cell":
        own = _said(style.find("{*}text-properties"), "font-name")
        fonts[_said(style, "name")] = own or fonts.get(_said(style, "parent-style-name"), "")


def _texts(row: ET.Element, columns: Sequence[str], fonts: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """Give the places of the texts in a row, with their fonts: a cell's, else the row's, else the column's."""
    at = 0
    for cell in row:
        if _said(cell, "value-type") == "string":
            beside = columns[at] if at < len(columns) else ""
            yield at, fonts.get(_said(cell, "style-name") or _said(row, "default-cell-style-name") or beside, "")
        at += _repeated(cell)


def _ended(part: IO[bytes], *kinds: str) -> Iterator[ET.Element]:
    """Give the elements of some kinds as they end; what is in one is gone as the next is asked for."""
    for _event, node in ET.iterparse(part):  # noqa: S314 - bounded
        if _local(node.tag) in kinds:
            yield node
            node.clear()


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _said(node: ET.Element | None, name: str) -> str:
    """Return an attribute by its name, in whichever dialect; "" where there is none."""
    said = node.items() if node is not None else ()
    return next((value for key, value in said if _local(key) == name), "")


def _repeated(node: ET.Element) -> int:
    return int(_said(node, "number-columns-repeated") or 1)


def _column(place: str) -> int:
    """Return the number of a cell's column, from 0: of AB12 that is 27."""
    number = 0
    for letter in place.rstrip(string.digits):
        number = 26 * number + ord(letter) - ord("@")
    return number - 1


def main() -> str:
    """Write the fonts of the workbook in stdin to stdout, as one line of JSON."""
    sys.stdout.write(json.dumps(fonts(sys.stdin.buffer.read()), ensure_ascii=False) + "\n")
    return ""
