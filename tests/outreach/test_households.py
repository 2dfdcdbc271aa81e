"""One invitation for each household: who of it is asked, why the others are out, and to whom the letter is."""

import io
import zipfile

import pypdfium2
import pytest
from docx import Document

from kieubao.consent.vocabulary import Channel, State
from kieubao.db import db
from kieubao.ground.errors import Conflict, NotFound
from kieubao.outreach import organizer, service
from kieubao.outreach.vocabulary import Format
from tests import factories
from tests.outreach.test_inclusion import kept, published
from tests.pages.province import reader, sign_in_accounts
from tests.pages.sending import fields_in
from tests.people.test_households import abroad, at_home, tie

EMAIL = [{"channel": "email", "value": "a@example.com"}]


@pytest.fixture
def family(app):
    """A couple of whom both agreed, and one who lives alone."""
    father, mother = abroad("Lê Văn Ba", born="1950"), abroad("Hồ Thị Tư", born="1955")
    alone = abroad("Trần Út", born="1980")
    tie(father, mother, "spouse")
    for one in (father, mother, alone):
        factories.consent(one.id)
    return father, mother, alone


def drawn_up(cast, households=True, **more):
    drawn = factories.listed(cast["clerk"], **more)
    return service.edit(cast["clerk"], drawn.code, version=1, values={"households": households})["code"]


def test_one_of_a_household_is_in_and_the_other_knows_why_not(cast, family):
    father, mother, alone = family
    code = drawn_up(cast)
    seen = service.preview(cast["approver"], code)
    assert (seen["inside"], seen["outside"]) == (2, {"household": 1})
    assert (seen["countries"], seen["channels"], seen["unreached"]) == ({"CZ": 2}, {"email": 2}, 2)
    issue = published(cast, code)
    assert (issue["people"], issue["omitted"], issue["households"]) == (2, 1, True)
    why = kept(issue["code"])
    assert why[mother.id] == "household"
    assert {isinstance(why[one.id], int) for one in (father, alone)} == {True}
    (told,) = service.why(cast["clerk"], mother.code)
    assert (told["inside"], told["reason"], told["line"]) == (False, "household", None)


def test_issues_of_other_lists_stay_as_they_were(cast, family):
    _father, mother, _alone = family
    plain = published(cast, drawn_up(cast, households=False))["code"]
    assert kept(published(cast, drawn_up(cast))["code"])[mother.id] == "household"
    assert isinstance(kept(plain)[mother.id], int)


def test_who_is_reached_is_asked_before_who_is_older(cast, family):
    father, mother, _alone = family
    mail = abroad("Con", born="1990", contact_points=EMAIL)
    tie(father, mail, "parent")
    factories.consent(mail.id)
    (one,) = service.households(cast["clerk"], drawn_up(cast))["households"]
    assert one["asked"] == {"person": mail.code, "name": "Con"}
    assert [other["person"] for other in one["others"]] == [father.code, mother.code]


def test_everybody_is_asked_by_a_list_that_is_not_for_households(cast, family):
    code = drawn_up(cast, households=False)
    assert service.preview(cast["approver"], code)["inside"] == 3
    assert published(cast, code)["people"] == 3
    with pytest.raises(Conflict, match="each household"):
        service.ask_first(cast["clerk"], code, person=family[1].code)


def test_whoever_says_no_leaves_the_invitation_to_another(cast, family):
    father, mother, _alone = family
    code = drawn_up(cast)
    issue = published(cast, code)
    factories.consent(father.id, State.WITHDRAWN)
    again = published(cast, code)
    assert again["number"] == issue["number"] + 1
    assert again["changes"] == {"added": {"household": 1}, "removed": {"withdrawn": 1}}
    assert isinstance(kept(again["code"])[mother.id], int)


def test_a_clerk_chooses_another_and_it_is_approved_anew(cast, family):
    father, mother, alone = family
    code = drawn_up(cast)
    service.submit(cast["clerk"], code)
    service.approve(cast["approver"], code, digest=service.preview(cast["approver"], code)["digest"])
    assert service.ask_first(cast["clerk"], code, person=mother.code)["state"] == "draft"
    with pytest.raises(Conflict):
        service.publish(cast["approver"], code)
    assert kept(published(cast, code)["code"])[father.id] == "household"
    service.ask_first(cast["clerk"], code, person=father.code)
    assert kept(published(cast, code)["code"])[mother.id] == "household"
    service.ask_first(cast["clerk"], code, person=mother.code)
    assert kept(published(cast, code)["code"])[father.id] == "household"
    for person, why in ((alone.code, Conflict), ("KB-7F3Q-9XKC-2", NotFound)):
        with pytest.raises(why):
            service.ask_first(cast["clerk"], code, person=person)


