"""Every page has its help, in both languages, and no help is of a page that is gone."""

import re

import pytest
from babel.messages.pofile import read_po

from kieubao.guide import book, panels
from tests.pages.province import reader, sign_in_accounts
from tests.test_docs import ROOT

# What is read that is no page: files, and letters.
FILES = {
    *("static", "bootstrap.static", "docs.static"),
    *("outreach_pages.calendar", "occasions_pages.calendar", "occasions_pages.letter", "intake_pages.returned"),
    *("oversight_pages.take_register", "oversight_pages.notice_text", "rights_pages.answer", "visits_pages.take"),
    "police_pages.telling_letter",
}


def test_every_page_has_its_help_and_none_is_left_over(app):
    read = {one.endpoint for one in app.url_map.iter_rules() if "GET" in one.methods and "/api/" not in one.rule}
    assert read - FILES == set(panels.PANELS)
    assert sum(len(one["pages"]) for one in panels.ALL) == len(panels.PANELS)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_help_is_short(language):
    sentences = {one["pages"][0]: len(re.findall(r"[.?!]”?(?: |$)", one[language])) for one in panels.ALL}
    assert {page: count for page, count in sentences.items() if not 2 <= count <= 5} == {}


def test_help_calls_things_as_the_pages_do():
    with (ROOT / "kieubao/translations/vi/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file)
    known = {"vi": {one.string for one in catalogue if isinstance(one.string, str)}}
    known["en"] = {one.id for one in catalogue}
    for language, words in known.items():
        named = {word for one in panels.ALL for word in re.findall("“([^”]+)”", one[language])}
        assert len(named) > 20
        assert named - words == set()


def test_help_leads_to_chapters_there_are():
    assert {one["chapter"] for one in panels.ALL if "chapter" in one} <= set(book.NAMED)


def test_help_is_of_the_page_that_an_act_was_refused_on(app, client):
    sign_in_accounts()
    clerk = reader(client, "clerk")
    there, refused = clerk.get("/persons/new"), clerk.post("/persons/new", data={"name": ""})
    assert refused.status_code == 422
    for page in (there, refused):
        assert panels.PANELS["people_pages.ask_enrol"]["vi"] in page.text
        assert 'href="/guide#ghi-ho-so-tu-phieu"' in page.text


def test_an_error_has_no_help_of_the_page_that_is_not_shown(app, client):
    sign_in_accounts()
    page = reader(client, "organizer").get("/persons")
    assert page.status_code == 403
    assert "help-words" not in page.text


def test_who_comes_from_outside_is_helped_and_led_nowhere_they_may_not_go(app, client):
    page = client.get("/stop").text
    assert panels.PANELS["visits_pages.ask_stop"]["vi"] in page
    assert "/guide" not in page
