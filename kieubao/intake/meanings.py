"""What a page says of the columns and words of a file, made into a mapping."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from kieubao.intake.files import Sheet
from kieubao.intake.mapping import LEAVE_OUT
from kieubao.intake.proposals import ANSWER, PERSON, PROOF, RELATIVE

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
