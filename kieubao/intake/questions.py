"""What the page of a file's columns asks, as it stands: each column, and each word whose meaning is to be said."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext

from kieubao import shown
from kieubao.ground.cells import plain
from kieubao.ground.errors import _
from kieubao.ground.legacy import ENCODINGS, Guess
from kieubao.intake import proposals
from kieubao.intake.columns import JOINED
from kieubao.intake.cuts import CUTS, MOST_PARTS
from kieubao.intake.files import Row, Sheet, Table
from kieubao.intake.mapping import AMEND, RETURN, laid_out
from kieubao.intake.meanings import several
from kieubao.intake.proposals import ANSWER, CODED, JOINS, RECORD, SPLITS
from kieubao.intake.schemas import filled
from kieubao.pages import Filled

_SAMPLES = 3
# The number of a column, a row or a sheet.
PLACE = re.compile("[0-9]{1,15}")
# What offices write where they say nothing, repeat the row above, or add up.
_USUAL = {"nothing": "-; ko có; không có; chưa rõ; không rõ", "repeats": "nt; như trên; -nt-"}
_USUAL |= {"totals": "Cộng; Tổng; Tổng cộng; Tổng số", "kind": "abroad", "same_home": "on"}


@dataclass(frozen=True)
class Asking:
    """The table that is looked at, its first rows, and what is filled in.

    `guessed` columns seem to be of an old encoding. `fitting` are the mappings that are kept of these headings, each
    with how it fills the page in; `saved` is the code of the one that did.
    """

    sheet: Sheet
    below: Sequence[Row]
    form: Filled
    guessed: Mapping[str, Guess]
    fitting: Sequence[Mapping[str, Any]] = ()
    saved: str = ""


def opened(
    tables: Sequence[Table], form: Filled | None, query: Mapping[str, str], kept: Sequence[Mapping[str, Any]] = ()
) -> Asking:
    """Return the page as it was filled in, else as is kept of these headings or proposed by them.

    It is of the table that it or the query names.
    """
    typed = form.typed if form else query
    place, above = (int(typed[one]) if PLACE.fullmatch(str(typed.get(one))) else None for one in ("sheet", "above"))
    sheet = proposals.sheet_of(tables, place, above)
    table = tables[sheet.place] if tables else Table("", shown=True, rows=())
    below = [sheet.bare(row) for row in table.rows if row.number > sheet.above]
    guessed = proposals.old(sheet, below, table.fonts)
    if form:
        return Asking(replace(sheet, old=old(form, sheet)), below, form, guessed)
    fitting = _fitting(sheet, kept)
    wanted = query.get("saved")
    saved = next((one for one in fitting if one["filled"] and wanted in {None, one["code"]}), None)
    if saved:
        form = Filled({**saved["filled"], "sender": saved["sender"]})
        return Asking(replace(sheet, old=old(form, sheet)), below, form, guessed, fitting, saved["code"])
    sheet = replace(sheet, old={heading: one.encoding for heading, one in guessed.items()})
    proposed = _proposed(replace(sheet, reasons=False), below)
    counted = Counter(one["means"] for one in proposed)
    joined = [target for target in JOINS if counted[target] > 1]
    usual = {**_USUAL, "on_record": AMEND if counted[RECORD] else RETURN}
    return Asking(sheet, below, Filled({**usual, "columns": proposed, "joined": joined}), guessed, fitting)


def old(form: Filled, sheet: Sheet) -> dict[str, str]:
    """Return the old encodings that are chosen, by the headings of their columns."""
    chosen = {place: one.get("old", "") for place, one in _columns(form).items() if place < len(sheet.headings)}
    return {sheet.headings[place]: old for place, old in chosen.items() if old in ENCODINGS}


def samples(asking: Asking) -> list[list[tuple[str, str]]]:
    """Return of each column some cells, as they were typed and as they are read."""
    sheet = replace(asking.sheet, reasons=False)
    columns: list[list[tuple[str, str]]] = [[] for _heading in sheet.headings]
    for row in asking.below:
        for column, typed, read in zip(columns, row.cells, sheet.cells(row), strict=False):
            if typed.strip() and len(column) < _SAMPLES:
                column.append((typed, read))
    return columns


def said(form: Filled, place: int, name: str) -> str:
    """Return what is said of a column: what it `means`, or in which `old` encoding it was typed."""
    return _columns(form).get(place, {}).get(name, "")


def pieces(asking: Asking) -> list[dict[str, Any]]:
    """Return each part of the cells that are split: what stands there, and what is said or proposed of it."""
    given: dict[str, dict[str, str]] = {}
    for one in _lines(asking.form, "pieces"):
        given.setdefault(one.get("place", ""), {})[one.get("at", "")] = one.get("means", "")
    split = _split(asking).items()
    return [piece for place, rule in split for piece in _pieces(asking, place, rule, given.get(str(place)))]


def joins(asking: Asking) -> list[dict[str, Any]]:
    """Return what several columns are chosen for that may tell it together: which they are, and what a row comes to."""
    places: dict[str, list[int]] = {}
    for place, one in sorted(_columns(asking.form).items()):
        if place < len(asking.sheet.headings):
            places.setdefault(one.get("means", ""), []).append(place)
    return [_join(asking, target, places[target]) for target in JOINS if len(places.get(target, ())) > 1]


def lacking(asking: Asking, words: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return what is still to be said before rows can be tried: words, and parts of cells."""
    parts = pieces(asking)
    said = [[one["means"] for one in parts if one["place"] == place] for place in _split(asking)]
    errors = {"words": [gettext(_("Say what each of these words means"))]} if not all(map(_is_said, words)) else {}
    if not all(map(_are_said, said)):
        errors["pieces"] = [gettext(_("Say what each part means, from the first on, without a gap"))]
    return errors


