"""What docs/security says of tests, files and figures is so; and no line of the standard is forgotten."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from argon2 import extract_parameters

from kieubao.access import accounts, attempts, roles, sessions
from kieubao.access.roles import Role
from kieubao.entry import service as door
from kieubao.gate import BODY, INPUTS
from kieubao.ground import passwords
from kieubao.outreach import vocabulary as outreach

ROOT = Path(__file__).parents[1]
SECURITY = ROOT / "docs/security"
ROW = re.compile(r"^\| (V\d+\.\d+\.\d+) \| ([123]) \| (.+) \| (met|n/a|open #\d+) \| (.*) \|$")
CITED = re.compile(r"`((?:tests|docs|kieubao)/[\w/.-]+|[\w-]+\.(?:toml|txt|conf\.py))(?:::(\w+))?`")
# What a later issue may still bring: 4 to 11.
LATER = {f"open #{number}" for number in range(4, 12)}


def rows():
    lines = (SECURITY / "asvs.md").read_text("utf-8").splitlines()
    found = [ROW.match(line) for line in lines if line.startswith("| V")]
    assert None not in found, [line for line, row in zip(lines, found, strict=False) if row is None]
    return [row.groups() for row in found]


def standard():
    lines = (ROOT / "tests/data/asvs-5.0.0-ids.txt").read_text("utf-8").splitlines()
    return dict(line.split() for line in lines)


@cache
def standing_in(path):
    """The tests of a file, or of every file in a folder."""
    files = [path] if path.is_file() else sorted(path.rglob("test_*.py"))
    nodes = (node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8"))))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_the_standards_list_is_whole():
    """As OWASP counts version 5.0.0: 345 requirements, of which 70 are of level 1 and 183 of level 2."""
    assert Counter(standard().values()) == {"1": 70, "2": 183, "3": 92}
    assert all(re.fullmatch(r"V\d+\.\d+\.\d+", number) for number in standard())


def test_every_requirement_stands_once_and_at_its_level():
    found = [(number, level) for number, level, *_rest in rows()]
    assert len(found) == len(set(found))
    assert set(found) <= set(standard().items())
    asked = {(number, level) for number, level in standard().items() if level in "12"}
    assert asked - set(found) == set()
    order = list(standard())
    assert [number for number, _level in found] == sorted(dict(found), key=order.index)


def test_the_counts_are_those_of_the_tables():
    counted = Counter((level, state.split()[0]) for _number, level, _what, state, _by in rows())
    page = (SECURITY / "asvs.md").read_text("utf-8")
    for level, size in Counter(standard().values()).items():
        states = " | ".join(str(counted[level, state]) for state in ("met", "open", "n/a"))
        assert f"\n| {level} | {size} | {states} |\n" in page, (level, states)


def test_each_state_says_why():
    """What is met names a test or a page, what is open an issue that is to come, what does not apply a reason."""
    for number, level, what, state, by in rows():
        assert len(what) <= 80, number
        if state == "met":
            assert CITED.search(by), number
        else:
            assert state in LATER | {"n/a"}, number
            assert CITED.sub("", by).strip(" ,;"), number
            assert level != "3", number


@pytest.mark.parametrize("page", sorted(SECURITY.glob("*.md")), ids=lambda page: page.name)
def test_every_test_and_file_that_is_named_is_there(page):
    cited = CITED.findall(page.read_text("utf-8"))
    missing = [
        f"{path}::{name}" if name else path
        for path, name in cited
        if not (ROOT / path).exists() or (name and name not in standing_in(ROOT / path))
    ]
    assert missing == []


def test_a_module_that_is_named_has_tests():
    pages = "".join(page.read_text("utf-8") for page in SECURITY.glob("*.md"))
    whole = {path for path, name in CITED.findall(pages) if re.match(r"tests/.*\.py$", path) and not name}
    assert len(whole) > 10
    assert {path for path in whole if not standing_in(ROOT / path)} == set()


KEPT = extract_parameters(passwords._NOBODYS)
# Each figure of docs/security/rules.md, as the code has it, in the order in which the page tells them.
FIGURES = {
    "a token is made": (sessions.CONFIRMED.seconds // 60, "min"),
    "tries on a name": (door.FREE, ""),
    "tries from an address": (door.FREE_HERE, ""),
    "tries are counted": (attempts.WINDOW.seconds // 60, "min"),
    "the first wait": (attempts._FIRST_WAIT, "s"),
    "shortest": (passwords.SHORTEST, ""),
    "longest": (passwords.LONGEST, ""),
    "memory": (KEPT.memory_cost // 1024, "MiB"),
    "passes": (KEPT.time_cost, ""),
    "invitation": (accounts.INVITED.total_seconds() // 3600, "h"),
    "idle": (sessions.IDLE[Role.CLERK].seconds // 60, "min"),
    "idle sooner": (sessions.IDLE[Role.ADMIN].seconds // 60, "min"),
    "absolute": (sessions.ABSOLUTE.total_seconds() // 3600, "h"),
    "proof": (sessions.CONFIRMED.seconds // 60, "min"),
    "opened": (roles.OPENED_A_DAY, ""),
    "found": (roles.FOUND_A_DAY, ""),
    "acts": (roles.ACTS_A_MINUTE, ""),
    "rows": (outreach.GRANT_ROWS, ""),
    "pulls": (outreach.GRANT_PULLS_A_DAY, ""),
    "days": (outreach.GRANT_DAYS, ""),
    "token": (accounts.TOKEN_DAYS, ""),
    "body": (BODY, ""),
    "inputs": (INPUTS, ""),
}


def test_the_rules_name_the_figures_of_the_code():
    page = (SECURITY / "rules.md").read_text("utf-8")
    told = re.findall(r"\*\*([\d,]+)(?: (min|s|h|MiB))?\*\*", page)
    assert [(int(number.replace(",", "")), unit) for number, unit in told] == list(FIGURES.values())
