"""A spreadsheet (.xlsx, .xls, .ods, CSV), row by row: `reader` and `fonts` read it in processes that are `bounded`."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from kieubao.ground.errors import Invalid, _

# How a ZIP archive begins, as .xlsx and .ods are one, and how an old .xls does.
_BEGINS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_BOUNDED, _READER, _FONTS = (Path(__file__).with_name(f"{name}.py") for name in ("bounded", "reader", "fonts"))
# Seconds a workbook may take; CSV is read as it comes, however long: for as many rows as the largest file has.
SECONDS, CSV_SECONDS = 10, 60
_WORDS = {
    "password": _("The workbook is locked with a password: save it without one"),
    "unreadable": _("This is no workbook that can be read: save it anew as .xlsx"),
    "unpacked": _("The workbook is too large when it is unpacked: split it, or save it as CSV"),
    "cells": _("A sheet has too many cells: take out what is blank below and beside the table, or save it as CSV"),
    "encoding": _("The file is not in the encoding %(encoding)s"),
    "line": _("Line %(line)s is not right: a quotation mark is not closed, or text stands beside one"),
}
DELIMITERS = ";,\t|"
# What marks the beginning of a text, and how it is then written.
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
# How much of a file tells how it is written.
_HEAD = 64 * 1024
_CUT = 3


class How(NamedTuple):
    """How a text file is written; a workbook says so itself."""

    encoding: str = ""
    delimiter: str = ""


class Begun(NamedTuple):
    """A sheet begins: its name, whether it is shown, and its columns' fonts. CSV has one, without a name or fonts."""

    name: str
    shown: bool
    fonts: Sequence[str] = ()


class Line(NamedTuple):
    """A row of the sheet that began, numbered as a spreadsheet does, as texts; blank rows are none."""

    number: int
    cells: list[str]


def told_by(file: BinaryIO, said: How) -> How:
    """Tell how a file is written, where it is not said; nothing of a workbook. Raises Invalid for an unknown encoding.

    What came back from us is UTF-8 with its mark, whatever the office writes.
    """
    head = _begins(file)
    if head.startswith(_BEGINS):
        return How()
    marked = next((name for mark, name in _MARKS.items() if head.startswith(mark)), "")
    encoding = marked or said.encoding or _guessed(head)
    try:
        text = head.decode(encoding, "ignore")
    except LookupError as error:
        raise Invalid(_WORDS["encoding"], encoding=encoding) from error
    return How(encoding, said.delimiter or _parting(text))


def parts(file: BinaryIO, how: How) -> Iterator[Begun | Line]:
    """Give the sheets of a file and their rows; raise Invalid for one that cannot be read, or is too much."""
    fonts = {} if how.delimiter else _fonts(file)
    number = 0
    for line in _lines(file, how, _READER):
        number += 1
        if isinstance(line, dict):
            number = 0
            yield Begun(line["sheet"], line["shown"], fonts.get(line["sheet"], ()))
        elif any(cell.strip() for cell in line):
            yield Line(number, line)


def kept(content: bytes) -> BinaryIO:
    """Return content as an open file that is on no disk."""
    file = cast("BinaryIO", os.fdopen(os.memfd_create("intake"), "w+b"))
    file.write(content)
    file.seek(0)
    return file


def _fonts(file: BinaryIO) -> dict[str, list[str]]:
    """Return the fonts of each sheet's columns; none where they cannot be told, for the rows may be read yet."""
    found: dict[str, list[str]] = {}
    with suppress(Invalid):
        found = dict(*_lines(file, How(), _FONTS))
    file.seek(0)
    return found


def _begins(file: BinaryIO) -> bytes:
    head = file.read(_HEAD)
    file.seek(0)
    return head


def _guessed(head: bytes) -> str:
    """Return UTF-8 where it is that, UTF-16 where there are blank bytes, else Western: old fonts are written so."""
    if b"\0" in head:
        return "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
    for cut in range(_CUT + 1):
        # The head may end in the middle of a letter.
        with suppress(UnicodeDecodeError):
            head[: len(head) - cut].decode("utf-8")
            return "utf-8"
    return "cp1252"


def _parting(text: str) -> str:
    """Return what parts the cells: what is in most of the first lines, as often in each."""
    lines = [line for line in re.sub(r'"[^"]*"', "", text).splitlines()[:50] if line.strip()]
    counts = {mark: sorted(line.count(mark) for line in lines) for mark in DELIMITERS}
    return max(DELIMITERS, key=lambda mark: (counts[mark] or [0])[len(counts[mark]) // 2])


def _lines(file: BinaryIO, how: How, script: Path) -> Iterator[Any]:
    """Give what a script says of a file, as it says it."""
    seconds = CSV_SECONDS if how.delimiter else SECONDS
    command = [sys.executable, "-I", str(_BOUNDED), str(script), str(seconds), *filter(None, how)]
    pipes = dict.fromkeys(("stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, env={}, cwd="/", stdin=file, **pipes) as process:  # type: ignore[call-overload]  # noqa: S603 - its words are checked
        with closing(process.stdout):
            # One that the system ends may leave half a line.
            yield from (json.loads(line) for line in process.stdout if line.endswith(b"\n"))
        word, _blank, number = process.stderr.read().decode().strip().partition(" ")
    if process.returncode:
        # Whoever took too much was ended by the system, without a word.
        raise Invalid(_WORDS.get(word, _WORDS["cells"]), encoding=how.encoding, line=number)
