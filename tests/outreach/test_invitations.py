"""Letters of invitation: to everybody in the file, in their language, in the occasion's own words where it has some."""

import io
import zipfile

import pytest
from docx import Document

from kieubao.consent.models import HandoverPerson
from kieubao.consent.vocabulary import Channel, State
from kieubao.db import db
from kieubao.ground import clock, invitation
from kieubao.ground.errors import Conflict, Invalid
from kieubao.occasions import service as occasions
from kieubao.occasions import stationery
from kieubao.outreach import organizer, service
from kieubao.outreach.models import Grant, OutreachList
from kieubao.outreach.vocabulary import Format
from tests import factories
from tests.ground.test_letters import template

HOME = "Thôn 3, xã Cẩm Bình, tỉnh Hà Tĩnh"


@pytest.fixture
def guests(app):
    at_home = [{"channel": "post", "value": HOME}]
    dao = factories.person("Nguyễn Thị Đào", gender="female", preferred_language="vi", contact_points=at_home)
    kevin = factories.person("Kevin Nguyen", country="US", preferred_language="en", contact_points=[])
    hans = factories.person("Hans Lê", country="DE", preferred_language="de", contact_points=[])
    ba = factories.person("Lê Văn Ba", preferred_language=None, contact_points=at_home)
    for one in (dao, kevin, hans, ba):
        factories.consent(one.id, channel=Channel.EMAIL)
    factories.consent(dao.id, channel=Channel.POST)
    return dao, kevin, hans, ba


def issue_of(cast, **wanted):
    fields = ["name", "form_of_address", "preferred_language"]
    options = {"channels": [Channel.EMAIL, Channel.POST], "formats": ("letters",), "fields": fields, **wanted}
    return factories.published(cast["clerk"], cast["approver"], cast["organizer"], **options)


def taken(cast, code, language="vi"):
    file = organizer.pull(cast["organizer"], code, reason="gửi thư", format=Format.LETTERS, language=language)
    with file.content as content, zipfile.ZipFile(io.BytesIO(content.read())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    texts = {name: said(part) if name.endswith("docx") else part.decode("utf-8-sig") for name, part in parts.items()}
    return file, texts


def said(part):
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(part)).paragraphs)


def test_everybody_has_a_letter_in_the_language_they_prefer(cast, guests):
    issue = issue_of(cast)
    file, texts = taken(cast, issue.code)
    assert (file.name, file.media, file.people) == (f"{file.pull}-letters.zip", "application/zip", 4)
    assert {*texts} == {"thu-moi.docx", "invitation.docx", "ghi-chu.txt"}
    assert "Kính gửi: Bà Nguyễn Thị Đào" in texts["thu-moi.docx"]
    assert "Kính gửi: Ông/Bà Lê Văn Ba" in texts["thu-moi.docx"]
    assert {name for name in ("Kevin Nguyen", "Hans Lê") if f"To: Mr/Ms {name}" in texts["invitation.docx"]} == {
        "Kevin Nguyen",
        "Hans Lê",
    }
    everywhere = texts["thu-moi.docx"] + texts["invitation.docx"]
    for guest in guests:
        assert everywhere.count(f"{file.pull} · {guest.code}") == 1
    assert f"Lượt tải: {file.pull}\r\n" in texts["ghi-chu.txt"]
    assert "Số người: 4\r\n" in texts["ghi-chu.txt"]
    assert {*db.session.scalars(db.select(HandoverPerson.person_id))} == {guest.id for guest in guests}


def test_an_address_is_there_where_letters_are_agreed_to_and_nowhere_else(cast, guests):
    _file, texts = taken(cast, issue_of(cast).code)
    assert texts["thu-moi.docx"].count(HOME) == 1
    assert texts["thu-moi.docx"].index("Nguyễn Thị Đào") < texts["thu-moi.docx"].index(HOME)


def test_what_was_not_granted_is_not_told_by_the_letter(cast, guests):
    """Neither how somebody is addressed, nor which language they prefer."""
    _file, texts = taken(cast, issue_of(cast, fields=["name"]).code, "en")
    assert {*texts} == {"invitation.docx", "ghi-chu.txt"}
    assert texts["invitation.docx"].count("To: Mr/Ms") == 4


