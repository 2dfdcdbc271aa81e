"""What the code does not have, so that nobody has to defend it: each line here is a kind of attack without a place."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import kieubao.consent.schemas
import kieubao.entry.schemas
import kieubao.outreach.schemas
import kieubao.people.schemas  # noqa: F401 - so that every form is known
from kieubao.forms import Form
from kieubao.outreach import post
from kieubao.rights import papers
from kieubao.visits import papers as own_papers

ROOT = Path(__file__).parents[1]
CODE = sorted([*(ROOT / "kieubao").rglob("*.py"), ROOT / "config.py", ROOT / "wsgi.py"])
TEMPLATES = sorted((ROOT / "kieubao/templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "kieubao/static").glob("*.js"))
# Of each module that opens a door: the files that may have it, and why.
DOORS = {
    **dict.fromkeys(("pickle", "marshal", "shelve", "yaml", "dill", "ctypes", "lxml"), ()),
    # What reads a workbook, in a process where nothing else can be reached.
    "importlib": ("kieubao/intake/bounded.py",),
    "xml": ("kieubao/intake/fonts.py",),
    # Nothing is fetched, sent or listened to; what is under /api/docs is served from here.
    **dict.fromkeys(("socket", "requests", "httpx", "ftplib"), ()),
    # But messages by the office's own relays.
    **dict.fromkeys(("http.client", "urllib.request", "smtplib", "ssl"), ("kieubao/relay.py",)),
    # The office's own command that hands out keys; what reads a workbook, where nothing else can be reached.
    "subprocess": ("config.py", "kieubao/ground/keyfile.py", "kieubao/intake/workbooks.py"),
    # The made-up province, which is to be the same each time.
    "random": ("kieubao/demo.py", "kieubao/sample.py"),
    # A developer's tool that makes a table, never run by the service; workbooks and letters, measured before they are
    # unpacked; and letters in two languages, and receipts with what proves them, which leave as one file.
    "zipfile": (
        *("kieubao/ground/data/build_units.py", "kieubao/ground/letters.py"),
        *("kieubao/intake/fonts.py", "kieubao/intake/reader.py", "kieubao/outreach/invitations.py"),
        "kieubao/rights/papers.py",
    ),
}
NEVER = {"eval", "exec", "compile", "__import__", "render_template_string", "from_string", "Markup", "system", "popen"}


@cache
def nodes(path):
    return list(ast.walk(ast.parse(path.read_text("utf-8"))))


def imports(path):
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))


def calls(path):
    for node in nodes(path):
        if isinstance(node, ast.Call):
            called = node.func
            # `re.compile` makes a pattern, and no code.
            whose = called.value.id if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) else ""
            yield (whose, called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", ""))


@pytest.mark.parametrize("module", DOORS)
def test_a_module_that_opens_a_door_is_where_it_may_be(module):
    having = [
        str(path.relative_to(ROOT))
        for path in CODE
        if any(name == module or name.startswith(f"{module}.") for name in imports(path))
    ]
    assert set(having) <= set(DOORS[module])


def test_no_text_becomes_code():
    """typst sets sheets that lie beside the code; what is printed on them is handed over as data."""
    found = {(path.name, whose, name) for path in CODE for whose, name in calls(path) if name in NEVER}
    assert {one for one in found if one[1:] != ("re", "compile")} == {("paper.py", "typst", "compile")}
    sets = [
        (path.name, ast.unparse(node.args[0]))
        for path in CODE
        for node in nodes(path)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "paper.pages"
    ]
    assert {*sets} == {("post.py", "_SHEET"), ("papers.py", "_SHEET")}
    for room in (post, papers, own_papers):
        assert Path(room.__file__).with_suffix(".typ") == room._SHEET


def test_no_hash_that_is_broken_proves_anything():
    """SHA-1 looks up passwords that have leaked, for so they are handed out; an app's codes are its own standard's."""
    weak = {
        (path.name, word)
        for path in CODE
        for word in re.findall(r"\b(?:sha1|md5|md4|des|rc4|blowfish|ecb|cbc)\b", path.read_text("utf-8").lower())
    }
    assert weak == {("passwords.py", "sha1")}
    assert "usedforsecurity=False" in (ROOT / "kieubao/ground/passwords.py").read_text("utf-8")


def test_no_pattern_is_made_of_what_was_sent():
    """What a pattern is made of stands in the code; in six files, looked at, from texts that stand there too."""
    functions = {"compile", "match", "search", "fullmatch", "findall", "finditer", "sub", "split"}
    made = [
        (path.name, ast.unparse(node.args[0]))
        for path in CODE
        for node in nodes(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in functions
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
        if not (isinstance(node.args[0], ast.Constant) or ast.unparse(node.args[0]).strip("_").isupper())
    ]
    # Those of `numbering` are libphonenumber's own.
    known = {"dates.py", "keys.py", "legacy.py", "numbering.py", "phones.py", "syntax.py"}
    assert {name for name, _made in made} <= known, made


def test_what_is_sent_in_one_place_is_not_taken_for_what_is_sent_in_another():
    """`request.values` would mix an address's query with a form."""
    assert [path.name for path in CODE if "request.values" in path.read_text("utf-8")] == []


