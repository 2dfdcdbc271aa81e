"""Files for services that send, read by the rules each documents for what it imports."""

import csv
import io
import json
import re
from datetime import date

import pytest

from kieubao.consent.models import HandoverPerson
from kieubao.consent.vocabulary import Channel, State
from kieubao.db import db
from kieubao.ground.errors import Conflict, Invalid
from kieubao.outreach import mailing, organizer
from kieubao.outreach.vocabulary import Format, fitting
from tests import factories

NUMBER, MAIL = "+84912345678", "dao@example.com"
GRANTED = ["name", "form_of_address", "country", "city", "preferred_language", "workplace"]


@pytest.fixture
def issue(cast):
    """Of three people: one with two addresses and two numbers, one with letters alone, one who said no to e-mail."""
    points = [
        {"channel": "email", "value": MAIL},
        {"channel": "email", "value": "dao.hai@example.com"},
        {"channel": "sms", "value": NUMBER},
        {"channel": "sms", "value": "+420601555148"},
    ]
    told = {"form_of_address": "ba", "city": "Praha", "preferred_language": "cs", "workplace": '=cmd|"x",1'}
    one = factories.person("Nguyễn Thị Đào", contact_points=points, **told)
    other = factories.person("Lê Văn Ba", contact_points=[{"channel": "post", "value": "Praha 1"}])
    third = factories.person("Hồ Hải", contact_points=[{"channel": "email", "value": "ho@example.com"}])
    for guest, channel in ((one, "email"), (one, "sms"), (other, "post"), (third, "post")):
        factories.consent(guest.id, channel=Channel(channel))
    factories.consent(third.id, State.REFUSED)
    options = {"channels": [Channel.EMAIL, Channel.SMS, Channel.POST], "fields": GRANTED}
    formats = ("listmonk", "mautic", "notify", "texts", "csv")
    published = factories.published(cast["clerk"], cast["approver"], cast["organizer"], formats=formats, **options)
    return published, one


def taken(cast, issue, wanted):
    file = organizer.pull(cast["organizer"], issue.code, reason="gửi thư mời", format=wanted)
    with file.content as content:
        data = content.read()
    assert (file.name, file.media) == (f"{file.pull}-{wanted}.csv", "text/csv")
    # None of these knows a mark of order; all read UTF-8.
    assert not data.startswith(b"\xef\xbb\xbf")
    return file.pull, [*csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True)]


def test_listmonk(cast, issue):
    """Its importer wants `email`, reads `name` and JSON in `attributes`, and as many cells as headings."""
    published, one = issue
    pull, (headings, *rows) = taken(cast, published, Format.LISTMONK)
    assert headings == ["email", "name", "attributes"]
    assert [row[:2] for row in rows] == [[MAIL, "Nguyễn Thị Đào"]]
    assert json.loads(rows[0][2]) == {
        "code": one.code,
        "form_of_address": "Bà",
        "country": "Séc",
        "city": "Praha",
        "preferred_language": "Tiếng Séc",
        "workplace": '=cmd|"x",1',
        "pull": pull,
    }


def test_mautic(cast, issue):
    """It maps by itself what is called as its contact fields are; a country as it lists them, a locale as a code."""
    published, one = issue
    pull, (headings, *rows) = taken(cast, published, Format.MAUTIC)
    assert [dict(zip(headings, row, strict=True)) for row in rows] == [
        {
            "email": MAIL,
            "code": one.code,
            "firstname": "Nguyễn Thị Đào",
            "title": "Bà",
            "country": "Czechia",
            "city": "Praha",
            "preferred_locale": "cs",
            "company": '\'=cmd|"x",1',
            "tags": pull,
        }
    ]


@pytest.mark.parametrize(
    ("wanted", "heading", "address"),
    [(Format.NOTIFY, "email address", MAIL), (Format.TEXTS, "phone number", "84912345678")],
)
def test_notify(cast, issue, wanted, heading, address):
    """It compares headings without spaces, lines and case; one names whom it goes to, others places of a template."""
    published, one = issue
    pull, (headings, *rows) = taken(cast, published, wanted)
    keys = [re.sub(r"[\s_-]", "", name).lower() for name in headings]
    assert headings[0] == heading
    assert len({*keys}) == len(keys)
    told = [dict(zip(headings, row, strict=True)) for row in rows]
    assert [(row[heading], row["code"], row["pull"]) for row in told] == [(address, one.code, pull)]


def test_a_number_gets_a_whole_message_in_its_language(cast, issue):
    published, _one = issue
    held = published.outreach_list.occasion
    held.starts_on, held.place, held.reply_by = date(2027, 1, 20), "Hà Tĩnh", date(2027, 1, 10)
    held.details = {**held.details, "starts_at": "08:30"}
    db.session.commit()
    _pull, (headings, row) = taken(cast, published, Format.TEXTS)
    told = dict(zip(headings, row, strict=True))
    assert told["message"] == (
        "Sở Ngoại vụ to Ms Nguyễn Thị Đào: Gặp mặt Tết, 08:30 20/01/2027, Hà Tĩnh. Please answer by 10/01/2027."
    )
    # Some letters are not plain: parts of up to 67.
    assert (len(told["message"]), told["parts"]) == (102, "2")


