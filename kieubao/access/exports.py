"""The trail, or a part of it, in a file that proves itself: canonical JSON, one thing a line.

The first line says what the file holds, then come the roots that vouch for it, then the entries.
"""

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from kieubao.access import trail
from kieubao.access.chain import START, Roots, Verdict, examine
from kieubao.access.faults import End, Entry, Where
from kieubao.access.trail import Progress
from kieubao.ground.canon import canonical
from kieubao.ground.errors import Invalid, _

# Longer lines are nobody's entry.
_LONGEST = 1_000_000
_NO_EXPORT = _("This file is no export of the trail: its first line does not say what it holds")


def write(sink: BinaryIO, office: str, span: tuple[int, int], progress: Progress | None = None) -> int:
    """Write entries of the trail from one number to another; return how many."""
    first, last = span
    said: Entry = {
        "kieubao": "audit",
        "office": office,
        "first": first,
        "last": last,
        "previous": trail.at(first - 1).hash,
        "hash": trail.at(last).hash,
    }
    vouching: Iterator[Entry] = ({"root": line} for line in trail.lines(first - 1, last))
    body = trail.counted(trail.entries(first, last), last - first + 1, progress)
    written = 0
    for one in chain([said], vouching, body):
        sink.write(canonical(one) + b"\n")
        written += "id" in one
    return written


def verify(file: Path, known: Roots, progress: Progress | None = None) -> Verdict:
    """Verify a file by itself, with the roots in it and those that are known. Raises Invalid for another file."""
    with file.open("rb") as source:
        stream = iter(lambda: source.readline(_LONGEST), b"")
        start, end = _said(_parsed(next(stream, b"")))
        known.narrow(start.number + 1, end.number)
        vouching, body = _parted(map(_parsed, stream))
        known.add(Where.ROOT, vouching)
        return examine(trail.counted(body, end.number - start.number, progress), end, known, start)


def _said(first_line: Entry) -> tuple[End, End]:
    """Return the ends that a file says it lies between; the start of a whole trail needs nobody's word."""
    try:
        before, last = int(first_line["first"]) - 1, int(first_line["last"])
        ends = End(before, str(first_line["previous"])), End(last, str(first_line["hash"]))
    except (KeyError, ValueError, TypeError) as error:
        raise Invalid(_NO_EXPORT, field="file") from error
    return (START if before == START.number else ends[0]), ends[1]


def _parted(stream: Iterator[Entry]) -> tuple[list[str], Iterator[Entry]]:
    """Part the roots, which come first, from the entries."""
    vouching: list[str] = []
    for one in stream:
        if set(one) != {"root"}:
            return vouching, chain([one], stream)
        vouching.append(str(one["root"]))
    return vouching, stream


def _parsed(line: bytes) -> Entry:
    """Return what a line holds; nothing, where it is not written as we write."""
    try:
        one = json.loads(line)
        return one if isinstance(one, dict) and canonical(one) + b"\n" == line else {}
    except (ValueError, RecursionError):
        return {}