def coded(form: Filled) -> dict[int, str]:
    """Return the columns whose words have to be said, each with the field it fills."""
    chosen = {place: one.get("means", "") for place, one in _columns(form).items()}
    fields = {place: means.rpartition(".")[2] for place, means in chosen.items()}
    return {place: name for place, name in fields.items() if name in CODED or chosen[place] == ANSWER}


def asked(form: Filled, found: Mapping[int, list[str]]) -> list[dict[str, Any]]:
    """Return each word whose meaning is asked, with what is said or proposed, and what there is to choose from.

    Words that say nothing, or point to the row above, are none.
    """
    silent = {plain(word) for name in ("nothing", "repeats") for word in several(str(form.value(name)))}
    words = _lines(form, "words")
    given = {(str(one.get("place")), plain(one.get("text", ""))): one.get("means", "") for one in words}
    fields = coded(form)
    return [
        {
            "place": at,
            "text": word,
            "answers": fields[at] not in CODED,
            "means": _meant(given, at, word, fields[at]),
            "choices": _choices(fields[at]),
        }
        for at, some in found.items()
        for word in _different(some, silent)
    ]


def _fitting(sheet: Sheet, kept: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the mappings that are for files with these headings, each with how it fills the page in."""
    headings = {plain(heading) for heading in sheet.headings if heading}
    layouts = [(one, laid_out(one["mapping"])) for one in kept]
    return [{**one, "filled": filled(its, sheet)} for one, its in layouts if its.every_heading == headings]


def _proposed(sheet: Sheet, below: Sequence[Row]) -> list[dict[str, str]]:
    means = zip(sheet.headings, proposals.columns(sheet, below), strict=True)
    return [{"place": str(at), "means": one, "old": sheet.old.get(name, "")} for at, (name, one) in enumerate(means)]


def _lines(form: Filled, name: str) -> list[Mapping[str, str]]:
    """Return the lines of a part of the form; whatever else was sent is none."""
    sent = form.value(name)
    return [one for one in sent if isinstance(one, Mapping)] if isinstance(sent, list) else []


def _columns(form: Filled) -> dict[int, Mapping[str, str]]:
    """Return what is typed of each column, by its place."""
    return {int(one["place"]): one for one in _lines(form, "columns") if PLACE.fullmatch(one.get("place", ""))}


def _pieces(asking: Asking, place: int, rule: str, given: Mapping[str, str] | None) -> Iterator[dict[str, Any]]:
    """Give the parts of a column's cells: as many as there are at most, and what most of them mean."""
    cells = [CUTS[rule].parts(text) for text in _texts(asking, place)]
    usual = next(iter(Counter(map(len, cells)).most_common(1)), (0, 0))[0]
    proposed = dict(enumerate(proposals.pieces(asking.sheet.headings[place], rule, usual)))
    most = 2 if rule == "brackets" else max([2, *map(len, cells)])
    for at in range(min(most, MOST_PARTS)):
        texts = dict.fromkeys(parts[at] for parts in cells if at < len(parts) and parts[at])
        means = proposed.get(at, "") if given is None else given.get(str(at), "")
        yield {"place": place, "at": at, "means": means, "samples": [*texts][:_SAMPLES]}


def _join(asking: Asking, target: str, places: Sequence[int]) -> dict[str, Any]:
    """Return what some columns come to together, in the first row that has them all."""
    rows = zip(*(_texts(asking, place, blank=True) for place in places), strict=True)
    sample = JOINED[target.partition(".")[2]].join(next(filter(all, rows), ()))
    return {"target": target, "headings": [asking.sheet.headings[place] for place in places], "sample": sample}


def _is_said(word: Mapping[str, Any]) -> bool:
    return bool(word["means"])


def _are_said(pieces: Sequence[str]) -> bool:
    """Tell whether the parts of a cell are said: two or more, one of them read, and none after a gap."""
    said = [means for means in pieces if means]
    return len(said) > 1 and list(pieces[: len(said)]) == said and {*said} != {"none"}


def _split(asking: Asking) -> dict[int, str]:
    """Return the columns whose cells are split, each with its rule."""
    form, headings = asking.form, asking.sheet.headings
    chosen = {place: one.get("means", "") for place, one in sorted(_columns(form).items())}
    known = {place: means for place, means in chosen.items() if place < len(headings)}
    return {place: means.partition(".")[2] for place, means in known.items() if means in SPLITS}


def _texts(asking: Asking, place: int, *, blank: bool = False) -> list[str]:
    """Return the cells of a column in the first rows, as they are read."""
    rows = map(replace(asking.sheet, reasons=False).cells, asking.below)
    texts = [cells[place].strip() if place < len(cells) else "" for cells in rows]
    return [text for text in texts if text or blank]


def _different(words: list[str], silent: set[str]) -> list[str]:
    """Return each word once, however it is spaced and capitalised, as it was met first."""
    first = {plain(word): word for word in reversed(words) if plain(word) not in silent}
    return list(reversed(first.values()))


def _meant(said: Mapping[Any, str], place: int, word: str, field: str) -> str:
    key = (str(place), plain(word))
    return said[key] if key in said else proposals.meaning(field, word)


def _choices(field: str) -> list[tuple[str, str]]:
    return shown.options(field if field in CODED else "answer")
