"""One field for many: what is shown is what is done; what is undone is what nobody has touched since."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text, update

from kieubao import worker
from kieubao.access.models import Account, AuditEntry
from kieubao.consent import ledger
from kieubao.consent.models import Standing
from kieubao.db import db
from kieubao.edits import kept, service, works
from kieubao.edits.models import Edit
from kieubao.edits.rules import Change, Looked
from kieubao.edits.service import Chosen
from kieubao.edits.vocabulary import AT_ONCE, KEPT_FOR, SAMPLE, UNDONE_WITHIN, Op, Outcome
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Forbidden, Invalid, NotFound
from kieubao.people import erasure, merges, registry
from kieubao.people import service as people
from kieubao.people.merges import Pair
from kieubao.people.models import Person
from kieubao.traces import tombstones
from tests import factories

STUDENT = Change("status", Op.SET, "student")
TRADE = Change("interests", Op.ADD, "trade")
NO_TRADE = Change("interests", Op.REMOVE, "trade")
DAY = date(2026, 8, 14)
CONFIRMED = Change("confirmed_on", Op.SET, str(DAY))
# A commune of the province, and one in which nobody of these tests is at home.
COMMUNE, ELSEWHERE = "18673", "18676"


@pytest.fixture
def clerk(app, cast, tmp_path):
    app.config["TOMBSTONES"] = str(tmp_path / "tombstones")
    return cast["clerk"]


def some(count=3, **fields):
    return [factories.person(f"Nguyễn Văn Số {number}", **fields) for number in range(count)]


def codes(made):
    return Chosen([one.code for one in made])


def previewed(clerk, change, made):
    return service.preview(clerk, change, codes(made))


def edited(clerk, change, made, reason="lớp tiếng Việt khóa 3"):
    return service.make(clerk, previewed(clerk, change, made)["preview"], reason)


def says(made, name="status"):
    db.session.rollback()
    column = Person.__table__.c[name]
    return [db.session.scalar(select(column).where(Person.id == one.id)) for one in made]


def whom(clerk, sheet):
    """Who is meant by what was shown."""
    return {*kept.opened(clerk, sheet["preview"]).people}


def counts(sheet):
    return {name: count for name, count in sheet["counts"].items() if count}


def left(sheet):
    return {one["person"]: one["why"] for one in sheet["left"]}


def amended(clerk, one, **changes):
    version = db.session.scalar(select(Person.version).where(Person.id == one.id))
    people.amend(clerk, one.code, version=version, changes=changes)


def lines(action):
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)).all()


def made_by_job(kind):
    code = db.session.scalar(text("SELECT code FROM job WHERE kind = :kind").bindparams(kind=kind))
    db.session.rollback()
    worker.run(code)


def test_what_is_shown_is_what_is_done(clerk):
    a, b, c = some(3, status="worker")
    amended(clerk, b, status="student")
    shown = previewed(clerk, STUDENT, [a, b, c])
    assert (counts(shown), shown["people"]) == ({"changed": 2, "same": 1}, 3)
    assert [(one["person"], one["before"], one["after"]) for one in shown["sample"]] == [
        (a.code, "worker", "student"),
        (c.code, "worker", "student"),
    ]
    made = service.make(clerk, shown["preview"], "lớp tiếng Việt")
    assert (counts(made), made["job"], made["reason"]) == ({"changed": 2, "same": 1}, None, "lớp tiếng Việt")
    assert says([a, b, c]) == ["student"] * 3
    assert says([a, b, c], "version") == [2, 2, 2]


def test_looking_changes_nothing(clerk):
    made = some(2)
    previewed(clerk, STUDENT, made)
    assert (says(made), says(made, "version")) == ([None, None], [1, 1])
    assert db.session.scalar(text("SELECT count(*) FROM edit")) == 0


def test_one_line_names_everybody_who_was_changed_and_each_has_a_revision(clerk):
    made = some(2)
    code = edited(clerk, STUDENT, made)["code"]
    (line,) = lines("edits.make")
    assert (line.found, line.details["edit"], line.details["field"]) == (2, code, "status")
    assert {*line.details["subjects"]} == {str(one.subject) for one in made}
    assert "student" not in str(line.details)
    (count,) = db.session.execute(text("SELECT count(*) FROM person_revision WHERE version = 2")).one()
    assert count == 2


def test_everybody_a_search_finds_now_is_meant_and_nobody_else(clerk):
    found = some(2, country="CZ")
    other = factories.person("Nguyễn Văn Khác", country="PL")
    shown = service.preview(clerk, STUDENT, Chosen(everyone=True, text="nguyen van so", wanted={"countries": ["CZ"]}))
    assert whom(clerk, shown) == {one.id for one in found}
    (line,) = lines("edits.preview")
    assert (line.found, line.details["filters"]) == (2, ["countries"])
    assert "nguyen" not in str(line.details)
    service.make(clerk, shown["preview"], "đợt rà soát")
    assert says([*found, other]) == ["student", "student", None]


def test_a_name_that_is_only_close_is_not_among_all_found(clerk):
    meant, close = factories.person("Trần Thị Hường"), factories.person("Trần Thị Hượng Anh")
    shown = service.preview(clerk, STUDENT, Chosen(everyone=True, text="Trần Thị Hườn"))
    assert close.id not in whom(clerk, shown) or meant.id in whom(clerk, shown)


def test_too_many_are_refused(clerk, monkeypatch):
    monkeypatch.setattr(service, "MOST", 2)
    some(3)
    with pytest.raises(Invalid, match="at most"):
        service.preview(clerk, STUDENT, Chosen(everyone=True))


def test_nobody_chosen_is_refused(clerk):
    shown = service.preview(clerk, STUDENT, Chosen())
    assert (shown["people"], shown["sample"]) == (0, [])
    with pytest.raises(Conflict):
        service.make(clerk, shown["preview"], "rà soát")


def test_who_was_changed_since_is_left_out_and_named(clerk):
    a, b = some(2)
    shown = previewed(clerk, STUDENT, [a, b])
    amended(clerk, b, city="Brno")
    made = service.make(clerk, shown["preview"], "rà soát")
    assert counts(made) == {"changed": 1, "since": 1}
    assert left(service.read(clerk, made["code"])) == {b.code: "since"}
    assert says([a, b]) == ["student", None]


def test_what_is_shown_again_says_who_was_changed_since(clerk):
    a, b = some(2)
    shown = previewed(clerk, STUDENT, [a, b])
    amended(clerk, b, city="Brno")
    again = service.look_again(clerk, shown["preview"])
    assert (counts(again), left(again)) == ({"changed": 1, "since": 1}, {b.code: "since"})
    assert again["preview"] == shown["preview"]


def test_who_is_restricted_is_left_as_they_are(clerk):
    a, b = some(2)
    ledger.restand(b.id, restricted_at=clock.now())
    db.session.commit()
    shown = previewed(clerk, STUDENT, [a, b])
    assert left(shown) == {b.code: "locked"}
    service.make(clerk, shown["preview"], "rà soát")
    assert says([a, b]) == ["student", None]


def test_who_is_out_of_scope_is_not_there(clerk):
    narrow = factories.actor("clerk", (COMMUNE,))
    mine, other = factories.person(), factories.person("Lê Văn Ngoài", home=None, home_unit=None)
    shown = previewed(narrow, STUDENT, [mine, other])
    assert (shown["people"], whom(narrow, shown)) == (1, {mine.id})
    assert previewed(narrow, STUDENT, [other])["people"] == 0
    all_of_them = service.preview(narrow, STUDENT, Chosen(everyone=True))
    assert whom(narrow, all_of_them) == {mine.id}
    # Nor by what was never shown.
    made = service.make(narrow, kept.sealed(Looked(narrow.id, STUDENT, {mine.id: 1, other.id: 1})), "rà soát")
    assert counts(made) == {"changed": 1, "gone": 1}
    assert service.read(narrow, made["code"])["left"] == []
    assert says([mine, other]) == ["student", None]


def test_what_another_was_shown_is_not_made(clerk):
    shown = previewed(clerk, STUDENT, some(1))
    with pytest.raises(NotFound):
        service.make(factories.actor(), shown["preview"], "rà soát")


def test_only_a_clerk_looks_makes_and_undoes(cast, clerk):
    made = some(1)
    shown = previewed(clerk, STUDENT, made)
    code = service.make(clerk, shown["preview"], "rà soát")["code"]
    for act in (
        lambda actor: previewed(actor, STUDENT, made),
        lambda actor: service.look_again(actor, shown["preview"]),
        lambda actor: service.make(actor, shown["preview"], "rà soát"),
        lambda actor: service.undo(actor, code),
    ):
        with pytest.raises(Forbidden):
            act(cast["approver"])
    assert service.read(cast["approver"], code)["by"] == "Cán bộ clerk"
    assert [one["code"] for one in service.all_edits(cast["approver"])] == [code]


def test_an_edit_is_seen_by_who_sees_all_that_its_clerk_saw(clerk):
    code = edited(clerk, STUDENT, some(1))["code"]
    narrow = factories.actor("clerk", (COMMUNE,))
    for act in (service.read, service.undo):
        with pytest.raises(NotFound):
            act(narrow, code)
    assert service.all_edits(narrow) == []
    assert service.read(factories.actor(), code)["code"] == code


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (TRADE, ["charity"], ["charity", "trade"]),
        (NO_TRADE, ["charity", "trade"], ["charity"]),
        (Change("city", Op.SET, "Praha"), "Prague", "Praha"),
        (Change("source", Op.SET, "danh sách hội 2026"), "phiếu 12", "danh sách hội 2026"),
        (Change("languages", Op.ADD, "cs"), ["vi"], ["vi", "cs"]),
        (CONFIRMED, DAY - timedelta(1), DAY),
    ],
)
def test_each_field_is_set_and_undone(clerk, change, before, after):
    (one,) = made = some(1, **{change.field: str(before) if isinstance(before, date) else before})
    code = edited(clerk, change, made)["code"]
    assert says(made, change.field) == [after]
    assert counts(service.undo(clerk, code)) == {"undone": 1}
    assert says(made, change.field) == [before]
    assert says([one], "version") == [3]


def test_what_a_source_says_now_is_not_shown(clerk):
    shown = previewed(clerk, Change("source", Op.SET, "x"), some(1, source="chị Hoa kể"))
    assert shown["sample"][0]["before"] is None
    assert "Hoa" not in str(shown)


def test_a_sector_comes_with_the_list_it_is_of(clerk):
    (one,) = made = some(1)
    code = edited(clerk, Change("sector", Op.SET, "G"), made)["code"]
    assert None not in says(made, "sector_version")
    service.undo(clerk, code)
    assert (says([one], "sector"), says([one], "sector_version")) == ([None], [None])


def test_a_record_confirmed_later_stays_so_and_who_is_confirmed_was_heard_of(clerk):
    a, b = factories.person(), factories.person("Lê Văn Ba", confirmed_on=str(DAY + timedelta(1)))
    shown = previewed(clerk, CONFIRMED, [a, b])
    assert left(shown) == {b.code: "later"}
    code = service.make(clerk, shown["preview"], "gọi điện cả xóm")["code"]
    heard = select(Standing.heard_on).where(Standing.person_id == a.id)
    assert db.session.scalar(heard) == DAY
    service.undo(clerk, code)
    assert db.session.scalar(heard) is None


def test_only_the_first_are_shown(clerk):
    shown = previewed(clerk, STUDENT, some(SAMPLE + 1))
    assert (len(shown["sample"]), shown["counts"]["changed"]) == (SAMPLE, SAMPLE + 1)


def test_undo_leaves_what_was_changed_since_and_names_it(clerk):
    a, b, c = some(3, status="worker")
    code = edited(clerk, STUDENT, [a, b, c])["code"]
    amended(clerk, b, status="settled")
    amended(clerk, c, city="Brno")
    assert counts(service.undo(clerk, code)) == {"undone": 2, "kept": 1}
    assert (says([a, b, c]), says([c], "city")) == (["worker", "settled", "worker"], ["Brno"])
    assert left(service.read(clerk, code)) == {b.code: "kept"}


def test_undo_of_a_list_leaves_what_somebody_put_there_since(clerk):
    made = some(1, interests=["charity"])
    code = edited(clerk, TRADE, made)["code"]
    amended(clerk, made[0], interests=["charity", "trade", "education"])
    service.undo(clerk, code)
    assert says(made, "interests") == [["charity", "education"]]


def test_an_edit_is_undone_once(clerk):
    code = edited(clerk, STUDENT, some(1))["code"]
    sheet = service.undo(clerk, code)
    assert (sheet["can_be_undone"], sheet["undone_by"]) == (False, "Cán bộ clerk")
    with pytest.raises(Conflict, match="before"):
        service.undo(clerk, code)


def test_an_edit_is_undone_in_time_and_forgotten_after(clerk):
    made = some(1)
    code = edited(clerk, STUDENT, made)["code"]
    aged(UNDONE_WITHIN)
    works.tidy()
    assert befores() == 1
    with pytest.raises(Conflict, match="within 30 days"):
        service.undo(clerk, code)
    aged(KEPT_FOR)
    works.tidy()
    assert befores() == 0
    assert counts(service.read(clerk, code)) == {"changed": 1}


def aged(by):
    db.session.execute(update(Edit).values(at=clock.now() - by - timedelta(hours=1)))
    db.session.commit()


def befores():
    return db.session.scalar(text("SELECT count(before) FROM edit_row"))


def test_who_was_erased_in_between_leaves_no_row_and_the_others_are_undone(clerk):
    a, b = some(2)
    code = edited(clerk, STUDENT, [a, b])["code"]
    erasure.erase([b.id], tombstones())
    db.session.commit()
    assert counts(service.undo(clerk, code)) == {"undone": 1}
    assert says([a, b]) == [None, None]


def test_who_was_erased_after_the_look_is_gone(clerk):
    a, b = some(2)
    shown = previewed(clerk, STUDENT, [a, b])
    erasure.erase([b.id], tombstones())
    db.session.commit()
    assert counts(service.make(clerk, shown["preview"], "rà soát")) == {"changed": 1, "gone": 1}
    assert says([b]) == [None]


def test_a_record_that_was_merged_in_between_stays_as_it_is(clerk):
    a, b = some(2)
    code = edited(clerk, STUDENT, [a, b])["code"]
    merges.merge(clerk, Pair(a.id, 2, b.id, 2), ())
    db.session.commit()
    assert counts(service.undo(clerk, code)) == {"undone": 1, "kept": 1}
    assert (says([a, b]), says([b], "province")) == ([None, "student"], [""])


def test_who_is_restricted_since_is_not_touched_by_an_undo(clerk):
    made = some(1)
    code = edited(clerk, STUDENT, made)["code"]
    ledger.restand(made[0].id, restricted_at=clock.now())
    db.session.commit()
    assert counts(service.undo(clerk, code)) == {"kept": 1}


def test_many_are_changed_and_undone_by_a_job(clerk):
    made = some(AT_ONCE + 1, status="worker")
    sheet = edited(clerk, STUDENT, made)
    code = sheet["code"]
    assert (counts(sheet), sheet["can_be_undone"]) == ({"waiting": AT_ONCE + 1}, False)
    with pytest.raises(Conflict, match="being made"):
        service.undo(clerk, code)
    made_by_job("edits.make")
    assert {*says(made)} == {"student"}
    told = service.read(clerk, code)["job"]
    assert (told["state"], told["done"], told["of"], told["result"]) == ("done", 51, 51, {"edit": code})
    assert [line.found for line in lines("edits.make_some")] == [AT_ONCE, 1]
    assert counts(service.undo(clerk, code)) == {"changed": AT_ONCE + 1}
    made_by_job("edits.undo")
    assert counts(service.read(clerk, code)) == {"undone": AT_ONCE + 1}
    assert {*says(made)} == {"worker"}


def test_a_job_does_what_its_account_may_by_then(clerk):
    made = some(AT_ONCE + 1)
    edited(clerk, STUDENT, made)
    factories.disable(clerk)
    made_by_job("edits.make")
    assert {*says(made)} == {None}


def test_an_edit_whose_job_was_stopped_is_undone_as_far_as_it_came(clerk):
    made = some(AT_ONCE + 1)
    code = edited(clerk, STUDENT, made)["code"]
    edit = db.session.scalars(select(Edit)).one()
    kept.job(edit).state = "stopped"
    db.session.commit()
    assert counts(service.undo(clerk, code)) == {"unreached": AT_ONCE + 1}
    assert {*left(service.read(clerk, code)).values()} == {"unreached"}
    assert {*says(made)} == {None}


def test_nothing_but_what_was_shown_is_made(clerk):
    preview = previewed(clerk, STUDENT, some(2))["preview"]
    for text_ in ("x", "e30=", "ở", preview[:-8]):
        with pytest.raises(NotFound):
            service.make(clerk, text_, "rà soát")
    assert "student" not in preview


def test_what_stands_in_an_edit_is_sealed(clerk):
    edited(clerk, Change("source", Op.SET, "chị Hoa kể"), some(1, source="anh Ba kể"), reason="theo anh Tư")
    db.session.commit()
    rows = db.session.execute(text("SELECT value, reason, before FROM edit, edit_row")).all()
    assert all(word.encode() not in bytes(cell) for row in rows for cell in row for word in ("Hoa", "Ba", "Tư"))


def test_registry_is_the_only_writer(clerk, monkeypatch):
    calls = []
    amend = registry.amend
    monkeypatch.setattr(registry, "amend", lambda *given: calls.append(given) or amend(*given))
    edited(clerk, STUDENT, some(2))
    assert len(calls) == 2
    assert Outcome.CHANGED in [*db.session.scalars(text("SELECT outcome FROM edit_row"))]
    assert db.session.get(Account, clerk.id).id == calls[0][4]