def test_every_form_refuses_fields_it_does_not_have():
    forms, seen = [Form], []
    while forms:
        one = forms.pop()
        seen.append(one)
        forms += one.__subclasses__()
    assert [one.__name__ for one in seen if one.Meta.unknown != "raise"] == []
    assert len(seen) > 20


def test_no_template_trusts_what_it_is_given():
    for path in TEMPLATES:
        page = path.read_text("utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape|<style|\sstyle=|\son\w+=|javascript:", page), path
        for script in re.findall(r"<script[^>]*>[^<]*", page):
            assert re.fullmatch(r"<script (type=\"module\" )?src=\"\{\{ url_for\([^}]*\) \}\}\"( defer)?>", script), (
                path
            )
        # An address is one of ours, a place on the page, or the picture of a code that we drew; home is one of these.
        for address in [
            *re.findall(r'\s(?:href|src|action)="([^"]*)"', page),
            *re.findall(r"block home %\}(.*?)\{%", page),
        ]:
            known = r"#|\{\{ (url_for\(|here\(\)|drawn )|\{% block home"
            assert address == "data:," or re.match(known, address), (path, address)


def test_no_form_puts_what_is_typed_into_an_address():
    forms = [form for path in TEMPLATES for form in re.findall(r"<form[^>]*>", path.read_text("utf-8"))]
    assert len(forms) > 20
    assert [form for form in forms if 'method="post"' not in form] == []


def test_no_script_writes_html_keeps_anything_or_speaks_to_elsewhere():
    """Forms are sent as they are filled in, to where they are sent anyhow; a job asks for itself, a record for
    the form of a field, and a page for what it counts."""
    forbidden = r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|new Function|localStorage|sessionStorage"
    forbidden += r"|indexedDB|document\.cookie|postMessage|WebSocket|EventSource|https?:|XMLHttpRequest|__proto__"
    forbidden += r"|fetch\((?!looking\.action,|later\.href\)|edits\.href\)|entry\.dataset\.reads,|location\.href[,)])"
    assert SCRIPTS
    for path in SCRIPTS:
        assert not re.search(forbidden, path.read_text("utf-8")), path


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_library_is_the_one_that_was_locked(name):
    """Each has one version and its digests, and none comes from anywhere but where pip is told to look."""
    locked = (ROOT / name).read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in locked.splitlines() if line.strip() and not line.startswith("#")]
    assert len(lines) > 30
    for line in lines:
        assert re.match(r"[A-Za-z0-9._-]+(\[[\w,-]+\])?==\S+ .*--hash=sha256:[0-9a-f]{64}", line), line
        assert not re.search(r"https?:|git\+|--index|--extra|-e ", line), line


def test_what_runs_is_installed_by_its_digests():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    installs = re.findall(r"pip install[^\n]*", makefile)
    assert installs
    assert [line for line in installs if "--require-hashes" not in line] == []
