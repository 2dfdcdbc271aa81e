"""The README's commands exist and its links lead somewhere."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
GUIDE = sorted((ROOT / "kieubao/guide").glob("*.md"))
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")), *GUIDE]


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document):
    links = re.findall(r"\]\((?!https?:|/)([^)#]+)", document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_clerk_s_guide_calls_things_as_the_pages_do():
    with (ROOT / "kieubao/translations/vi/LC_MESSAGES/messages.po").open("rb") as file:
        known = {words for message in read_po(file) for words in [message.string] if isinstance(words, str)}
    named = re.findall(r"\*\*([^*]+)\*\*", (ROOT / "kieubao/guide/so-tay-can-bo.md").read_text("utf-8"))
    assert len(named) > 30
    assert set(named) - known == set()


def test_every_command_in_the_readme_runs(app):
    """`make` targets exist; `flask` commands answer to --help, with their options."""
    readme = (ROOT / "README.md").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"^make ([a-z-]+)", readme, re.MULTILINE)) <= targets
    commands = [line.split()[1:] for line in re.findall(r"(?:bin/)(flask .*)", readme)]
    assert len(commands) > 6
    for words in commands:
        path = [word.strip(")") for word in words if not word.startswith("-")][:2]
        runner = app.test_cli_runner()
        answer = runner.invoke(args=[*(word for word in path if word != "clerk"), "--help"])
        assert answer.exit_code == 0, (words, answer.output)
        assert all(word in answer.output for word in words if word.startswith("--")), (words, answer.output)
