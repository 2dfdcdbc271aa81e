"""The sheets of a workbook (.xlsx, .xls, .ods), read by `reader` in a process of its own that may take only so much."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from kieubao.ground.errors import Invalid, _

# How a ZIP archive begins, as .xlsx and .ods are one, and how an old .xls does.
_BEGINS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_READER = Path(__file__).with_name("reader.py")
_WORDS = {
    "password": _("The workbook is locked with a password: save it without one"),
    "unreadable": _("This is no workbook that can be read: save it anew as .xlsx"),
    "unpacked": _("The workbook is too large when it is unpacked: split it, or save it as CSV"),
    "cells": _("A sheet has too many cells: take out what is blank below and beside the table, or save it as CSV"),
}


class Table(NamedTuple):
    """A sheet that is not blank: its name, whether it is shown, and its rows as texts, from the first of the file."""

    name: str
    shown: bool
    rows: Sequence[Sequence[str]]


def is_one(content: bytes) -> bool:
    """Tell whether a file is a workbook, by how it begins."""
    return content.startswith(_BEGINS)


def tables(content: bytes) -> list[Table]:
    """Return the sheets of a workbook that are not blank; raise Invalid for one that cannot be read, or is too much."""
    found: list[Table] = []
    for line in _lines(content):
        if isinstance(line, dict):
            found.append(Table(line["sheet"], line["shown"], rows := []))
        else:
            rows.append(line)
    return [table for table in found if any(map(any, table.rows))]


def _lines(content: bytes) -> Iterator[Any]:
    """Give what the reader says, as it says it."""
    command = [sys.executable, "-I", str(_READER)]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, env={}, cwd="/", **pipes) as process:  # type: ignore[call-overload]  # noqa: S603 - no word of it is the office's
        _give(cast("IO[bytes]", process.stdin), content)
        # One that the system ends may leave half a line.
        yield from (json.loads(line) for line in process.stdout if line.endswith(b"\n"))
        word = process.stderr.read().decode().strip()
    if process.returncode:
        # Whoever took too much was ended by the system, without a word.
        raise Invalid(_WORDS.get(word, _WORDS["cells"]))


def _give(pipe: IO[bytes], content: bytes) -> None:
    # Where it ended already, it says why.
    with suppress(BrokenPipeError), pipe:
        pipe.write(content)
