"""The golden table, golden_search.txt: whom a clerk expects the search box to find, on both databases alike."""

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from unicodedata import normalize

import pytest

from kieubao.access.roles import Scope
from kieubao.db import db
from kieubao.people import registry
from kieubao.people.schemas import EnrolForm
from kieubao.people.search import MANY, find
from tests import factories
from tests.databases import application, leave

TABLE = Path(__file__).with_name("golden_search.txt")
EVERYWHERE = "42,56,68"
VOWELS, TONES = "aăâeêioôơuưy", ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
LETTERS = {normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES} - {*"aeiouy"} | {"đ"}


@dataclass(frozen=True)
class Line:
    """A query, and who must be found by it and who must not, by key."""

    number: int
    rule: str
    query: str
    must: str
    must_not: str
    where: str

    def __str__(self):
        # A lone surrogate cannot be printed.
        return f"line {self.number}: {self.query[:40].encode('utf-8', 'backslashreplace').decode()} {self.where}"

    def faults(self, found, near):
        """Say what is not as it must be, of who was found and who came near, both in their order."""
        tiers = [[one.strip("~") for one in tier.split() if one[0] != "("] for tier in self.must.split(">")]
        close, wanted = set(re.findall(r"~(\S+)", self.must)), {one for tier in tiers for one in tier}
        allowed, refused = wanted | set(re.findall(r"\((\S+)\)", self.must)), set(self.must_not.split())
        yield from (f"{one} is not found" for one in sorted(wanted - close - {*found}))
        yield from (f"{one} does not come near" for one in sorted(close - {*near}))
        yield from (f"{one} is found" for one in sorted(refused & {*found}))
        yield from (f"{one} comes near" for one in sorted(refused & {*near}))
        if refused & {"*", "**"}:
            yield from (f"{one} is found too" for one in found if one not in allowed)
        if "**" in refused:
            yield from (f"{one} comes near" for one in near if one not in allowed)
        yield from self._disorder(tiers, [*found, *near])

    def _disorder(self, tiers, order):
        places = [[order.index(one) for one in tier if one in order] for tier in tiers]
        for before, after in pairwise(places):
            if before and after and max(before) > min(after):
                yield f"{order[min(after)]} stands before {order[max(before)]}"


def _typed(text):
    r"""Return a query as it is typed: \u0303 is a letter, {3 x a} three of them."""
    code = r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|([tn\\]))"
    single = {"t": "\t", "n": "\n", "\\": "\\"}
    read = re.sub(code, lambda m: single[m[3]] if m[3] else chr(int(m[1] or m[2], 16)), text)
    return re.sub(r"^\{(\d+) x (.+)\}$", lambda m: m[2] * int(m[1]), read)


def _cells(row, count):
    cells = [cell.strip() for cell in row.split("|")]
    assert len(cells) <= count, row
    return [*cells, *[""] * (count - len(cells))]


def _read():
    """Return the people, by key, and the lines."""
    people, lines, rule = {}, [], ""
    for number, row in enumerate(TABLE.read_text(encoding="utf-8").splitlines(), 1):
        if row.startswith("## "):
            rule = row[3:]
        elif rule and row.strip() and row[0] != "#":
            query, *rest = _cells(row, 4)
            lines.append(Line(number, rule, _typed(query), *rest))
        elif row.strip() and row[0] not in "#[":
            key, *rest = _cells(row, 6)
            assert key not in people, key
            people[key] = rest
    return people, lines


PEOPLE, LINES = _read()


def _listed(text):
    return [one.strip() for one in text.split(";") if one.strip()]


def _point(text):
    return {"channel": "email" if "@" in text else "phone", "value": text}


def _form(name, others, country, home, reached):
    """Return what a clerk sends to enrol somebody of the table."""
    points = [_point(one) for one in _listed(reached) if not one.startswith("KB-")]
    unit = None if home == "-" else home or "2025:18352"
    place = {"home_unit": unit, "home": "Hà Tĩnh"} if unit else {"home": "không rõ", "home_unit": None}
    kind = {"kind": "home" if country == "VN" else "abroad", "country": country or "CZ"}
    return factories.form(name, other_names=_listed(others), contact_points=points, **kind, **place)


