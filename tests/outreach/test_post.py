"""Labels and envelopes: measured against their sheet, whole, and of nobody without an address."""

import io
from itertools import count

import pypdfium2
import pytest

from kieubao.consent.models import HandoverPerson
from kieubao.consent.vocabulary import Channel, State
from kieubao.db import db
from kieubao.ground.errors import Conflict, Invalid
from kieubao.occasions import turnout
from kieubao.occasions.turnout import Said
from kieubao.occasions.vocabulary import Answer
from kieubao.outreach import files, organizer, post
from kieubao.outreach.vocabulary import Format
from tests import factories

MM = 72 / 25.4
TOLD = {"mark": "LL-7F3Q-9XKC-2", "sender": "Sở Ngoại vụ tỉnh Hà Tĩnh", "title": "Gặp mặt Tết"}
HOME = "Thôn 3, xã Cẩm Bình, tỉnh Hà Tĩnh"
NUMBERS = count()
ACCEPTED = Said(Answer.ACCEPTED)


def person(name="Nguyễn Thị Đào", address=HOME, **more):
    return {"code": f"KB-{next(NUMBERS):04}", "name": name, "reach": {"post": [address]}, **more}


def made(people, wanted=Format.LABELS, language="vi"):
    file = io.BytesIO()
    post.write(file, people, wanted, language, TOLD)
    return pypdfium2.PdfDocument(file.getvalue())


def said(pdf):
    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in pdf]


def inked(page):
    """The middles of all letters of a page, in millimetres from its top left."""
    words, (_width, height) = page.get_textpage(), page.get_size()
    boxes = [words.get_charbox(number) for number in range(words.count_chars())]
    return [((left + right) / 2 / MM, (height - (top + bottom) / 2) / MM) for left, bottom, right, top in boxes]


def test_every_label_has_all_of_its_text_within_its_own_cell():
    long = person("Công Tằng Tôn Nữ Thị " * 7, "Ngõ 12 đường Hải Thượng Lãn Ông, " * 6 + "HẾT")
    pdf = made([long, *(person() for _n in range(30))])
    assert [page.get_size() for page in pdf] == [(pytest.approx(595.3, abs=0.1), pytest.approx(841.9, abs=0.1))] * 2
    assert "HẾT" in said(pdf)[0]
    assert [text.count("Nguyễn Thị Đào") for text in said(pdf)] == [20, 10]
    for x, y in inked(pdf[0]):
        (column, across), (row, down) = divmod(x - 7.21, 66.04), divmod(y - 15.15, 38.1)
        is_mark = y > 282
        assert is_mark or (column in range(3) and row in range(7) and 3.9 < across < 59.6 and 3.9 < down < 37.9)


def test_nothing_that_is_told_is_read_as_anything_but_text():
    text = '#import "x" $a$ _b_ *c* <d> \\ @e // f'
    assert text in said(made([person(address=text)]))[0]


@pytest.mark.parametrize(
    ("language", "form", "wanted"),
    [("vi", "ba", "Kính gửi: Bà"), ("vi", None, "Kính gửi: Ông/Bà"), ("en", "ba", "To: Ms"), ("en", None, "To: Mr/Ms")],
)
def test_an_envelope_tells_who_writes_and_to_whom(language, form, wanted):
    one, other = person(form_of_address=form), person("Lê Văn Ba")
    pdf = made([one, other], Format.ENVELOPES, language)
    assert len(pdf) == 2
    assert all(page.get_size() == (pytest.approx(220 * MM), pytest.approx(110 * MM)) for page in pdf)
    assert said(pdf)[0] == f"{TOLD['sender']} {wanted} {one['name']} {HOME} {TOLD['mark']} · {one['code']}"
    assert other["name"] in said(pdf)[1]


@pytest.fixture
def guests(cast):
    """An issue of two people by letter and e-mail, of whom one has left an address."""
    points = [{"channel": "email", "value": "a@example.com"}]
    at_home = [*points, {"channel": "post", "value": HOME}]
    one = factories.person("Lê Văn Ba", country="CZ", contact_points=at_home)
    other = factories.person("Hồ Hải", contact_points=points)
    for guest in (one, other):
        for channel in (Channel.EMAIL, Channel.POST):
            factories.consent(guest.id, channel=channel)
    wanted = {"channels": [Channel.EMAIL, Channel.POST], "formats": ("labels", "csv")}
    return factories.published(cast["clerk"], cast["approver"], cast["organizer"], **wanted), one


