"""The handbook and the glossary, as pages: whole, and nothing of a text but text."""

import re

import pytest
from markdown_it.tree import SyntaxTreeNode

from kieubao.access.roles import ASSIGNABLE
from kieubao.guide import book
from tests.pages.province import reader, sign_in_accounts


@pytest.fixture
def guide(app, client):
    sign_in_accounts()
    return lambda role, page="": reader(client, role).get(f"/guide{page}")


@pytest.mark.parametrize("role", sorted(ASSIGNABLE))
def test_whoever_is_signed_in_can_read_it(guide, role):
    assert [guide(role, page).status_code for page in ("", "/glossary")] == [200, 200]


def test_its_contents_lead_to_each_of_its_chapters(guide):
    page = guide("clerk").text
    led_to = re.findall(r'<a class="act" href="#([^"]+)">', page)
    assert led_to == re.findall(r'<h2 id="([^"]+)"', page) == [one.name for one in book.CHAPTERS]
    assert len({*led_to}) == len(led_to) > 10
    assert "<strong>Ghi hồ sơ mới</strong>" in page


def test_every_word_has_its_meaning_in_both_languages(guide):
    assert all(len(row) == 4 and all(cell.children for cell in row) for row in book.GLOSSARY)
    page = guide("clerk", "/glossary").text
    assert page.count("<dfn>") == 2 * len(book.GLOSSARY) > 100


def test_html_in_a_text_is_text(app, monkeypatch):
    read = SyntaxTreeNode(book._MARKDOWN.parse("<b onclick=x>a</b> [b](javascript:x) `<i>`"))
    with app.test_request_context():
        drawn = app.jinja_env.get_template("guide/_text.html").module.inside(read)
    assert str(drawn).strip() == "<p>&lt;b onclick=x&gt;a&lt;/b&gt; [b](javascript:x) <code>&lt;i&gt;</code></p>"
