"""What a page says of the columns and words of a file, made into a mapping, and a mapping into what a page says."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kieubao.consent.vocabulary import State
from kieubao.ground.cells import plain
from kieubao.intake.columns import LEAVE_OUT, REFUSE, Column
from kieubao.intake.files import Sheet
from kieubao.intake.mapping import AMEND, BELOW, Layout, Meaning
from kieubao.intake.proposals import ANSWER, CONSENT, PERSON, PROOF, RELATIVE, SPLIT, SPLITS

_MARK = re.compile("[.:]")
_PARTED = re.compile(r"\s*;\s*")


def layout(said: Mapping[str, Any], sheet: Sheet, name: str) -> dict[str, Any]:
    """Return the mapping that a page says of the table it showed; `name` is of its sheet."""
    targets = {place: means for place, means, _old in said["columns"]}
    parts: dict[str, Any] = {part: {"fixed": {}, "columns": {}} for part in (PERSON, RELATIVE)}
    for place, heading in enumerate(sheet.headings):
        for part, column in _columns(said, place, targets.get(place, "")) if heading else ():
            parts[part]["columns"][heading] = column
    for column in parts[RELATIVE]["columns"].values():
        # Of whom nothing sure is told, nobody is recorded; the person on the row may be.
        column["on_error"] = LEAVE_OUT
    _number(parts)
    parts[PERSON]["fixed"] = {"kind": said["kind"], **({"country": said["country"]} if "country" in said else {})}
    if parts[RELATIVE]["columns"]:
        parts[RELATIVE]["fixed"] = {"kind": "home", "country": "VN"}
        _share_home(parts, share=said["same_home"])
    used = {*parts[PERSON]["columns"], *parts[RELATIVE]["columns"]}
    answer = next((sheet.headings[place] for place, means in targets.items() if means == ANSWER), "")
    proof = {sheet.headings[place]: means.partition(".")[2] for place, means in targets.items() if means in PROOF}
    return {
        "sheet": name,
        "ignored": [heading for heading in sheet.headings if heading and heading not in {*used, *proof, answer}],
        "old": {sheet.headings[place]: old for place, _means, old in said["columns"] if old},
        "fixed": {one: said[one] for one in ("source", "legal_basis", "legal_document")},
        "nothing": several(said["nothing"]),
        "above": several(said["repeats"]),
        "totals": several(said["totals"]),
        **parts,
        **({"relatives": BELOW} if said["below"] else {}),
        **({"on_record": AMEND} if said["on_record"] == AMEND else {}),
        **({"consent": {"column": answer, "columns": proof, "means": _answers(said)}} if answer else {}),
    }


def typed(layout: Layout, sheet: Sheet) -> dict[str, Any]:
    """Return how the page of a table is filled in where it says this mapping, as far as it can."""
    fixed, consent = layout.person.fixed, layout.consent
    places = {plain(heading): str(place) for place, heading in enumerate(sheet.headings) if heading}
    yes = next((one for one in consent.means.values() if one.state == State.GIVEN), Meaning())
    proof = {one: getattr(yes, one) for one in ("purposes", "channels", "method", "notice")}
    same = {one: fixed.get(one) for one in ("kind", "country", "source", "legal_basis", "legal_document")}
    silent = {"nothing": layout.nothing, "repeats": layout.above, "totals": layout.totals}
    on_error = {one.column.on_error for one in layout.person.every if one.column.channels} or {REFUSE}
    shared = [one for heading, one in layout.relative.columns.items() if heading in layout.person.columns]
    fields = Counter(f"{PERSON}.{one.column.field}" for one in layout.person.every if one.column.part)
    fields += Counter(f"{RELATIVE}.{one.column.field}" for one in layout.relative.every if one.column.part)
    filled = {
        "columns": _typed_columns(layout, places),
        "words": [*_typed_words(layout, places)],
        "pieces": [*_typed_pieces(layout, places)],
        "joined": [target for target, count in fields.items() if count > 1],
        "same_home": "on" if any(one.field == "home" for one in shared) else "",
        "below": "on" if layout.relatives == BELOW else "",
        "on_error": max(on_error),
        "on_record": layout.on_record,
        **{one: "; ".join(words) for one, words in silent.items()},
        **same,
        **proof,
    }
    return {name: value for name, value in filled.items() if value}


def targets(layout: Layout) -> dict[str, list[str]]:
    """Return what each column means, by its heading; of one that is not read, nothing."""
    found: dict[str, list[str]] = {heading: [] for heading in layout.ignored}
    parts = {PERSON: layout.person.columns, RELATIVE: layout.relative.columns, CONSENT: layout.consent.columns}
    for part, columns in parts.items():
        for heading, column in columns.items():
            found.setdefault(heading, []).extend(_aims(part, column))
    return {**found, **({layout.consent.column: [ANSWER]} if layout.consent.column else {})}


def _aims(part: str, column: Column) -> list[str]:
    return [aim for one in column.into or [column] for aim in _aims_of(part, one)]


def _aims_of(part: str, column: Column) -> list[str]:
    return [f"{part}:{channel}" for channel in column.channels] or ([f"{part}.{column.field}"] if column.field else [])


def _typed_columns(layout: Layout, places: Mapping[str, str]) -> list[dict[str, str]]:
    means = {plain(heading): some[0] for heading, some in targets(layout).items() if some}
    for heading, column in {**layout.person.columns, **layout.relative.columns}.items():
        means |= {plain(heading): f"{SPLIT}.{column.split}"} if column.split else {}
    old = {plain(heading): one for heading, one in layout.old.items()}
    said = [{"place": at, "means": means.get(name, ""), "old": old.get(name, "")} for name, at in places.items()]
    return [{name: value for name, value in one.items() if value} for one in said]


def _typed_pieces(layout: Layout, places: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Give what each part of the cells of a column means."""
    found: dict[tuple[str, int], str] = {}
    for part, columns in ((PERSON, layout.person.columns), (RELATIVE, layout.relative.columns)):
        for heading, column in columns.items():
            for at, one in enumerate(column.into):
                means = next(iter(_aims_of(part, one)), "none")
                found |= {(heading, at): means} if found.get((heading, at), "none") == "none" else {}
    for (heading, at), means in found.items():
        yield {"place": places.get(plain(heading), ""), "at": str(at), "means": means}


