"""Take guards out one by one, and see that some test notices: `python -m tests.proofs.removal [word …]` prints a table.

Nothing is written to the package: a process of its own imports one module without its guard, and runs the tests that go
through there, those on SQLite and without a browser, to the first that fails. Which tests go where is measured once.
"""

import gc
import hashlib
import importlib
import json
import multiprocessing
import os
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from importlib import metadata
from importlib.machinery import SourceFileLoader
from pathlib import Path
from tempfile import TemporaryDirectory

import coverage
import pytest

from tests.proofs.guards import ROOT, Guard, guards

_NONE_OF = ("randomly", "playwright", "xdist", "cov", "unraisableexception")
_OPTIONS = ("-q", "-x", "-W", "ignore", *(f"-pno:{one}" for one in _NONE_OF))
_ASIDE = {"served", "postgresql", "postgresql_server"}
_KEPT = ROOT / "test-artefacts" / "guards-map.json"
_LONGEST = 600
# The likeliest first, by themselves: of hundreds, the others are seldom needed.
_FIRST, _NEAR = 6, 40
# What a test takes besides itself, in seconds.
_BEGUN = 0.05
AT_ONCE = 2


class Fast:
    """Leaves the slow, the browser and PostgreSQL out, and hears which test fails, and how long each takes."""

    def __init__(self) -> None:
        self.failed: str | None = None
        self.all_failed: set[str] = set()
        self.took: dict[str, float] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [one for one in items if not self._is_aside(one)]

    def _is_aside(self, item: pytest.Item) -> bool:
        database = getattr(item, "callspec", None) and item.callspec.params.get("database")
        return bool(item.get_closest_marker("slow") or database == "postgresql" or _ASIDE & {*item.fixturenames})

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.took[report.nodeid] = self.took.get(report.nodeid, 0) + report.duration
        if report.failed:
            self.failed = self.failed or report.nodeid
            self.all_failed.add(report.nodeid)


class Map:
    """Which tests go through which lines."""

    def __init__(self, known: dict) -> None:
        self.took, self.lines = known["took"], known["lines"]

    def through(self, guard: Guard) -> list[str]:
        """Return the tests of a guard, those first that are likely to miss it: near by name, seldom so deep, short."""
        here = self.lines.get(guard.path, {})
        lines = [here.get(str(line), ()) for line in guard.lines]
        # Of the lines they stand in, each test's that is gone through least: where it was refused, say.
        depth = {test: len(tests) for tests in sorted(lines, key=len, reverse=True) for test in tests}
        found = {*depth}
        if guard.at_import:
            found |= self._mentioning(guard.names)
        near = [Path(guard.path).stem, Path(guard.path).parent.name]
        if guard.kind in {"permission", "confirmed", "opens", "grant", "allow-list"}:
            # Who may what is asked of every use case and every address.
            near = ["test_permissions", "atrix", *near]
            found |= {one for one in self.took if "test_permissions.py" in one or "_matrix.py" in one}

        def cost(test: str) -> float:
            far = next((place for place, word in enumerate(near) if word in test), len(near))
            return (1 + far) * min(depth.get(test, _NEAR), _NEAR) * (self.took.get(test, 0) + _BEGUN)

        return sorted(found, key=lambda one: (cost(one), one))

    def _mentioning(self, names: Iterable[str]) -> set[str]:
        """Return the tests that go through a line, or stand in a file, where one of the names is used."""
        found: set[str] = set()
        for path, lines in self.lines.items():
            for number, text in enumerate((ROOT / path).read_text("utf-8").splitlines(), 1):
                if any(name in text for name in names):
                    found |= {*lines.get(str(number), ())}
        used = [f".{name}" if name.isupper() else f"{name}(" for name in names]
        files = [
            path
            for path in (ROOT / "tests").rglob("test_*.py")
            if any(word in path.read_text("utf-8") for word in used)
        ]
        inside = tuple(path.relative_to(ROOT).as_posix() for path in files)
        return found | {test for test in self.took if test.startswith(inside)} if inside else found


def measured() -> Map:
    """Return the map of the code and tests as they stand, drawn anew where they have changed."""
    seal = hashlib.sha256()
    for path in sorted([*(ROOT / "kieubao").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]):
        seal.update(path.read_bytes() if "proofs" not in path.parts else b"")
    known = json.loads(_KEPT.read_text()) if _KEPT.exists() else {}
    if known.get("seal") != seal.hexdigest():
        _KEPT.parent.mkdir(exist_ok=True)
        _forked(_measure, seal.hexdigest())
        known = json.loads(_KEPT.read_text())
    return Map(known)


