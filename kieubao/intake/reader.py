"""A spreadsheet as lines of JSON: run by itself, in a process that may take only so much (`bounded`).

A file of an office may be made to harm: it is measured before it is unpacked, and read where nothing can be
reached but the file, which comes by stdin: a workbook, or CSV where an encoding and a delimiter are named.
Imports nothing of kieubao. Where a file is not read, it ends with a word: `password`, `unreadable`,
`unpacked`, `cells`, `encoding`, or `line` and its number.
"""

import codecs
import csv
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

# Bytes a file may come to when it is unpacked, and cells a sheet may span.
MOST_UNPACKED, MOST_CELLS = 400 * 2**20, 3_000_000
_MIDNIGHT = time()
# What Office calls what is inside a workbook with a password.
_LOCKED = "EncryptedPackage".encode("utf-16-le")


class Refused(Exception):
    """The file is not read, in one word."""


def lines(file: BytesIO) -> Iterator[Any]:
    """Give the sheets of a workbook, each begun by its name and whether it is shown, then a list of texts a row.

    Rows and columns are those of the file, blank ones too.
    """
    _measure(file)
    with _opened(file) as book:
        for about in book.sheets_metadata:
            if about.typ == SheetTypeEnum.WorkSheet:
                yield {"sheet": about.name, "shown": about.visible == SheetVisibleEnum.Visible}
                yield from _rows(book, about.name)


def _as_it_is(error: UnicodeDecodeError) -> tuple[str, int]:
    """Take a byte that Windows has no letter for as the one Latin-1 has there: old fonts drew theirs at any place."""
    return error.object[error.start : error.end].decode("latin-1"), error.end


_ERRORS = {"cp1252": "as it is"}
codecs.register_error("as it is", _as_it_is)  # type: ignore[arg-type]  # nothing is written so


def csv_lines(file: BinaryIO, encoding: str, delimiter: str) -> Iterator[Any]:
    """Give the one sheet of a CSV file, as `lines` does."""
    text = io.TextIOWrapper(file, encoding=encoding, errors=_ERRORS.get(encoding, "strict"), newline="")
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    yield {"sheet": "", "shown": True}
    try:
        yield from reader
    except UnicodeDecodeError as error:
        raise Refused("encoding") from error
    except csv.Error as error:
        raise Refused(f"line {reader.line_num}") from error


def _rows(book: CalamineWorkbook, name: str) -> Iterator[list[str]]:
    sheet = book.get_sheet_by_name(name)
    below, beside = sheet.end or (0, 0)
    if (below + 1) * (beside + 1) > MOST_CELLS:
        raise Refused("cells")
    # Blank columns on the left are not among its cells, though blank rows above are.
    _above, left = sheet.start or (0, 0)
    for row in sheet.iter_rows():
        yield [""] * left + [text(value) for value in row]


def text(value: object) -> str:
    """Return a cell as its reader writes it: a whole number without a point, a day as 14/08/1948."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return _day(value) if value.time() == _MIDNIGHT else f"{_day(value)} {value:%H:%M}"
    if isinstance(value, date):
        return _day(value)
    return str(value)


def _day(day: date) -> str:
    # strftime leaves the zeros of a year before 1000 out.
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def _measure(file: BytesIO) -> None:
    """Refuse a file that would be too much when it is unpacked, by what its own list of parts says."""
    if not zipfile.is_zipfile(file):
        return
    with zipfile.ZipFile(file) as archive:
        if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
            raise Refused("unpacked")


def _opened(file: BytesIO) -> CalamineWorkbook:
    file.seek(0)
    try:
        return CalamineWorkbook.from_filelike(file)
    except CalamineError as error:
        is_locked = isinstance(error, PasswordError) or _LOCKED in file.getvalue()
        raise Refused("password" if is_locked else "unreadable") from error


def main(*how: str) -> str:
    """Write the lines of the file in stdin to stdout; return the word of why it is not read, or nothing.

    `how`: the encoding and the delimiter of CSV.
    """
    file = sys.stdin.buffer
    try:
        for line in csv_lines(file, *how) if how else lines(BytesIO(file.read())):
            sys.stdout.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
    except Refused as refusal:
        return str(refusal)
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError, OverflowError):
        return "unreadable"
    except MemoryError:
        return "cells"
    return ""