def test_what_a_list_asks_of_households_is_bound_by_its_approval(cast, family):
    """A yes to one letter each is no yes to one a household, nor to another of theirs."""
    code = drawn_up(cast, households=False)
    before = service.preview(cast["approver"], code)["digest"]
    version = service.read(cast["clerk"], code)["version"]
    service.edit(cast["clerk"], code, version=version, values={"households": True})
    seen = service.preview(cast["approver"], code)["digest"]
    service.ask_first(cast["clerk"], code, person=family[1].code)
    assert len({before, seen, service.preview(cast["approver"], code)["digest"]}) == 3


def test_kin_out_of_scope_are_not_told_of(cast):
    """Two relatives of somebody abroad who is not the clerk's are two households to them."""
    native, mother, brother = abroad("Kiều", home_unit="2025:18685"), at_home("Mẹ"), at_home("Em")
    for one in (mother, brother):
        tie(one, native, "parent" if one is mother else "elder_sibling")
        factories.consent(one.id)
    clerk = factories.actor("clerk", ("18673",))
    drawn = factories.listed(clerk)
    service.edit(clerk, drawn.code, version=1, values={"households": True})
    assert service.preview(clerk, drawn.code)["inside"] == 2
    assert service.households(clerk, drawn.code)["found"] == 0
    wider = drawn_up(cast)
    for act in (lambda: service.households(clerk, wider), lambda: service.ask_first(clerk, wider, person=mother.code)):
        with pytest.raises(NotFound, match="no such list"):
            act()
    with pytest.raises(NotFound, match="no such person"):
        service.ask_first(clerk, drawn.code, person=native.code)
    service.edit(cast["clerk"], drawn.code, version=2, values={"households": True})
    assert service.preview(cast["clerk"], drawn.code)["inside"] == 1


def test_a_letter_is_to_the_person_and_family(cast, family):
    home = [{"channel": "post", "value": "Praha 1"}]
    guest = abroad("Mai", country="DE", city="Berlin", preferred_language="en", contact_points=home)
    factories.consent(guest.id, channel=Channel.POST)
    options = {
        "channels": [Channel.POST],
        "fields": ["name", "preferred_language"],
        "formats": ("letters", "labels", "csv"),
    }
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"], households=True, **options)
    code = issue.code

    def taken(wanted):
        with organizer.pull(cast["organizer"], code, reason="gửi", format=wanted).content as content:
            return content.read()

    with zipfile.ZipFile(io.BytesIO(taken(Format.LETTERS))) as archive:
        letter = Document(io.BytesIO(archive.read("invitation.docx")))
        assert "Lời mời: Một lời mời cho mỗi gia đình" in archive.read("ghi-chu.txt").decode()
    assert any("Mai and family" in paragraph.text for paragraph in letter.paragraphs)
    label = pypdfium2.PdfDocument(taken(Format.LABELS))[0].get_textpage().get_text_bounded()
    assert "Mai và gia đình" in label
    assert "gia đình" not in taken(Format.CSV).decode("utf-8-sig")


def test_a_clerk_chooses_by_the_page(client):
    cast = sign_in_accounts()
    father, mother = abroad("Lê Văn Ba", born="1950"), abroad("Hồ Thị Tư", born="1955")
    tie(father, mother, "spouse")
    for one in (father, mother):
        factories.consent(one.id)
    code = drawn_up(cast)
    clerk, address = reader(client, "clerk"), f"/lists/{code}/households"
    assert "Mỗi gia đình một lời mời" in clerk.get(f"/lists/{code}").text
    page = clerk.get(address).text
    assert page.index("Lê Văn Ba") < page.index("Hồ Thị Tư")
    assert clerk.post(f"{address}/first", data={"person": mother.code}).status_code == 303
    page = clerk.get(address).text
    assert page.index("Hồ Thị Tư") < page.index("Lê Văn Ba")
    assert clerk.post(f"{address}/first", data={"person": "KB-7F3Q-9XKC-2"}).status_code in {404, 422}
    db.session.rollback()


def test_a_form_says_whether_it_is_one_for_each_household(client):
    cast = sign_in_accounts()
    code = drawn_up(cast)
    clerk = reader(client, "clerk")
    sent = fields_in(clerk.get(f"/lists/{code}/edit"))
    assert sent["households"] == ["True"]
    assert clerk.post(f"/lists/{code}/edit", data=sent).status_code == 303
    assert service.read(cast["clerk"], code)["households"] is True
    sent = fields_in(clerk.get(f"/lists/{code}/edit")) | {"households": [""]}
    assert clerk.post(f"/lists/{code}/edit", data=sent).status_code == 303
    assert service.read(cast["clerk"], code)["households"] is False