def _enrol(monkeypatch):
    """Enrol all people, and return their keys by id. Codes are random: those of the table are handed out instead."""
    fresh = registry.codes.fresh
    codes = ([one for one in _listed(rest[-1]) if one.startswith("KB-")] for rest in PEOPLE.values())
    monkeypatch.setattr(registry.codes, "fresh", lambda prefix: next(iter(next(codes)), None) or fresh(prefix))
    made = registry.enrol([EnrolForm().load(_form(*rest)) for rest in PEOPLE.values()], "42", None)
    db.session.commit()
    return dict(zip((one.id for one in made), PEOPLE, strict=True))


def _asked(line, keys):
    """Return the keys of who is found by a line, and of who comes near, in their order."""
    wanted = {key: value.split(",") for key, _is, value in (one.partition("=") for one in line.where.split())}
    units = wanted.pop("scope", EVERYWHERE.split(","))
    found = find(line.query, wanted, Scope(frozenset(units) - {"none"}), size=MANY)
    in_order = [keys[one] for one in found.ids]
    cut = len(in_order) - found.near
    assert {keys[one] for one in found.close} == {*in_order[cut:]}
    return in_order[:cut], in_order[cut:]


def _answers(kind):
    """Return what a database answers to all lines, by their numbers; the people are enrolled once."""
    url = kind.copy()
    with application(url).app_context(), pytest.MonkeyPatch.context() as monkeypatch:
        keys = _enrol(monkeypatch)
        answers = {line.number: _asked(line, keys) for line in LINES}
        db.session.remove()
    leave()
    kind.drop(url)
    return answers


def _faults(answers, where):
    wrong = {line: list(line.faults(*answers[line.number])) for line in LINES}
    return [f"{where}, {line} | {line.rule}: {'; '.join(said)}" for line, said in wrong.items() if said]


def test_the_table_is_whole():
    """Four hundred different questions at least, all 134 letters among them; and nobody whom it names is missing."""
    asked = [(line.query, line.where, line.must, line.must_not) for line in LINES]
    assert len(set(asked)) >= 400
    assert not [one for one in asked if asked.count(one) > 1]
    typed = set("".join(line.query for line in LINES))
    assert len(LETTERS) == 67
    assert typed >= LETTERS | {letter.upper() for letter in LETTERS}
    named = {one for line in LINES for one in re.findall(r"[\w-]+", f"{line.must} {line.must_not}")}
    assert named <= PEOPLE.keys()


@pytest.mark.parametrize(
    ("must", "must_not", "found", "near", "said"),
    [
        ("a b", "c", "b a d", "", []),
        ("a b", "", "a", "b", ["b is not found"]),
        ("a", "b c", "a b", "c", ["b is found", "c comes near"]),
        ("a > b c", "", "c a b", "", ["c stands before a"]),
        ("a > ~b", "**", "a", "b", []),
        ("~a", "", "a", "", ["a does not come near"]),
        ("a (b)", "*", "a b c", "d", ["c is found too"]),
        ("(a)", "**", "", "d", ["d comes near"]),
    ],
)
def test_a_line_says_what_is_wrong(must, must_not, found, near, said):
    assert list(Line(1, "", "", must, must_not, "").faults(found.split(), near.split())) == said


# One test, so that the people are enrolled and everything is asked once on each, however the tests are shared out.
def test_a_clerk_finds_whom_they_expect_on_both_databases_in_the_same_order(sqlite, postgresql):
    one, other = _answers(sqlite), _answers(postgresql)
    unlike = [f"both, {line}: in another order" for line in LINES if one[line.number] != other[line.number]]
    faults = [*_faults(one, "SQLite"), *_faults(other, "PostgreSQL"), *unlike]
    assert not faults, "\n".join(["", *faults])