def test_who_said_no_has_no_letter(cast, guests):
    issue = issue_of(cast)
    code = issue.code
    for channel in (Channel.EMAIL, Channel.POST):
        factories.consent(guests[0].id, State.WITHDRAWN, channel=channel)
    file, texts = taken(cast, code)
    assert file.people == 3
    assert "Đào" not in "".join(texts.values())


def test_an_occasion_has_words_of_its_own_in_each_language(cast, guests):
    issue = issue_of(cast)
    code, held = issue.code, issue.outreach_list.occasion.code
    sender = db.session.execute(
        db.text("SELECT name FROM organisation WHERE id = :id"), {"id": cast["organizer"].organisation_id}
    )
    sender = sender.scalar()
    page = template("{{ noi_gui }} mời {{ xung_ho }} {{ ho_ten }} tới {{ ten_dip }}")
    kept = occasions.keep_letter(cast["clerk"], held, "vi", template=page)
    assert [(one["language"], one["own"]) for one in kept] == [("vi", True), ("en", False)]
    published_now(issue)
    _file, texts = taken(cast, code)
    title = issue_title(held)
    assert f"{sender} mời Bà Nguyễn Thị Đào tới {title}" in texts["thu-moi.docx"]
    assert "INVITATION" in texts["invitation.docx"]
    for change in (
        lambda: occasions.keep_letter(cast["clerk"], held, "vi", template=template("Mời {{ ho_ten }}")),
        lambda: occasions.discard_letter(cast["clerk"], held, "vi"),
    ):
        change()
        with pytest.raises(Conflict, match="changed since this issue was published"):
            taken(cast, code)
        db.session.rollback()
    published_now(issue)
    assert "trân trọng kính mời" in taken(cast, code)[1]["thu-moi.docx"]


def published_now(issue):
    """Have an issue be as one that is published with the letters of today."""
    issue.letters = stationery.digests(issue.outreach_list.occasion)
    db.session.commit()


def issue_title(code):
    return db.session.scalar(db.text("SELECT title FROM occasion WHERE code = :code"), {"code": code})


def test_letters_are_granted_with_the_name_alone(cast, guests):
    with pytest.raises(Invalid) as wrong:
        issue_of(cast, fields=["city"])
    assert wrong.value.field == "formats"


def test_the_letter_that_everybody_has_is_the_same_each_time():
    assert invitation.letter("vi") is invitation.letter("vi")


def test_a_letter_that_was_changed_is_approved_and_published_anew(cast, guests):
    """An approver binds how letters are written, too: nobody changes them behind their back."""
    issue = issue_of(cast)
    held = issue.outreach_list.occasion.code
    code = issue.outreach_list.code
    service.submit(cast["clerk"], code)
    service.approve(cast["approver"], code, digest=service.preview(cast["approver"], code)["digest"])
    occasions.keep_letter(cast["clerk"], held, "vi", template=template("Mời {{ ho_ten }} đến"))
    with pytest.raises(Conflict, match="changed since it was approved"):
        service.publish(cast["approver"], code)
    db.session.rollback()
    with pytest.raises(Conflict, match="changed since this issue was published"):
        taken(cast, issue.code)
    db.session.rollback()

    drawn = db.session.scalars(db.select(OutreachList)).one()
    service.edit(cast["clerk"], code, version=drawn.version, values={"title": "Khách mời"})
    service.submit(cast["clerk"], code)
    service.approve(cast["approver"], code, digest=service.preview(cast["approver"], code)["digest"])
    again = service.publish(cast["approver"], code)["issues"][0]["code"]
    agreement = db.session.scalars(db.select(Grant.agreement)).first()
    terms = {"fields": ["name"], "formats": ["letters"], "until": clock.today(), "agreement": agreement}
    service.grant(cast["approver"], code, **terms)
    assert "Mời Nguyễn Thị Đào đến" in taken(cast, again)[1]["thu-moi.docx"]
    # Nor was the letter that everybody has approved with it.
    occasions.discard_letter(cast["clerk"], held, "vi")
    with pytest.raises(Conflict, match="changed since this issue was published"):
        taken(cast, again)
