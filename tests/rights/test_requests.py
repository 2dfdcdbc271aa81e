"""What people ask of the office: filed, answered, done in time; and a year of requests, of which none is forgotten."""

import random
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from io import BytesIO

import pytest
from docx import Document
from sqlalchemy import select, text

from kieubao.access.models import AuditEntry
from kieubao.consent.vocabulary import State
from kieubao.db import db, writing
from kieubao.ground import clock
from kieubao.ground.errors import ConfirmNeeded, Conflict, Forbidden, Invalid, NotFound
from kieubao.ground.worktime import Calendar
from kieubao.outreach import organizer
from kieubao.people import merges
from kieubao.people import service as people
from kieubao.people.merges import Pair
from kieubao.rights import papers, service
from kieubao.rights.requests import Asked
from kieubao.rights.schemas import StepForm
from kieubao.rights.steps import News
from kieubao.rights.vocabulary import AT_ONCE, Ground, Kind, Step, Way
from kieubao.walls import Sight, confined
from tests import factories

# Of each kind: days to do it, where others have to act, and to put it off; as the decree has them.
LAW = {
    "withdraw": (15, 20, 15),
    "restrict": (15, 20, 15),
    "object": (15, 20, 15),
    "see": (10, 15, 10),
    "correct": (10, 15, 10),
    "provide": (10, 15, 10),
    "delete": (20, 30, 20),
    "protect": (15, None, 15),
}
MONDAY = date(2026, 11, 2)
MAIL = {"contact_points": [{"channel": "email", "value": "ba@example.com"}]}
KNOWN = News(Step.IDENTIFIED, "căn cước, tại quầy")


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """Set which day it is; a request is received on the first."""

    def on(day, hour=9):
        monkeypatch.setattr(clock, "now", lambda: datetime.combine(day, time(hour), clock.HANOI))

    on(MONDAY)
    return on


@pytest.fixture
def officer(cast):
    return cast["protection_officer"]


@pytest.fixture
def one(cast):
    guest = factories.person("Lê Văn Ba", **MAIL)
    factories.consent(guest.id, on=date(2026, 1, 5))
    return guest


def asked(kind, received_on=MONDAY, **said):
    return Asked(Kind(kind), Way.LETTER, received_on, **said)


def filed(actor, person, kind, **said):
    return service.file(actor, person.code, asked(kind, **said))["code"]


@pytest.mark.parametrize("kind", LAW)
def test_the_clock_of_each_kind_is_the_laws(cast, officer, one, kind):
    done, with_others, extension = LAW[kind]
    sheet = service.file(cast["clerk"], one.code, asked(kind))
    assert (sheet["answer_by"], sheet["due_on"]) == (date(2026, 11, 4), MONDAY + timedelta(done))
    if with_others:
        sheet = service.act(officer, sheet["code"], News(Step.INVOLVED, "Sở Ngoại vụ giữ tệp"))
        assert sheet["due_on"] == MONDAY + timedelta(with_others)
    else:
        with pytest.raises(Conflict, match="no more time"):
            service.act(officer, sheet["code"], News(Step.INVOLVED, "Sở Ngoại vụ"))
    with pytest.raises(Invalid, match="at most") as refused:
        service.act(officer, sheet["code"], News(Step.EXTENDED, "nhiều hồ sơ", extension + 1))
    assert refused.value.field == "days"
    later = service.act(officer, sheet["code"], News(Step.EXTENDED, "nhiều hồ sơ", extension))
    assert later["due_on"] == sheet["due_on"] + timedelta(extension)
    with pytest.raises(Conflict, match="already"):
        service.act(officer, sheet["code"], News(Step.EXTENDED, "lần nữa", 1))


def test_an_answer_waits_for_no_holiday(cast, one, today, app):
    """Two working days over Tết of 2027, whose first day is a Saturday; and what was decided of it."""
    today(date(2027, 2, 4))
    sheet = service.file(cast["clerk"], one.code, asked("see", date(2027, 2, 4)))
    assert (sheet["answer_by"], sheet["due_on"]) == (date(2027, 2, 10), date(2027, 2, 14))
    app.extensions["kieubao.calendar"] = Calendar.read("2027-02-09, 2027-02-10, 2027-02-11, 2027-02-12")
    later = service.read(cast["clerk"], sheet["code"])
    assert (later["answer_by"], later["due_on"], later["next_on"]) == (
        date(2027, 2, 16),
        date(2027, 2, 14),
        date(2027, 2, 14),
    )