def _typed_words(layout: Layout, places: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Give what each word means that the mapping knows, in the columns of a table."""
    for heading, column in {**layout.relative.columns, **layout.person.columns}.items():
        for value, words in column.texts.items():
            yield from ({"place": places.get(plain(heading), ""), "text": one, "means": value} for one in words)
    for text, one in layout.consent.means.items():
        yield {"place": places.get(plain(layout.consent.column), ""), "text": text, "means": one.state or "nothing"}


def _columns(said: Mapping[str, Any], place: int, target: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give what a column tells of each of the people, and of whom."""
    if target in SPLITS:
        pieces = pieces_at(said["pieces"], place)
        for part in (PERSON, RELATIVE):
            if any(_of(one) == part for one in pieces):
                into = [_piece(said, part, one) for one in pieces]
                yield part, {"split": target.partition(".")[2], "into": into}
    elif _of(target) in {PERSON, RELATIVE}:
        yield _of(target), _column(said, place, target)


def pieces_at(pieces: Iterable[tuple[int, int, str]], place: int) -> list[str]:
    """Return what the parts of a column's cells mean, in their order, to the last one that is said."""
    here = {at: means for one, at, means in pieces if one == place and means}
    return [here.get(at, "") for at in range(max(here, default=-1) + 1)]


def _of(target: str) -> str:
    """Return whom a target is about."""
    return _MARK.split(target, maxsplit=1)[0]


def _what(target: str) -> str:
    return _MARK.split(target, maxsplit=1)[-1]


def _piece(said: Mapping[str, Any], part: str, target: str) -> Any:
    """Return what one part of a cell tells of one of the people; "" where it is not read, or tells of another."""
    if _of(target) != part:
        return ""
    if ":" not in target:
        return _what(target)
    return {"channels": [_what(target)], **({"on_error": said["on_error"]} if part == PERSON else {})}


def _column(said: Mapping[str, Any], place: int, target: str) -> dict[str, Any]:
    if ":" in target:
        return {"channels": [_what(target)], "on_error": said["on_error"]}
    texts: dict[str, list[str]] = {}
    for at, text, means in said["words"]:
        if at == place:
            texts.setdefault(means, []).append(text)
    return {"field": _what(target), **({"texts": texts} if texts else {})}


def _number(parts: Mapping[str, Any]) -> None:
    """Have columns that mean the same be put together in their order."""
    for part in parts.values():
        fields = [column.get("field") for column in part["columns"].values()]
        counted = Counter[str]()
        for column in part["columns"].values():
            name = column.get("field")
            if name and fields.count(name) > 1:
                counted[name] += 1
                column["part"] = counted[name]


def _share_home(parts: dict[str, Any], *, share: bool) -> None:
    """Have relatives live at the home place of the person on their row."""
    home = {heading: {**one} for heading, one in parts[PERSON]["columns"].items() if one.get("field") == "home"}
    known = any(column.get("field") == "home" for column in parts[RELATIVE]["columns"].values())
    if share and not known:
        parts[RELATIVE]["columns"] |= home


def _answers(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the words of the answer column mean: a yes with all that proves it, a no, or a warning."""
    place = next(place for place, means, _old in said["columns"] if means == ANSWER)
    proof = {one: said[one] for one in ("purposes", "channels", "method", "evidence", "notice") if said.get(one)}
    if "signed_on" in said:
        proof["signed_on"] = f"{said['signed_on']:%d/%m/%Y}"
    kinds: dict[str, dict[str, Any]] = {
        "given": {"state": "given", **proof},
        "refused": {"state": "refused", "method": said.get("method", "other_printable")},
        "nothing": {"warning": "chưa ghi là đồng ý hay từ chối"},
    }
    return {text: kinds[means] for at, text, means in said["words"] if at == place and means in kinds}


def several(words: str) -> Sequence[str]:
    """Return words that were typed with ; between."""
    return [word for word in _PARTED.split(words.strip()) if word]
