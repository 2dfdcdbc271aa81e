"""Occasions as files for calendars, read again by icalendar."""

from datetime import date, datetime, timedelta

import pytest
from icalendar import Calendar

from kieubao.ground.clock import HANOI
from kieubao.ground.errors import NotFound
from kieubao.occasions import papers
from kieubao.occasions.vocabulary import EVERY_ASKED
from tests import factories
from tests.pages.province import reader, sign_in_accounts

SHEET = dict.fromkeys(("description", "host", "place", "country", "ends_on", "reply_by", *EVERY_ASKED))
SHEET |= {"code": "SK-7F3Q-9XKC-2", "version": 3, "title": "Gặp mặt, Tết; “Đinh Mùi”", "starts_on": date(2027, 1, 30)}


def read(app, **values):
    with app.test_request_context():
        (event,) = Calendar.from_ical(papers.calendar(SHEET | values)).walk("VEVENT")
    return event


def test_whole_days_end_with_the_day_after(app):
    event = read(app, ends_on=date(2027, 1, 31))
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2027, 1, 30), date(2027, 2, 1))
    assert read(app).decoded("dtend") == date(2027, 1, 31)
    assert (str(event["summary"]), event["sequence"], str(event["uid"])) == (
        SHEET["title"],
        2,
        "SK-7F3Q-9XKC-2@kieubao",
    )


def test_an_hour_is_of_viet_nams_time_and_of_no_other_countrys(app):
    event = read(app, starts_at="08:30")
    assert event.decoded("dtstart") == datetime(2027, 1, 30, 8, 30, tzinfo=HANOI)
    assert event.decoded("dtstart").utcoffset() == timedelta(hours=7)
    assert "dtend" not in event
    assert read(app, starts_at="08:30", ends_on=date(2027, 1, 31)).decoded("dtend").date() == date(2027, 1, 31)
    assert read(app, starts_at="08:30", country="KR").decoded("dtstart") == date(2027, 1, 30)


def test_where_who_and_until_when_to_answer_are_told(app):
    event = read(
        app, place="Thành Sen", country="VN", host="Sở Ngoại vụ", description="Kính mời", reply_by=date(2027, 1, 20)
    )
    assert (str(event["location"]), str(event["contact"])) == ("Thành Sen, Việt Nam", "Sở Ngoại vụ")
    assert {"location", "contact", "description"}.isdisjoint(name.lower() for name in read(app))
    assert str(event["description"]) == "Kính mời\nVui lòng trả lời chậm nhất ngày 20/01/2027"


def test_a_day_has_to_be_recorded_first(app):
    with pytest.raises(NotFound):
        read(app, starts_on=None)


def test_a_clerk_and_the_organisation_of_a_grant_take_it(client, app):
    cast = sign_in_accounts()
    factories.person(contact_points=[])
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"])
    held = issue.outreach_list.occasion
    held.starts_on, code, occasion = date(2027, 1, 30), issue.code, held.code
    factories.db.session.commit()
    for role, address in (("clerk", f"/occasions/{occasion}/calendar"), ("organizer", f"/issues/{code}/calendar")):
        answer = reader(client, role).get(address)
        assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
        assert f"filename={occasion}.ics" in answer.headers["Content-Disposition"]
        assert b"SUMMARY:G" in answer.data
    assert reader(client, "police").get(f"/issues/{code}/calendar").status_code == 403
