"""A spreadsheet (.xlsx, .xls, .ods, CSV), row by row: `reader` reads it in a process that may take only so much."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from kieubao.ground.errors import Invalid, _

# How a ZIP archive begins, as .xlsx and .ods are one, and how an old .xls does.
_BEGINS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_READER = Path(__file__).with_name("reader.py")
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
    """A sheet begins: its name, and whether it is shown. CSV has one, without a name."""

    name: str
    shown: bool


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
    number = 0
    for line in _lines(file, how):
        number += 1
        if isinstance(line, dict):
            number = 0
            yield Begun(line["sheet"], line["shown"])
        elif any(cell.strip() for cell in line):
            yield Line(number, line)


def kept(content: bytes) -> BinaryIO:
    """Return content as an open file that is on no disk."""
    file = cast("BinaryIO", os.fdopen(os.memfd_create("intake"), "w+b"))
    file.write(content)
    file.seek(0)
    return file


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


def _lines(file: BinaryIO, how: How) -> Iterator[Any]:
    """Give what the reader says, as it says it."""
    command = [sys.executable, "-I", str(_READER), *filter(None, how)]
    pipes = dict.fromkeys(("stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, env={}, cwd="/", stdin=file, **pipes) as process:  # type: ignore[call-overload]  # noqa: S603 - its words are checked
        with closing(process.stdout):
            # One that the system ends may leave half a line.
            yield from (json.loads(line) for line in process.stdout if line.endswith(b"\n"))
        word, _blank, number = process.stderr.read().decode().strip().partition(" ")
    if process.returncode:
        # Whoever took too much was ended by the system, without a word.
        raise Invalid(_WORDS.get(word, _WORDS["cells"]), encoding=how.encoding, line=number)
