"""What a page says of the columns and words of a file, made into a mapping, and a mapping into what a page says."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kieubao.consent.vocabulary import State
from kieubao.ground.cells import plain
from kieubao.intake.columns import LEAVE_OUT, REFUSE, Column
from kieubao.intake.files import Sheet
from kieubao.intake.mapping import Layout, Meaning
from kieubao.intake.proposals import ANSWER, CONSENT, PERSON, PROOF, RELATIVE

_PARTED = re.compile(r"\s*;\s*")


def layout(said: Mapping[str, Any], sheet: Sheet, name: str) -> dict[str, Any]:
    """Return the mapping that a page says of the table it showed; `name` is of its sheet."""
    targets = {place: means for place, means, _old in said["columns"]}
    parts: dict[str, Any] = {part: {"fixed": {}, "columns": {}} for part in (PERSON, RELATIVE)}
    for place, heading in enumerate(sheet.headings):
        part, mark, what = re.split(r"([.:])", f"{targets.get(place, '')}.", maxsplit=1)
        if heading and part in parts:
            parts[part]["columns"][heading] = _column(said, place, what.rstrip("."), mark)
    for column in parts[RELATIVE]["columns"].values():
        # Of whom nothing sure is told, nobody is recorded; the person on the row may be.
        column["on_error"] = LEAVE_OUT
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
    on_error = {one.on_error for one in layout.person.columns.values() if one.channels} or {REFUSE}
    shared = layout.person.columns.keys() & layout.relative.columns.keys()
    filled = {
        "columns": _typed_columns(layout, places),
        "words": [*_typed_words(layout, places)],
        "same_home": "on" if shared else "",
        "on_error": max(on_error),
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
    return [f"{part}:{channel}" for channel in column.channels] or [f"{part}.{column.field}"]


def _typed_columns(layout: Layout, places: Mapping[str, str]) -> list[dict[str, str]]:
    means = {plain(heading): some[0] for heading, some in targets(layout).items() if some}
    old = {plain(heading): one for heading, one in layout.old.items()}
    said = [{"place": at, "means": means.get(name, ""), "old": old.get(name, "")} for name, at in places.items()]
    return [{name: value for name, value in one.items() if value} for one in said]


def _typed_words(layout: Layout, places: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Give what each word means that the mapping knows, in the columns of a table."""
    for heading, column in {**layout.relative.columns, **layout.person.columns}.items():
        for value, words in column.texts.items():
            yield from ({"place": places.get(plain(heading), ""), "text": one, "means": value} for one in words)
    for text, one in layout.consent.means.items():
        yield {"place": places.get(plain(layout.consent.column), ""), "text": text, "means": one.state or "nothing"}


def _column(said: Mapping[str, Any], place: int, what: str, mark: str) -> dict[str, Any]:
    if mark == ":":
        return {"channels": [what], "on_error": said["on_error"]}
    texts: dict[str, list[str]] = {}
    for at, text, means in said["words"]:
        if at == place:
            texts.setdefault(means, []).append(text)
    return {"field": what, **({"texts": texts} if texts else {})}


def _share_home(parts: dict[str, Any], *, share: bool) -> None:
    """Have relatives live at the home place of the person on their row."""
    home = next((h for h, column in parts[PERSON]["columns"].items() if column.get("field") == "home"), None)
    known = any(column.get("field") == "home" for column in parts[RELATIVE]["columns"].values())
    if share and home and not known:
        parts[RELATIVE]["columns"][home] = {"field": "home"}


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