def _measure(seal: str) -> None:
    with TemporaryDirectory() as folder:
        cover = coverage.Coverage(data_file=f"{folder}/lines", source=[str(ROOT / "kieubao")])
        heard = Fast()
        heard.pytest_runtest_setup = lambda item: cover.switch_context(item.nodeid)  # type: ignore[attr-defined]
        cover.start()
        options = [one for one in _OPTIONS if one != "-x"]
        pytest.main([*options, f"--basetemp={folder}/temp", "--ignore=tests/proofs", "tests"], plugins=[heard])
        cover.stop()
        sys.stderr.write("".join(f"fails as it is, so tells nothing: {one}\n" for one in heard.all_failed))
        data = cover.get_data()
        lines = {
            Path(path).relative_to(ROOT).as_posix(): {
                number: sorted({*tests} - heard.all_failed - {""})
                for number, tests in data.contexts_by_lineno(path).items()
            }
            for path in data.measured_files()
        }
        _KEPT.write_text(json.dumps({"seal": seal, "took": heard.took, "lines": lines}))


def _failing(tests: Sequence[str]) -> str | None:
    """Return the first of some tests that fails, None where none does."""
    heard, code = Fast(), pytest.ExitCode.OK
    with TemporaryDirectory() as folder:
        if tests:
            code = pytest.main([*_OPTIONS, f"--basetemp={folder}/temp", *tests], plugins=[heard])
        if code == pytest.ExitCode.USAGE_ERROR:
            # Without it a test has other cases than those that were measured: then all of its cases.
            whole = dict.fromkeys(test.partition("[")[0] for test in tests)
            code = pytest.main([*_OPTIONS, f"--basetemp={folder}/temp", *whole], plugins=[heard])
    return heard.failed or (None if code == pytest.ExitCode.OK else f"the tests do not run ({code})")


def _without(guard: Guard) -> None:
    """Have the module imported without its guard."""
    where, plain = str(ROOT / guard.path), SourceFileLoader.get_code

    def read(loader: SourceFileLoader, name: str):
        return compile(guard.removed(), where, "exec") if loader.path == where else plain(loader, name)

    SourceFileLoader.get_code = read  # type: ignore[method-assign]


def campaign(asked: Sequence[tuple[Guard, Sequence[str]]]) -> Iterator[tuple[Guard, str | None]]:
    """Take guards out, each in a process of its own, and give who caught it."""
    _preload()
    waiting, running, missed_by = list(reversed(asked)), {}, Counter[tuple[str, str | None]]()
    with TemporaryDirectory() as folder:
        os.environ["KIEUBAO_TEST_TEMPLATE"] = f"{folder}/template.sqlite"
        _forked(_migrated, Path(folder))
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                guard, tests = waiting.pop()
                # Whoever missed its neighbours often misses this one too, and whoever missed its like.
                tests = sorted(tests, key=lambda test: (-missed_by[guard.path, test], -missed_by[guard.kind, test]))
                told = Path(folder) / str(len(waiting))
                running[_begun(guard, tests, told)] = guard, told
            process, code = os.wait()
            guard, told = running.pop(process)
            test = told.read_text() or None if told.exists() else f"the tests did not end ({code})"
            missed_by.update([(guard.path, test), (guard.kind, test)])
            yield guard, test


def _begun(guard: Guard, tests: Sequence[str], told: Path) -> int:
    """Begin a process without a guard, which writes down who caught it; return its number."""
    process = os.fork()
    if process:
        return process
    # No alarm: pytest-timeout sets it anew for every test.
    end = threading.Timer(_LONGEST, os._exit, [1])
    end.daemon = True
    end.start()
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    with suppress(BaseException):
        _without(guard)
        parts = tests[:_FIRST], tests[_FIRST:_NEAR], tests[_NEAR:]
        told.write_text(next(filter(None, map(_failing, parts)), ""))
    os._exit(0)


def _migrated(folder: Path) -> None:
    importlib.import_module("tests.databases").SQLite(folder)


def _preload() -> None:
    """Import here what the tests import, but not the package: so each process begins with nothing left to do."""
    # Each begins with the package as it was written down once, whatever the environment says of that.
    sys.dont_write_bytecode = False
    for name in _forked(_needed):
        with suppress(Exception):
            importlib.import_module(name)
    gc.freeze()


def _needed() -> list[str]:
    for path in (ROOT / "tests").rglob("*.py"):
        with suppress(Exception):
            importlib.import_module(path.relative_to(ROOT).with_suffix("").as_posix().replace("/", "."))
    for plugin in metadata.entry_points(group="pytest11"):
        plugin.load()
    return [name for name in sys.modules if name.split(".")[0] not in {"kieubao", "tests", "config", "wsgi", "bench"}]