def test_what_stops_contact_is_done_when_it_is_filed(cast, officer, one):
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"])
    factories.pulled(cast["organizer"], issue.code).close()
    code = filed(cast["clerk"], one, "withdraw", wish="đừng gửi nữa", asked_by="Lê Thị Hoa, con gái")
    assert {row["state"] for row in people.consents(cast["clerk"], one.code)["now"]} == {"withdrawn"}
    (pull,) = organizer.made_pulls(cast["organizer"], issue.code)
    assert [notice["code"] for notice in pull["notices"]] == [one.code]
    with pytest.raises(Conflict, match="1 files are out"):
        service.act(officer, code, News(Step.DONE, "đã báo"))
    organizer.acknowledge(cast["organizer"], pull["code"], notice=pull["last_notice"])
    sheet = service.act(officer, code, News(Step.DONE, "nơi giữ đã ngừng"))
    assert (sheet["outcome"], sheet["ended_on"], sheet["left"].unheeded) == ("done", MONDAY, 0)
    for kind in ("restrict", "object"):
        other = factories.person(f"Trần {kind}")
        filed(cast["clerk"], other, kind)
        assert people.read(cast["clerk"], other.code)["standing"]["restricted_at"]


def test_everything_else_asks_who_it_is(cast, officer, one):
    for kind in sorted({*Kind} - AT_ONCE):
        code = filed(cast["clerk"], one, kind)
        step = Step.PROPOSED if kind is Kind.DELETE else Step.DONE
        with pytest.raises(Conflict, match="they who ask"):
            service.act(officer, code, News(step, "xong"))
        service.act(officer, code, KNOWN)
        sheet = service.act(officer, code, News(step, "xong"))
        assert (sheet["outcome"] == "done") == (kind is not Kind.DELETE)
    assert people.read(cast["clerk"], one.code)["name"] == "Lê Văn Ba"


def test_refusing_takes_a_ground_and_what_stops_contact_is_never_refused(cast, officer, one):
    for kind in AT_ONCE:
        with pytest.raises(Conflict, match="done when they asked"):
            service.act(officer, filed(cast["clerk"], one, kind), News(Step.REFUSED, "không", ground=Ground.LAW))
    code = filed(cast["clerk"], one, "delete")
    for ground in (None, Ground.OTHER):
        with pytest.raises(Invalid) as refused:
            service.act(officer, code, News(Step.REFUSED, "tiếc", ground=ground))
        assert refused.value.field == "ground"
    assert service.act(officer, code, News(Step.REFUSED, "vụ án", ground=Ground.DISPUTE))["outcome"] == "refused"
    code = filed(cast["clerk"], one, "see")
    assert service.act(officer, code, News(Step.REFUSED, "vì", ground=Ground.OTHER))["outcome"] == "refused"


@pytest.mark.parametrize(
    ("news", "field"),
    [
        (News(Step.IDENTIFIED), "remark"),
        (News(Step.EXTENDED, "vì"), "days"),
        (News(Step.DROPPED, "thôi", 3), "days"),
        (News(Step.DROPPED, "thôi", ground=Ground.LAW), "ground"),
    ],
)
def test_a_step_says_what_belongs_to_it(cast, officer, one, news, field):
    code = filed(cast["clerk"], one, "see")
    with pytest.raises(Invalid) as refused:
        service.act(officer, code, news)
    assert refused.value.field == field
    assert [step["step"] for step in service.read(officer, code)["steps"]] == ["filed"]


def test_what_is_closed_stays_so_and_a_late_one_gets_no_more_time(cast, officer, one, today):
    code = filed(cast["clerk"], one, "see")
    today(MONDAY + timedelta(11))
    for news in (News(Step.EXTENDED, "vì", 1), News(Step.INVOLVED, "Sở")):
        with pytest.raises(Conflict, match="too late"):
            service.act(officer, code, news)
    service.act(officer, code, News(Step.DROPPED, "thôi"))
    with pytest.raises(Conflict, match="closed"):
        service.act(officer, code, KNOWN)


def test_what_is_late_is_told_and_what_is_due_first_comes_first(cast, officer, one, today):
    seen, gone = filed(cast["clerk"], one, "see"), filed(cast["clerk"], one, "delete")
    service.act(officer, seen, News(Step.ANSWERED))
    today(date(2026, 11, 4))
    assert not [sheet for sheet in service.queue(officer) if sheet["answer_late"] or sheet["late"]]
    today(date(2026, 11, 5))
    late, fine = service.queue(officer)
    assert (late["code"], late["answer_late"], late["late"]) == (gone, True, False)
    assert (fine["code"], fine["answer_late"]) == (seen, False)
    today(MONDAY + timedelta(5))
    assert [sheet["soon"] for sheet in service.queue(officer) if sheet["code"] == seen] == [True]
    today(MONDAY + timedelta(10))
    assert not any(sheet["late"] for sheet in service.queue(officer))
    today(MONDAY + timedelta(11))
    assert [sheet["code"] for sheet in service.queue(officer) if sheet["late"]] == [seen]