@pytest.mark.parametrize(
    ("person", "told", "said"),
    [
        ({"name": "Lê Văn Ba"}, {}, "Hội kính gửi Ông/Bà Lê Văn Ba: Gặp mặt."),
        ({"name": "Lê Văn Ba", "family": True}, {}, "Hội kính gửi Ông/Bà Lê Văn Ba và gia đình: Gặp mặt."),
        ({}, {"day": "20/01/2027"}, "Hội: Gặp mặt, 20/01/2027."),
        ({}, {"hour": "08:30"}, "Hội: Gặp mặt."),
        (
            {"name": "Lê Văn Ba", "form_of_address": "ong", "preferred_language": "vi"},
            {"day": "20/01/2027", "hour": "08:30", "place": "Vinh", "reply_by": "10/01/2027"},
            "Hội kính gửi Ông Lê Văn Ba: Gặp mặt, 08:30 ngày 20/01/2027, Vinh. Xin trả lời chậm nhất ngày 10/01/2027.",
        ),
    ],
)
def test_a_message_says_what_is_known(person, told, said):
    blank = dict.fromkeys(("day", "hour", "place", "reply_by"), "")
    about = {"vi": {**blank, "sender": "Hội", "title": "Gặp mặt", **told}}
    assert mailing.message(about, "vi", {"code": "KB-1", "reach": {}, **person}) == said


def test_in_it_is_who_is_written_to_and_nobody_else(cast, issue):
    published, one = issue
    taken(cast, published, Format.NOTIFY)
    assert [*db.session.scalars(db.select(HandoverPerson.person_id))] == [one.id]


@pytest.mark.parametrize("mail", ["+hoa@example.com", "-hoa@example.com", "=hoa@example.com"])
def test_an_address_that_a_spreadsheet_would_change_is_in_no_file_for_a_service(cast, mail):
    """A mark before it would make it somebody else's. The table has it, marked as all that would be run."""
    guest = factories.person(contact_points=[{"channel": "email", "value": mail}])
    factories.consent(guest.id)
    asked = {"fields": ["city"], "formats": ("notify", "csv")}
    published = factories.published(cast["clerk"], cast["approver"], cast["organizer"], **asked)
    with pytest.raises(Conflict, match="e-mail address"):
        organizer.pull(cast["organizer"], published.code, reason="gửi", format=Format.NOTIFY)
    db.session.rollback()
    with organizer.pull(cast["organizer"], published.code, reason="gửi", format=Format.CSV).content as content:
        assert f"'{mail}" in content.read().decode()


def test_without_the_name_a_subscriber_is_their_code(cast):
    guest = factories.person(contact_points=[{"channel": "email", "value": MAIL}])
    factories.consent(guest.id)
    asked = {"fields": ["city"], "formats": ("listmonk",)}
    published = factories.published(cast["clerk"], cast["approver"], cast["organizer"], **asked)
    _pull, (_headings, row) = taken(cast, published, Format.LISTMONK)
    assert row[:2] == [MAIL, guest.code]


@pytest.mark.parametrize(
    ("wanted", "channel", "words"), [("notify", Channel.EMAIL, "e-mail address"), ("texts", Channel.SMS, "a number")]
)
def test_where_nobody_can_be_written_to_there_is_no_file(cast, wanted, channel, words):
    factories.consent(factories.person(contact_points=[]).id, channel=channel)
    asked = {"channels": [channel], "formats": (wanted,)}
    published = factories.published(cast["clerk"], cast["approver"], cast["organizer"], **asked)
    with pytest.raises(Conflict, match=words):
        organizer.pull(cast["organizer"], published.code, reason="gửi", format=Format(wanted))


def test_a_page_offers_what_fits_the_channels():
    assert {"listmonk", "notify", "mautic", "csv"} <= {*fitting(["email"])}
    assert not {"labels", "envelopes", "texts"} & {*fitting(["email"])}
    assert {"labels", "letters"} <= {*fitting(["post"])} == {*fitting(["post", "phone"])}
    assert {*fitting(["post"])} - {*fitting(["post"], urgent=True)} == {"labels", "envelopes", "door"}


@pytest.mark.parametrize(("wanted", "words"), [("mautic", "needs e-mail"), ("texts", "needs SMS")])
def test_it_is_granted_only_where_its_channel_is(cast, wanted, words):
    asked = {"channels": [Channel.POST], "formats": (wanted,)}
    with pytest.raises(Invalid, match=words) as wrong:
        factories.published(cast["clerk"], cast["approver"], cast["organizer"], **asked)
    assert wrong.value.field == "formats"