def _forked(function, *given):
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(function, given)


def is_caught(test: str | None) -> bool:
    """Tell whether a test noticed: tests that did not run, or did not end, tell nothing."""
    return "::" in (test or "")


# Guards beside which another narrows the same: without them the same comes out, and takes longer. By file, by what
# they stand in, and by their first words, or all of them and $.
DOUBLED = {
    ("access/use_case", "_within_limits", "actor.id is None"): "nobody has no entries",
    ("access/trail", "entries", "first <= last"): "there is no page beyond the last",
    ("bulk", "insert", "one.key not in rows[0]$"): "SQLite takes what is told twice once; PostgreSQL refuses it",
    ("bulk", "update", "name != 'id'"): "an id that is written is the one it has",
    ("cli_intake", "take_in", "any((counts[state] for state in RIGHT))"): "of no right row nobody comes in",
    ("backup/reading", "_try_key", "key in self.keys"): "one value of each key is opened, or all",
    (
        "consent/ledger",
        "_known",
        "ConsentNow.person_id.in_(some)",
    ): "what becomes of each person's is looked up by person",
    ("consent/ledger", "_subjects", "Standing.person_id.in_(some)"): "those who were asked for are picked",
    ("consent/filed", "weighed", "ConsentNow.person_id.in_("): "what stands is looked up by spot",
    ("consent/filed", "weighed", "word.state not in YES"): "with what a yes is compared is told apart",
    ("consent/filed", "_own", "Standing.person_id.in_(people)"): "what stands is looked up by spot",
    ("consent/filed", "refused", "Standing.person_id.in_(these(people))"): "whose no it is is looked up by person",
    ("consent/filed", "refused", "ConsentNow.person_id.in_(these(people))"): "whose no it is is looked up by person",
    ("intake/staging", "right", "IntakeRow.id.in_(rows)"): "of rows that were not read nothing is taken in",
    ("intake/staging", "right", "IntakeRow.intake_id == intake.id"): "rows that were read are of the file",
    ("consent/rules", "_verdict", "_expired()"): "a word that is no no and no yes that holds has expired",
    ("consent/weighing", "freeze", "told"): "whoever is erased is named by no list",
    ("consent/weighing", "through", "Weighed.via_id.is_not(None)"): "nobody is numbered None",
    ("consent/weighing", "forget", "Weighed.verdict == INSIDE"): "who is out has no line",
    ("contributions/service", "all_of_them", "disclosure.called("): "whose they are was asked for within the scope",
    ("contributions/service", "record", "disclosure.locate("): "what was recorded is read within the scope, or undone",
    ("occasions/giving", "_hold", "Contribution.code == code"): "others are held too, on PostgreSQL",
    ("occasions/giving", "_hold", "Contribution.version == 1"): "others are held too, on PostgreSQL",
    ("occasions/giving", "whose", "Contribution.version == 1"): "every version is of one person",
    ("occasions/giving", "whose", "found is None"): "nobody is numbered None",
    ("occasions/turnout", "known", "Standing.person_id.in_(records)"): "what is known is looked up by record",
    ("occasions/turnout", "_last_of", "Standing.person_id.in_(records)"): "the last line is looked up by record",
    ("outreach/lists", "ask_first", "disclosure.codes_by_id("): "a household is within the scope of its list",
    ("outreach/service", "households", "disclosure.called("): "households are within the scope of their list",
    ("outreach/service", "publish", "groups.names("): "what a list is made of is within its scope",
    ("outreach/tracing", "_places", "records"): "who stands where is looked up by person",
    ("outreach/tracing", "_places", "Handover.sealed_at.is_not(None)"): "a pull is recorded as its file is sealed",
    ("outreach/tracing", "_about", "Pull.handover_id.in_(handovers)"): "pulls are looked up by file",
    ("outreach/pulls", "_in_files", "Handover.sealed_at.is_not(None)"): "a pull is recorded as its file is sealed",
    (
        "people/households",
        "_ties",
        "Person.kind == other.kind",
    ): "one abroad and one at home are told apart a step later",
    ("people/households", "_in_order", "among(select(Kinship.person_id))"): "who has no kin is a household of one",
    ("people/recognition", "_known", "column.in_(some)"): "whose a mark is is looked up by mark",
    ("people/suitability", "_home", "place$"): "no place is no unit",
    ("outreach/groups", "hold", "Segment.code.in_("): "others are held too, on PostgreSQL",
    ("outreach/groups", "refuse_beyond", "table.code.in_(asked)"): "codes are picked by themselves",
    ("consent/stops", "_due", "or_(Standing.person_id.in_(people), "): "nobody else has a line since the one",
    ("consent/stops", "_taken_out", "ConsentNow.person_id.in_(people)"): "what is said is looked up by person",
    ("consent/stops", "_taken_out", "Standing.person_id.in_(people)"): "how one stands is looked up by person",
    ("outreach/pulls", "_still", "Standing.person_id.in_(people)"): "channels are looked up by person",
    ("people/service", "restand", "disclosure.record("): "who it is was located within the scope just before",
    ("people/service", "_held", "disclosure.record("): "who it is was located within the scope just before",
    ("duplicates/service", "merge", "disclosure.codes_by_id("): "who stays was located within the scope just before",
    ("duplicates/web", "queue", "name in request.args"): "no state is asked for then either",
    ("intake/amendments", "taken_back", "one.relative"): "nobody is numbered None",
    ("intake/arrivals", "touched", "person"): "nobody is numbered None",
    ("intake/batches", "take_in", "disclosure.subjects("): "whose records are changed were found within the scope",
    ("intake/batches", "_take", "one.row not in fresh"): "rows that came in are moved on a step later",
    ("intake/staging", "admitted", "IntakeRow.id.in_(rows)"): "of rows of other batches nothing is asked",
    ("intake/staging", "_tell_of", "IntakeRow.state == RowState.REFUSED"): "rows below that came in say so already",
    ("intake/staging", "_tell_of", "above"): "who stands below has somebody above",
    ("intake/batches", "unmake", "(one.version is None) == is_new"): "who was changed is not as they came, or came not",
    ("duplicates/service", "one_pair", "disclosure.locate("): "their records are asked for within the scope",
    ("duplicates/service", "undo", "disclosure.subjects("): "who is out of scope is refused by the undoing itself",
    ("duplicates/service", "undo", "disclosure.locate("): "who is out of scope is refused by the undoing itself",
    ("ground/passwords", "_stands_in", "found < digest"): "the end of the file is met a step later",
    ("consent/unions", "_locked", "Standing.person_id.in_("): "others are locked too, on PostgreSQL",
    ("consent/unions", "replay", "Standing.successor_id.is_not(None)"): "nobody is numbered 0",
    ("consent/unions", "replay", "spot[0] != kept"): "of whom is replaced, every spot is",
    ("people/disclosure", "_cards", "Person.id.in_("): "cards are picked by their ids",
    ("people/ways", "through", "Kinship.person_id.in_(these(ids))"): "through whom is looked up by person",
    ("people/disclosure", "_through", "Person.id.in_("): "relatives are picked by their ids",
    ("people/ways", "own", "ContactPoint.person_id.in_(these(ids))"): "points are picked by person",
    (
        "people/disclosure",
        "HOME",
        "View(('home_text', 'home_epoch', 'home_code', 'province'), ",
    ): "homes have four fields",
    ("people/erasure", "_called", "Person.id.in_(people)"): "those who were asked for are picked",
    ("people/erasure", "_called", "PersonRevision.person_id.in_(people)"): "those who were asked for are picked",
    ("people/erasure", "hold", "Person.id.in_(people)"): "others are waited for too, on PostgreSQL",
    ("people/filters", "within", "codes"): "of no codes there is nobody",
    ("oversight/findings", "one", "not sheets"): "a finding that is not there is told of a step later",
    ("people/lexicon", "_NEAR", "NameSpelling.spelling.in_(_SOME)"): "those who are near are picked by their distance",
    ("outreach/issues", "people", "Standing.successor_id.is_not(None)"): "nobody is numbered None",
    ("people/merges", "_held", "Person.id.in_(people)"): "others are held too, on PostgreSQL",
    ("people/merges", "_points", "ContactPoint.person_id.in_("): "points are picked by person",
    ("people/merges", "_points", "one.person_id == gone$"): "what the one who stays has is known already",
    ("people/pairs", "_proposal", "pair.proposal is None"): "what is proposed says how",
    ("people/likeness", "by_code", "Person.code.in_(codes)"): "codes that were not asked for are not looked up",
    ("people/likeness", "by_code", "Merge.code.in_(codes)"): "codes that were not asked for are not looked up",
    ("people/likeness", "HOLDING", "ContactKey.key.in_("): "holders are picked by what they hold",
    ("people/likeness", "_PEOPLE", "Person.id.in_("): "people are picked by what they hold",
    ("people/releases", "_standing", "Standing.person_id.in_(ids)"): "how one stands is looked up by person",
    ("people/bonds", "_seen", "Person.id.in_(people)"): "of those who are seen, the others are not looked for",
    ("people/bonds", "_refuse_known", "Person.id.in_(people)"): "others are waited for too, on PostgreSQL",
    ("people/bonds", "_refuse_known", "Kinship.person_id.in_(people)"): "ties are compared two by two",
    ("people/revisions", "_rows_of", "columns.person_id.in_(people)"): "rows are picked by person",
    ("people/search", "_near", "name.short & {*others}"): "a word that is meant otherwise is not among the others",
    ("people/neighbours", "ranges", "not name.words"): "no key is empty",
    ("police/lines", "_asked", "actor.organisation_id is None"): "of no organisation nobody asks",
    ("police/office", "see_told", "whose is None"): "of who is gone there is no notice",
    ("police/office", "tell", "whose is None"): "of who is gone there is no notice, which is looked for a step later",
    ("police/requests", "_is_past", "clock.now() >= moment"): "the trail is never behind the clock",
    ("police/requests", "known", "subject.person_id"): "nobody is numbered None",
    (
        "people/service",
        "_said",
        "disclosure.record(actor.scope, ",
    ): "whoever it is was located within the scope just before",
    (
        "people/enrolment",
        "enrol",
        "disclosure.record(actor.scope, ",
    ): "what is recorded outside the scope was refused just before",
}