def test_of_whom_and_by_whom(cast, officer, one):
    code = filed(cast["clerk"], one, "see", wish="xem hồ sơ")
    elsewhere = factories.actor("clerk", units=("18685",))
    assert service.queue(elsewhere) == []
    for act in (lambda: service.read(elsewhere, code), lambda: service.of_person(elsewhere, one.code)):
        with pytest.raises(NotFound):
            act()
    assert [sheet["code"] for sheet in service.of_person(cast["clerk"], one.code)] == [code]
    assert "subject" not in service.queue(cast["clerk"])[0]
    for role in ("clerk", "approver", "organizer", "admin", "police"):
        with pytest.raises(Forbidden):
            service.act(cast[role], code, KNOWN)
    for role in ("approver", "organizer", "admin", "police"):
        with pytest.raises(Forbidden):
            service.file(cast[role], one.code, asked("see"))


def proposed(cast, officer, person):
    code = filed(cast["clerk"], person, "delete", wish="xóa hết", asked_by="Lê Thị Hoa, con gái")
    service.act(officer, code, KNOWN)
    service.act(officer, code, News(Step.PROPOSED, "đúng luật"))
    return code


@pytest.fixture
def graves(app, tmp_path):
    app.config["TOMBSTONES"] = str(tmp_path / "tombstones")
    return tmp_path / "tombstones"