def test_a_pull_of_labels_holds_whoever_has_an_address_and_nobody_else(cast, guests):
    issue, one = guests
    file = organizer.pull(cast["organizer"], issue.code, reason="gửi thư", format=Format.LABELS)
    assert (file.name, file.media, file.people) == (f"{file.pull}-labels.pdf", "application/pdf", 1)
    with file.content as content:
        (page,) = said(pypdfium2.PdfDocument(content.read()))
    assert f"Kính gửi: Ông/Bà Lê Văn Ba {HOME} {one.code}" in page
    assert file.pull in page
    assert "Hồ Hải" not in page
    assert [*db.session.scalars(db.select(HandoverPerson.person_id))] == [one.id]


def test_whoever_takes_envelopes_is_their_sender(cast):
    guest = factories.person("Lê Văn Ba", contact_points=[{"channel": "post", "value": HOME}])
    factories.consent(guest.id, channel=Channel.POST)
    options = {"channels": [Channel.POST], "formats": ("envelopes",)}
    for office in ("Liên hiệp hữu nghị", "Ủy ban Mặt trận"):
        friends = factories.actor("organizer", organisation=office)
        issue = factories.published(cast["clerk"], cast["approver"], friends, **options)
        file = organizer.pull(friends, issue.code, reason="gửi thư", format=Format.ENVELOPES)
        with file.content as content:
            assert said(pypdfium2.PdfDocument(content.read()))[0].startswith(f"{office} Kính gửi")


def test_where_nobody_has_an_address_there_is_no_file(cast):
    factories.consent(factories.person(contact_points=[]).id, channel=Channel.POST)
    issue = factories.published(
        cast["clerk"], cast["approver"], cast["organizer"], channels=[Channel.POST], formats=("envelopes",)
    )
    with pytest.raises(Conflict, match="postal address"):
        organizer.pull(cast["organizer"], issue.code, reason="gửi thư", format=Format.ENVELOPES)


@pytest.mark.parametrize(("channels", "fields"), [(["email"], ["name"]), (["post"], ["city"])])
def test_they_are_granted_only_where_letters_and_names_are(cast, channels, fields):
    options = {"channels": [Channel(one) for one in channels], "fields": fields}
    with pytest.raises(Invalid) as wrong:
        factories.published(cast["clerk"], cast["approver"], cast["organizer"], formats=("labels",), **options)
    assert wrong.value.field == "formats"


def test_the_list_for_the_door_is_of_who_accepted_and_has_a_seat(cast):
    guests = [factories.person(f"Lê Văn {name}", contact_points=[]) for name in ("Ba", "Năm", "Tư", "Út")]
    for guest in guests:
        factories.consent(guest.id)
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"], formats=("door",))
    with pytest.raises(Conflict, match="accepted"):
        organizer.pull(cast["organizer"], issue.code, reason="đón khách", format=Format.DOOR)
    held = issue.outreach_list.occasion
    held.details = {"seats": 4}
    ba, nam, tu, ut = guests
    with_two, declined = Said(Answer.ACCEPTED, companions=2), Said(Answer.DECLINED)
    for guest, answer in ((ba, with_two), (nam, declined), (tu, ACCEPTED), (ut, ACCEPTED)):
        turnout.record(held, {guest.id: answer}, cast["clerk"].account_id)
    db.session.commit()
    code, title = issue.code, held.title
    file = organizer.pull(cast["organizer"], code, reason="đón khách", format=Format.DOOR)
    assert (file.name, file.media, file.people) == (f"{file.pull}-door.pdf", "application/pdf", 2)
    with file.content as content:
        (page,) = said(pypdfium2.PdfDocument(content.read()))
    assert page.startswith(f"{title} STT Họ và tên Đi cùng Mã Đã đến 1 Lê Văn Ba 2 {ba.code} 2 Lê Văn Tư {tu.code}")
    assert f"{file.pull} · 1/1" in page
    assert "Năm" not in page
    assert "Út" not in page
    factories.consent(ba.id, State.WITHDRAWN)
    with organizer.pull(cast["organizer"], code, reason="đón khách", format=Format.DOOR).content as content:
        (page,) = said(pypdfium2.PdfDocument(content.read()))
    assert "1 Lê Văn Tư" in page
    assert "Ba" not in page


def test_a_long_list_for_the_door_has_its_headings_on_every_page():
    guests = [person(f"Lê Văn {n}", companions=n % 3) for n in range(120)]
    pdf = made(guests, Format.DOOR, "en")
    assert len(pdf) > 2
    assert all("No. Name With Code Came" in page for page in said(pdf))
    assert sum(page.count("Lê Văn") for page in said(pdf)) == 120


def test_a_file_is_called_by_its_pull():
    assert files.name("LL-1", Format.VCARD) == "LL-1.vcf"
    assert files.name("LL-1", Format.ENVELOPES) == "LL-1-envelopes.pdf"