def doubled(guard: Guard) -> list[tuple[str, str, str]]:
    """Return the entries of `DOUBLED` that a guard is."""
    room = guard.path.removeprefix("kieubao/").removesuffix(".py")
    words = f"{guard.words}$"
    return [one for one in DOUBLED if one[0] == room and one[1] in guard.names and words.startswith(one[2])]


def is_missed(guard: Guard, test: str | None) -> bool:
    """Tell whether a guard can be gone and nobody notices, though something changes."""
    return not is_caught(test) and not doubled(guard)


def table(results: Iterable[tuple[Guard, str | None]]) -> str:
    """Return how many guards there are of each kind, how many removals were noticed, and which were not."""
    told = sorted(results, key=lambda one: (one[0].path, one[0].line))
    kinds = Counter(guard.kind.split()[0] for guard, _test in told)
    caught = Counter(guard.kind.split()[0] for guard, test in told if is_caught(test))
    rows = [f"| {kind} | {count} | {caught[kind]} |" for kind, count in sorted(kinds.items())]
    rows += [f"| all | {len(told)} | {sum(caught.values())} |", ""]
    missed = [
        (one, (test or "survived") if is_missed(one, test) else "doubled") for one, test in told if not is_caught(test)
    ]
    rows += [f"{how}: {one.path}:{one.line} {one.kind}: {one.words}" for one, how in missed]
    return "\n".join(["| guard | removed | caught |", "| --- | --- | --- |", *rows])