def test_two_people_erase_whoever_asked(cast, officer, one, graves):
    code, other = filed(cast["clerk"], one, "delete"), filed(cast["clerk"], one, "see", wish="cho xem")
    with pytest.raises(Conflict, match="Nobody proposed"):
        service.erase(cast["approver"], code)
    with pytest.raises(Forbidden):
        service.erase(officer, code)
    code = proposed(cast, officer, one)
    service.erase(cast["approver"], code)
    assert graves.stat().st_size
    with pytest.raises(NotFound):
        people.read(cast["clerk"], one.code)
    db.session.rollback()
    with db.engine.connect() as connection:
        for table in ("subject_request", "request_step"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0
    assert service.queue(officer) == []
    with pytest.raises(NotFound):
        service.erase(cast["approver"], code)
    for gone in (code, other):
        with pytest.raises(NotFound):
            service.act(officer, gone, KNOWN)


def test_nobody_is_erased_without_a_proof_nor_without_tombstones(cast, officer, one, app):
    code = proposed(cast, officer, one)
    with pytest.raises(ConfirmNeeded):
        service.erase(replace(cast["approver"], confirmed=False), code)
    with pytest.raises(Conflict, match="KIEUBAO_TOMBSTONES"):
        service.erase(cast["approver"], code)
    assert people.read(cast["clerk"], one.code)["name"] == "Lê Văn Ba"
    assert service.read(officer, code)["ended_on"] is None


def test_the_trail_says_of_whom_but_not_what(cast, officer, one):
    code = filed(cast["clerk"], one, "see", wish="cho tôi xem")
    service.act(officer, code, News(Step.IDENTIFIED, "hộ chiếu"))
    db.session.rollback()
    lines = list(db.session.scalars(select(AuditEntry).where(AuditEntry.action.in_(["rights.file", "rights.act"]))))
    assert [(one_line.details["request"], one_line.subject is not None) for one_line in lines] == [(code, True)] * 2
    assert not [line for line in lines if "xem" in str(line.details) or "hộ chiếu" in str(line.details)]


def test_whoever_is_merged_has_asked_all_the_same(cast, officer, one):
    code, kept = filed(cast["clerk"], one, "see"), factories.person("Lê Văn Ba")
    with confined(Sight(everyone=True)):
        writing()
        merges.merge(cast["approver"], Pair(kept.id, 1, one.id, 1), ())
        db.session.commit()
    assert [sheet["person"] for sheet in service.queue(officer)] == [kept.code]
    assert [sheet["code"] for sheet in service.of_person(cast["clerk"], kept.code)] == [code]
    assert service.act(officer, code, KNOWN)["identified"]


def test_a_letter_older_than_a_yes_is_not_done_until_it_is_settled(cast, officer, one):
    factories.consent(one.id, State.RENEWED, on=date(2026, 10, 20))
    code = service.file(cast["clerk"], one.code, asked("withdraw", date(2026, 10, 10)))["code"]
    assert service.read(officer, code)["left"].is_open
    with pytest.raises(Conflict, match="still be contacted"):
        service.act(officer, code, News(Step.DONE, "xong"))
    filed(cast["clerk"], one, "withdraw")
    assert service.act(officer, code, News(Step.DONE, "nay đã rút"))["outcome"] == "done"


def test_what_is_restricted_already_stays_restricted_since_then(cast, one, today):
    filed(cast["clerk"], one, "restrict")
    since = people.read(cast["clerk"], one.code)["standing"]["restricted_at"]
    today(MONDAY + timedelta(1))
    filed(cast["clerk"], one, "object")
    assert people.read(cast["clerk"], one.code)["standing"]["restricted_at"] == since


def test_of_who_was_merged_the_notices_of_today_count(cast, officer, one):
    code, kept = filed(cast["clerk"], one, "withdraw"), factories.person("Lê Văn Ba", **MAIL)
    factories.consent(kept.id, on=date(2026, 1, 5))
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"])
    factories.pulled(cast["organizer"], issue.code).close()
    with confined(Sight(everyone=True)):
        writing()
        merges.merge(cast["approver"], Pair(kept.id, 1, one.id, 1), ())
        db.session.commit()
    with pytest.raises(Conflict, match="1 files are out"):
        service.act(officer, code, News(Step.DONE, "xong"))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_year_of_a_thousand_requests_has_no_silent_overrun(cast, officer, today):
    """Whoever looks each working day sees every request before it is late, or told as late from the first day on."""
    chance = random.Random(3)
    guests = [factories.person(f"Lê Văn {number}") for number in range(20)]
    begin = date(2026, 1, 5)
    days = sorted(chance.randrange(330) for _turn in range(1_000))
    seen, done, due = 0, 0, {}

    for place in range(365):
        day = begin + timedelta(place)
        today(day)
        while days and days[0] == place:
            days.pop(0)
            kind = chance.choice([*Kind])
            sheet = service.file(cast["clerk"], chance.choice(guests).code, asked(kind, day))
            due[sheet["code"]] = (sheet["answer_by"], sheet["due_on"])
        if place % 5 == 0 or place > 340:
            for sheet in service.queue(officer):
                seen += 1
                answer_by, due_on = due[sheet["code"]]
                assert sheet["answer_late"] == (not sheet["answered"] and day > answer_by)
                assert sheet["late"] == (day > due_on)
                if chance.random() < 0.5 and sheet["kind"] in {*AT_ONCE}:
                    service.act(officer, sheet["code"], News(Step.DONE, "xong"))
                    done += 1
    open_now = {sheet["code"] for sheet in service.queue(officer)}
    ended = {sheet["code"] for sheet in service.queue(officer, ended=True)}
    assert (len(open_now) + len(ended), open_now & ended, len(ended)) == (1_000, set(), done)
    assert seen > 1_000


def letter_of(app, officer, code):
    """The words of the letter that answers a request, as Word has them."""
    with app.test_request_context():
        answer = papers.answered(service.answer(officer, code), papers.office())
        answer.direct_passthrough = False
        document = Document(BytesIO(answer.data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(line.text for line in document.paragraphs), *cells])


# What happens to a request, and what the letter says of it then.
ANSWERS = {
    "taken up": ([], ("chậm nhất ngày 12/11/2026", "khiếu nại", "Điều 5 Nghị định số 356/2025/NĐ-CP")),
    "put off": ([News(Step.EXTENDED, "chờ Sở Ngoại vụ", 5)], ("thêm 5 ngày, đến ngày 17/11/2026", "chờ Sở Ngoại vụ")),
    "done": ([KNOWN, News(Step.DONE, "đã gửi bản in")], ("thực hiện xong ngày 02/11/2026. đã gửi bản in.",)),
    "refused": (
        [News(Step.REFUSED, "thiếu giấy tờ", ground=Ground.UNPROVED)],
        ("thiếu giấy tờ", "không thực hiện được"),
    ),
    "dropped": ([News(Step.DROPPED, "gọi lại")], ("không yêu cầu nữa",)),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_a_letter_says_how_the_request_stands(app, cast, officer, one, case):
    news, said = ANSWERS[case]
    code = filed(cast["clerk"], one, "see")
    for happened in news:
        service.act(officer, code, happened)
    words = letter_of(app, officer, code)
    for expected in ("Kính gửi: Ông/Bà Lê Văn Ba", code, "ngày 02 tháng 11 năm 2026", *said):
        assert expected in words, expected
    with pytest.raises(Forbidden):
        service.answer(cast["clerk"], code)


def test_a_remark_with_what_no_document_takes_is_written_all_the_same(app, cast, officer, one):
    code = filed(cast["clerk"], one, "see")
    said = StepForm().load({"step": "dropped", "remark": "gọi\uffff lại"})
    service.act(officer, code, said)
    assert letter_of(app, officer, code)
    assert service.read(officer, code)["steps"][-1]["remark"] == "gọi lại"


def test_a_letter_is_in_their_language_and_of_what_is_done_at_once(app, cast, officer):
    by_post = [{"channel": "post", "value": "Praha 1"}]
    guest = factories.person("Jan Novák", preferred_language="cs", contact_points=by_post)
    words = letter_of(app, officer, filed(cast["clerk"], guest, "withdraw"))
    for expected in ("To: Mr/Ms Jan Novák", "Praha 1", "nobody is to contact you"):
        assert expected in words, expected
