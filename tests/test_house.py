"""The promises that hold for the whole house."""

import ast
import importlib
import inspect
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import config
import kieubao
from kieubao import policy
from kieubao.access.roles import ASSIGNABLE, GRANTS, Permission, Role
from kieubao.desk import ACTIONS

ROOT = Path(__file__).parents[1]
SERVICES = [
    importlib.import_module(module.name)
    for module in pkgutil.walk_packages(kieubao.__path__, "kieubao.")
    if module.name.endswith(
        (".service", ".batches", ".organizer", ".office", ".recipient", ".rosters", ".approval", ".enrolment")
    )
]
USE_CASES = [
    function
    for service in SERVICES
    for name, function in inspect.getmembers(service, inspect.isfunction)
    if function.__module__ == service.__name__ and not name.startswith("_")
]


def test_there_are_use_cases():
    assert len(USE_CASES) > 30


def test_every_use_case_names_its_permission():
    nameless = [f for f in USE_CASES if not isinstance(getattr(f, "permission", None), Permission)]
    assert nameless == []


def test_every_use_case_is_told_of_in_words_at_the_protection_officers_desk():
    acts = {f"{function.__module__.split('.')[1]}.{function.__name__}" for function in USE_CASES}
    # A restore is no use case, for the trail it writes in comes back with it; nor is being let to a form.
    assert acts | {"backup.restore", "access.admit"} == set(ACTIONS.codes)


def test_every_permission_has_a_use_case_and_a_role():
    used = {f.permission for f in USE_CASES if hasattr(f, "permission")}
    granted = frozenset().union(*(GRANTS[role] for role in {*ASSIGNABLE, Role.PUBLIC, Role.SUBJECT, Role.SYSTEM}))
    assert used == set(Permission) == granted


def test_the_policy_page_is_what_the_tables_say():
    assert (ROOT / "docs/policy.md").read_text("utf-8") == policy.document(), "run: flask policy > docs/policy.md"


def test_every_setting_is_documented():
    read = set(re.findall(r'_text\("(\w+)"', (ROOT / "config.py").read_text("utf-8")))
    page = (ROOT / "docs/configuration.md").read_text("utf-8")
    assert read == {name.removeprefix("KIEUBAO_") for name in re.findall(r"^\| `(KIEUBAO_\w+)`", page, re.MULTILINE)}


@pytest.mark.parametrize("missing", ["SECRET_KEY", "KEYS"])
def test_no_secret_has_a_default(missing, monkeypatch):
    settings = {"SECRET_KEY": "x", "KEYS": "{}", "PROVINCE": "42", "DATABASE_URL": "sqlite://", missing: ""}
    with pytest.raises(RuntimeError, match=f"KIEUBAO_{missing}"):
        kieubao.create_app(type("Config", (config.Config,), settings))


def test_no_import_hides_in_a_function():
    hidden = [
        f"{path}:{node.lineno}"
        for path in (ROOT / "kieubao").rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


# Of each import contract: a line that breaks it, and where.
BREAKS = {
    "A floor stands on the floors below it": ("kieubao/people/words.py", "from kieubao.outreach import vocabulary"),
    "Inside a feature": ("kieubao/people/utils.py", ""),
    "Views and schemas reach data": ("kieubao/people/api.py", "from kieubao.db import db"),
    "Use cases and rules know nothing": ("kieubao/people/registry.py", "import flask"),
    "Only people touches": ("kieubao/outreach/lists.py", "from kieubao.people.models import Person"),
    "A use case never calls": ("kieubao/people/service.py", "from kieubao.access import service"),
}


@pytest.mark.parametrize("contract", BREAKS)
def test_every_import_contract_can_be_broken(contract, tmp_path):
    path, line = BREAKS[contract]
    for name in (".importlinter", "kieubao"):
        subprocess.run(["cp", "-r", ROOT / name, tmp_path], check=True)
    with (tmp_path / path).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    ran = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert ran.returncode != 0
    assert re.search(rf"{contract}.* BROKEN|Could not|not listed|Module.*utils", ran.stdout + ran.stderr), ran.stdout


def test_every_room_below_the_forms_is_kept_from_flask():
    """The contract names its rooms one by one; none may be forgotten."""
    views = {
        "api",
        "web",
        "schemas",
        "wording",
        "sheets",
        "papers",
        "rows",
        "entry",
        "answers",
        "session",
        "door",
        "works",
        "sample",
        "__init__",
        "models",
    }
    rooms = {
        f"kieubao.{path.parent.name}.{path.stem}"
        for feature in (
            "access",
            "backup",
            "entry",
            "consent",
            "people",
            "duplicates",
            "homes",
            "occasions",
            "outreach",
            "plans",
            "responses",
            "contributions",
            "segments",
            "intake",
            "edits",
            "keys",
            "oversight",
            "progress",
            "police",
        )
        for path in (ROOT / "kieubao" / feature).glob("*.py")
        if path.stem not in views
    }
    contract = (ROOT / ".importlinter").read_text("utf-8").split("no-http-below]")[1].split("forbidden_modules")[0]
    named = set(re.findall(r"kieubao\.\w+\.\w+", contract))
    exempt = {room for room in rooms if room.endswith((".service", ".vocabulary"))}
    assert rooms - exempt <= named