# A first guard of some kinds, where it is, and where the tests are that notice; the last go nowhere near.
_SAMPLE = (
    ("permission", "people/service", "tests/test_matrix.py"),
    ("confirmed", "outreach/service", "tests/access/test_permissions.py"),
    ("opens", "people/service", "tests/access/test_permissions.py"),
    ("scope", "people/disclosure", "tests/people/test_service.py"),
    ("condition", "consent/rules", "tests/consent/test_rules.py"),
    ("refusal", "consent/handover", "tests/outreach/test_pull.py"),
    ("check", "outreach/lists", "tests/outreach/test_rosters.py"),
    ("allow-list", "access/session", "tests/access/test_accounts.py"),
    ("header", "kieubao/gate", "tests/test_http.py"),
    ("header", "kieubao/gate", "tests/consent/test_notices.py"),
)


def _asked_for(words: Sequence[str]) -> list[tuple[Guard, Sequence[str]]]:
    every = guards()
    if words == ["--sample"]:
        return [
            (next(one for one in every if one.kind == kind and one.path.endswith(f"{room}.py")), [tests])
            for kind, room, tests in _SAMPLE
        ]
    known = measured()
    named = [one for one in every if not words or any(word in f"{one.path}:{one.line} {one.kind}" for word in words)]
    return [(one, known.through(one)) for one in named]


def main(words: Sequence[str]) -> int:
    asked, results = _asked_for(words), []
    for guard, test in campaign(asked):
        results.append((guard, test))
        sys.stderr.write(f"{len(results)}/{len(asked)} {guard.path}:{guard.line} {guard.kind} {test or 'SURVIVED'}\n")
    sys.stdout.write(table(results) + "\n")
    return sum(is_missed(guard, test) for guard, test in results)


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
