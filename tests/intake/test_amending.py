"""People on record changed by a file: field by field, never for the worse, and taken back."""

from datetime import date

import pytest
from sqlalchemy import select, text

from kieubao.access import trail
from kieubao.access.models import AuditEntry
from kieubao.consent import filed, ledger, unions
from kieubao.consent.rules import may_contact
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import NotFound
from kieubao.intake import batches, service, sheets, works
from kieubao.intake.vocabulary import BACK, RowState
from kieubao.people import disclosure, erasure
from kieubao.people import service as people
from kieubao.people.models import ContactPoint, Person
from tests import factories

CHANGED = (RowState.CHANGED, RowState.AMENDED)
COLUMNS = {
    "Mã": "code",
    "Họ tên": "name",
    "Sinh": "born",
    "Điện thoại": {"channels": ["phone"]},
    "Quê": "home",
    "Nghề": "occupation",
}
SAID = {
    **factories.MEANT,
    "on_record": "amend",
    "ignored": [],
    "person": {"fixed": {**factories.FIXED, "kind": "abroad"}, "columns": COLUMNS},
    "relative": {
        "fixed": {**factories.FIXED, "kind": "home", "country": "VN", "home": "xã Cẩm Xuyên"},
        "columns": {"Thân nhân": "name", "Quan hệ": "kinship"},
    },
}
HEADINGS = ("Mã", "Họ tên", "Sinh", "Điện thoại", "Quê", "Nghề", "Thân nhân", "Quan hệ", "Đồng ý")


def cells(code="", name="", **told):
    names = ("code", "name", "born", "phone", "home", "job", "relative", "kinship", "answer")
    return [{"code": code, "name": name, **told}.get(one, "") for one in names]


def csv_of(*lines):
    return "\n".join(";".join(line) for line in (HEADINGS, *lines)).encode()


def tried(clerk, *lines, said=SAID):
    return factories.sent(clerk, content=csv_of(*lines), said=said)


def take(clerk, code):
    service.begin(clerk, code, ask=False)
    works.take_in(clerk, code, factories.reached)
    return code


def taken(clerk, *lines, said=SAID):
    return take(clerk, tried(clerk, *lines, said=said))


def undo(cast, code):
    service.undo(cast["approver"], code)
    while batches.unmake(factories.SYSTEM, code, factories.PROVINCE):
        pass


def counts(actor, code):
    told = service.read(actor, code)["counts"]
    return {name: n for name, n in told.items() if n and name not in {"left_out", "warned", "relatives"}}


def changes(actor, code):
    """What each row would change, as a page of rows tells it: the field, and what it says before and after."""
    found = sheets.page(service.rows(actor, code, CHANGED))["rows"]
    return [{one["field"]: (before(one), one["after"]) for one in row["changes"]} for row in found]


def before(change):
    """What the record says now: ... where it says something that is not shown."""
    assert change["replaces"] or change["before"] is None
    return ... if change["replaces"] and change["before"] is None else change["before"]


def reasons(actor, code):
    return [sheets.said(row.told) for row in service.rows(actor, code, BACK)["rows"]]


def contactable():
    return set(db.session.scalars(may_contact(Purpose.EVENTS, [Channel.EMAIL])))


@pytest.fixture
def clerk(app, cast):
    factories.notice()
    return cast["clerk"]


@pytest.fixture
def dao(clerk):
    points = [{"channel": "phone", "value": "+420 601 555 148"}]
    return factories.person("Nguyễn Thị Đào", born="1960", occupation="thợ may", contact_points=points)


def record(clerk, one):
    return people.read(clerk, one.code)


def test_a_row_with_a_code_changes_what_it_says(clerk, dao):
    row = cells(dao.code, "Nguyễn Thị Đào", born="14/08/1960", phone="+420 601 555 149", job="chủ cửa hàng")
    code = tried(clerk, row)
    assert counts(clerk, code) == {"changed": 1}
    assert changes(clerk, code) == [
        {
            "born": ("1960", "1960-08-14"),
            "occupation": (..., "chủ cửa hàng"),
            "contact_points": (None, "+420601555149"),
        }
    ]
    assert record(clerk, dao)["version"] == 1
    take(clerk, code)
    after = record(clerk, dao)
    assert (after["born"], after["occupation"], after["version"]) == ("1960-08-14", "chủ cửa hàng", 2)
    assert [point["value"] for point in after["contact_points"]] == ["+420601555148", "+420601555149"]
    assert counts(clerk, code) == {"amended": 1}
    assert db.session.scalar(text("SELECT count(*) FROM person")) == 1
    # Where the record is from, and why it is kept, is not said anew by what is said of the whole file.
    assert after["source"] == "phiếu 12"


def test_who_is_on_record_is_known_without_a_code(clerk, dao):
    row = cells("", "NGUYEN THI DAO", born="1960", phone="00420601555148", home="xã Cẩm Xuyên", job="chủ cửa hàng")
    code = tried(clerk, row)
    assert changes(clerk, code) == [{"occupation": (..., "chủ cửa hàng")}]
    take(clerk, code)
    assert record(clerk, dao)["name"] == "Nguyễn Thị Đào"


@pytest.mark.parametrize(
    "told",
    [
        {"name": "nguyen thi dao"},
        {"name": "NGUYỄN THỊ ĐÀO"},
        {"born": "1960"},
        {"home": "Hà Tĩnh"},
        {"home": "Xã Cẩm Xuyên, Hà Tĩnh"},
        {"phone": "+420 601 555 148"},
        {"job": "tho may"},
        {"job": ""},
    ],
)
def test_what_says_the_same_or_less_changes_nothing(clerk, dao, told):
    code = tried(clerk, cells(dao.code, **{"name": "Nguyễn Thị Đào", **told}))
    assert counts(clerk, code) == {"same": 1}
    assert service.rows(clerk, code, [RowState.SAME])["rows"][0].code == dao.code


def test_a_file_that_was_taken_changes_nothing_the_second_time(clerk, dao):
    row = cells(
        dao.code,
        "Nguyễn Thị Đào",
        born="14/08/1960",
        phone="+420 601 555 149",
        answer="có",
        relative="Trần Thị Tư",
        kinship="mẹ",
    )
    taken(clerk, row)
    version, lines = record(clerk, dao)["version"], len(ledger.lines(dao.id))
    other = factories.actor()
    assert counts(other, tried(other, row)) == {"same": 1}
    assert (record(clerk, dao)["version"], len(ledger.lines(dao.id))) == (version, lines)


def test_a_home_that_is_not_sure_does_not_replace_one_that_is(clerk, dao):
    code = tried(clerk, cells(dao.code, home="Vũ Quang", job="chủ cửa hàng"))
    assert changes(clerk, code) == [{"occupation": (..., "chủ cửa hàng")}]
    assert service.read(clerk, code)["counts"]["warned"] == 1


def test_a_number_that_is_used_no_more_does_not_come_back(clerk, dao):
    (point,) = record(clerk, dao)["contact_points"]
    people.retire_contact(clerk, dao.code, point["id"])
    code = tried(clerk, cells(dao.code, phone="+420 601 555 148"))
    assert counts(clerk, code) == {"same": 1}
    assert service.read(clerk, code)["counts"]["warned"] == 1


def test_kin_are_added_once(clerk, dao):
    row = cells(dao.code, relative="Trần Thị Tư", kinship="mẹ")
    code = tried(clerk, row)
    assert changes(clerk, code) == [{"kinships": (None, "Trần Thị Tư")}]
    take(clerk, code)
    assert [kin["name"] for kin in record(clerk, dao)["kinships"]] == ["Trần Thị Tư"]
    again = tried(clerk, cells(dao.code, relative="TRAN THI TU", kinship="mẹ", job="nghỉ hưu"))
    assert changes(clerk, again) == [{"occupation": (..., "nghỉ hưu")}]


def test_kin_on_the_rows_below_come_with_their_person(clerk, dao):
    said = {**SAID, "relatives": "below"}
    below = cells(relative="Trần Văn Năm", kinship="bố")
    code = tried(clerk, cells(dao.code, relative="Trần Thị Tư", kinship="mẹ"), below, said=said)
    assert counts(clerk, code) == {"changed": 2}
    take(clerk, code)
    assert counts(clerk, code) == {"amended": 2}
    assert {kin["name"] for kin in record(clerk, dao)["kinships"]} == {"Trần Thị Tư", "Trần Văn Năm"}


@pytest.mark.parametrize("name", ["Trần Văn Bình", "Nguyễn Văn Tám"])
def test_a_code_of_somebody_else_comes_back(clerk, dao, name):
    code = tried(clerk, cells(dao.code, name, job="bác sĩ"))
    assert counts(clerk, code) == {"refused": 1}
    assert dao.code in reasons(clerk, code)[0]
    # That is all there is to say of it.
    (row,) = service.rows(clerk, code, BACK)["rows"]
    assert len(row.told) == 1


@pytest.mark.parametrize("name", ["Nguyễn Thị Đảo", "Nguyễn Đào", "Nguyễn Thị Bích Đào", "Đào Nguyễn Thị"])
def test_a_name_may_be_corrected(clerk, dao, name):
    take(clerk, tried(clerk, cells(dao.code, name)))
    assert record(clerk, dao)["name"] == name


def test_a_code_that_is_none_or_nobodys_comes_back(clerk, dao):
    here, nobody = factories.actor(units=["18685"]), factories.codes.fresh("KB")
    code = tried(here, cells("KB-1234", "Ai"), cells(nobody, "Ai"), cells(dao.code, "Ai"))
    assert counts(here, code) == {"refused": 3}
    wrong, unknown, elsewhere = reasons(here, code)
    assert "KB-1234" in wrong
    # Of somebody elsewhere as of nobody.
    assert elsewhere == unknown.replace(nobody, dao.code)


def test_one_row_tells_of_a_person(clerk, dao):
    other = cells("", "Nguyễn Thị Đào", born="1960", phone="+420 601 555 148", home="xã Cẩm Xuyên", job="bác sĩ")
    code = tried(clerk, cells(dao.code, job="y tá"), cells(dao.code, job="thợ nề"), other)
    assert counts(clerk, code) == {"changed": 1, "refused": 2}


def test_nobody_is_moved_out_of_sight(clerk, dao):
    here = factories.actor(units=["18673"])
    code = tried(here, cells(dao.code, home="xã Thạch Hà"), cells(dao.code.lower(), home="xã Thạch Hà"))
    assert counts(here, code) == {"refused": 2}
    assert counts(clerk, tried(clerk, cells(dao.code, home="xã Thạch Hà"))) == {"changed": 1}


def test_somebody_abroad_does_not_come_to_live_here(clerk, dao):
    said = {**SAID, "person": {**SAID["person"], "columns": {**COLUMNS, "Nghề": "country"}}}
    code = tried(clerk, cells(dao.code, job="Việt Nam"), said=said)
    assert counts(clerk, code) == {"refused": 1}


def test_without_the_word_for_it_rows_of_people_on_record_come_back(clerk, dao):
    said = {name: what for name, what in SAID.items() if name != "on_record"}
    row = cells(dao.code, "Nguyễn Thị Đào", home="xã Cẩm Xuyên", job="bác sĩ")
    code = tried(clerk, row, said=said)
    assert counts(clerk, code) == {"known": 1}
    assert record(clerk, dao)["version"] == 1


@pytest.mark.parametrize("tell", [{"code": True}, {}])
def test_who_was_changed_since_the_trial_comes_back(clerk, dao, tell):
    row = cells(
        dao.code if tell else "",
        "Nguyễn Thị Đào",
        born="1960",
        phone="+420 601 555 148",
        home="xã Cẩm Xuyên",
        job="bác sĩ",
    )
    code = tried(clerk, row)
    people.amend(clerk, dao.code, version=1, changes={"occupation": "giáo viên"})
    take(clerk, code)
    assert counts(clerk, code) == {"refused": 1}
    assert record(clerk, dao)["occupation"] == "giáo viên"
    assert db.session.scalar(text("SELECT count(*) FROM person")) == 1


def test_who_is_on_record_since_the_trial_is_not_changed_unseen(clerk):
    row = cells("", "Nguyễn Thị Đào", born="1960", phone="+420 601 555 148", home="xã Cẩm Xuyên", job="bác sĩ")
    code = tried(clerk, row)
    assert counts(clerk, code) == {"new": 1}
    points = [{"channel": "phone", "value": "+420 601 555 148"}]
    one = factories.person("Nguyễn Thị Đào", born="1960", contact_points=points)
    take(clerk, code)
    assert counts(clerk, code) == {"known": 1}
    assert record(clerk, one)["version"] == 1


def test_an_answer_of_somebody_on_record(clerk, dao):
    code = taken(clerk, cells(dao.code, answer="có"))
    (said,) = ledger.lines(dao.id)
    assert (said["state"], said["evidence"]) == ("given", "phiếu 12")
    assert contactable() == {dao.id}
    assert unions.replay() == ledger.kept()
    assert counts(clerk, code) == {"amended": 1}


@pytest.mark.parametrize("state", [State.REFUSED, State.WITHDRAWN])
def test_a_no_is_never_upgraded(clerk, dao, state):
    """Though the yes was signed later."""
    factories.consent(dao.id, state, on=factories.date(2025, 5, 1), evidence=None, notice_id=None)
    code = tried(clerk, cells(dao.code, answer="có"))
    assert counts(clerk, code) == {"same": 1}
    assert service.read(clerk, code)["counts"]["warned"] == 1
    assert contactable() == set()


# Their no is to every purpose, of which one is known.
@pytest.mark.parametrize(
    ("state", "answer", "comes"), [(State.GIVEN, "có", "same"), (State.REFUSED, "không", "changed")]
)
def test_what_was_said_already_is_said_against_nothing(clerk, dao, state, answer, comes):
    proof = {} if state is State.GIVEN else {"evidence": None, "notice_id": None}
    factories.consent(dao.id, state, on=factories.date(2026, 11, 1), **proof)
    code = tried(clerk, cells(dao.code, answer=answer))
    assert (counts(clerk, code), service.read(clerk, code)["counts"]["warned"]) == ({comes: 1}, 0)


def test_what_is_taken_back_of_one_says_nothing_for_others(clerk, dao):
    other = factories.person("Lê Văn Ba")
    for one in (dao, other):
        factories.consent(one.id)
    assert filed.unsay(dao.id, 0, "Hoàn tác tệp", None) == 1
    assert [[line["state"] for line in ledger.lines(one.id)] for one in (dao, other)] == [
        ["withdrawn", "given"],
        ["given"],
    ]


def test_a_no_that_was_said_since_the_trial_leaves_nothing_to_change(clerk, dao):
    code = tried(clerk, cells(dao.code, answer="có"))
    assert counts(clerk, code) == {"changed": 1}
    factories.consent(dao.id, State.REFUSED)
    take(clerk, code)
    assert (counts(clerk, code), record(clerk, dao)["version"]) == ({"same": 1}, 1)
    assert contactable() == set()


def test_only_whose_no_it_is_is_told_of_it(clerk, dao):
    other = factories.person("Lê Văn Ba")
    factories.consent(dao.id, State.REFUSED, on=factories.date(2025, 5, 1), evidence=None, notice_id=None)
    code = tried(clerk, *(cells(one.code, answer="có") for one in (dao, other)))
    assert (counts(clerk, code), service.read(clerk, code)["counts"]["warned"]) == ({"same": 1, "changed": 1}, 1)


def test_another_home_is_one_change(clerk, dao):
    code = tried(clerk, cells(dao.code, home="xã Thạch Hà"))
    assert changes(clerk, code) == [{"home_text": ("Xã Cẩm Xuyên", "xã Thạch Hà")}]


def test_a_no_is_always_heard(clerk, dao):
    factories.consent(dao.id, on=factories.date(2025, 5, 1))
    assert contactable() == {dao.id}
    taken(clerk, cells(dao.code, answer="không"))
    assert contactable() == set()


def test_a_no_that_is_said_again_outlives_a_yes_from_between(clerk, dao):
    """The file's no is later than the one that stands: a paper that is entered afterwards comes to nothing."""
    factories.consent(dao.id, State.WITHDRAWN, on=factories.date(2024, 1, 1), evidence=None, notice_id=None)
    code = tried(clerk, cells(dao.code, answer="không"))
    assert counts(clerk, code) == {"changed": 1}
    take(clerk, code)
    factories.consent(dao.id, on=factories.date(2025, 6, 1))
    assert contactable() == set()
    # The same file once more says nothing new.
    assert unions.replay() == ledger.kept()


def test_an_answer_is_heard_though_its_word_says_nothing_elsewhere(clerk, dao):
    factories.consent(dao.id, on=factories.date(2025, 5, 1))
    taken(clerk, cells(dao.code, answer="không", job="không"), said={**SAID, "nothing": ["không"]})
    assert contactable() == set()
    assert record(clerk, dao)["occupation"] == "thợ may"


def test_a_yes_comes_in_beside_somebody_likely_who_said_yes(clerk):
    point = [{"channel": "email", "value": "lan@example.com"}]
    lan = factories.person("Hồ Thị Lan", born="1980-02-03", contact_points=point)
    factories.consent(lan.id)
    said = {**SAID, "person": {**SAID["person"], "columns": {**COLUMNS, "Điện thoại": {"channels": ["email"]}}}}
    row = cells("", "Hồ Thị Lan", born="1980", phone="lan@example.com", home="xã Cẩm Xuyên", answer="có")
    assert counts(clerk, taken(clerk, row, said=said)) == {"taken": 1}


@pytest.mark.parametrize(
    ("stands", "says", "is_news"),
    [
        (State.GIVEN, State.REFUSED, True),
        (State.GIVEN, State.GIVEN, False),
        (State.REFUSED, State.REFUSED, False),
        (State.REFUSED, State.GIVEN, False),
    ],
)
def test_of_the_same_moment_a_no_alone_is_news(dao, stands, says, is_news):
    moment = ledger.said_at(factories.date(2026, 1, 5), State.GIVEN)
    proof = {} if stands is State.GIVEN else {"evidence": None, "notice_id": None}
    factories.consent(dao.id, stands, signed_at=moment, **proof)
    word = ledger.Word(dao.id, Purpose.EVENTS, Channel.EMAIL, says, "paper", moment)
    news, _against = filed.weighed([word])
    assert (word in news) == is_news


@pytest.mark.parametrize(("stands", "is_news"), [(State.GIVEN, True), (State.REFUSED, False)])
def test_a_later_yes_of_a_file_goes_on_from_a_yes_and_never_from_a_no(dao, stands, is_news):
    proof = {} if stands is State.GIVEN else {"evidence": None, "notice_id": None}
    factories.consent(dao.id, stands, on=factories.date(2026, 1, 5), **proof)
    later = ledger.said_at(factories.date(2026, 1, 6), State.GIVEN)
    word = ledger.Word(dao.id, Purpose.EVENTS, Channel.EMAIL, State.GIVEN, "paper", later)
    assert filed.weighed([word]) == (({word}, set()) if is_news else (set(), {word}))


def test_of_two_whom_a_row_may_be_about_neither_is_taken(clerk):
    """A household's telephone, and nobody's birth: the row comes back with their codes, and changes nobody."""
    point = [{"channel": "phone", "value": "0983 000 111"}]
    two = [factories.person(name, contact_points=point) for name in ("Nguyễn Văn Hùng", "Nguyễn Văn Hưng")]
    code = tried(clerk, cells("", "Nguyen Van Hung", phone="0983000111", job="đầu bếp", home="xã Cẩm Xuyên"))
    assert counts(clerk, code) == {"refused": 1}
    assert all(one.code in reasons(clerk, code)[0] for one in two)


@pytest.mark.parametrize(("answer", "comes"), [("có", "refused"), ("không", "taken"), ("", "taken")])
def test_nobody_makes_a_yes_of_the_no_of_who_is_likely_the_same(clerk, answer, comes):
    """Their birth is told by its year alone, so that they are not surely the same; their no holds all the same."""
    point = [{"channel": "email", "value": "lan@example.com"}]
    lan = factories.person("Hồ Thị Lan", born="1980-02-03", contact_points=point)
    factories.consent(lan.id, State.WITHDRAWN, on=factories.date(2026, 1, 5), evidence=None, notice_id=None)
    said = {**SAID, "person": {**SAID["person"], "columns": {**COLUMNS, "Điện thoại": {"channels": ["email"]}}}}
    row = cells("", "Hồ Thị Lan", born="1980", phone="lan@example.com", home="xã Cẩm Xuyên", answer=answer)
    code = taken(clerk, row, said=said)
    assert counts(clerk, code) == {comes: 1}
    if comes == "refused":
        assert lan.code in reasons(clerk, code)[0]
    assert contactable() == set()


LIKE_LAN = {**SAID, "person": {**SAID["person"], "columns": {**COLUMNS, "Điện thoại": {"channels": ["email"]}}}}


def lan(born, answer):
    """Two such rows are likely one person's, and not surely."""
    return cells("", "Hồ Thị Lan", born=born, phone="lan@example.com", home="xã Cẩm Xuyên", answer=answer)


@pytest.mark.parametrize("stands", [{"deceased_on": date(2025, 5, 1)}, {"restricted_at": clock.now()}])
@pytest.mark.parametrize(("answer", "comes"), [("có", "refused"), ("", "taken")])
def test_a_yes_does_not_come_in_beside_somebody_likely_who_is_not_to_be_contacted(clerk, stands, answer, comes):
    point = [{"channel": "email", "value": "lan@example.com"}]
    one = factories.person("Hồ Thị Lan", born="1980-02-03", contact_points=point)
    factories.consent(one.id)
    ledger.restand(one.id, **stands)
    db.session.commit()
    code = taken(clerk, lan("1980", answer), said=LIKE_LAN)
    assert counts(clerk, code) == {comes: 1}
    if comes == "refused":
        assert one.code in reasons(clerk, code)[0]
    assert contactable() == set()


@pytest.mark.parametrize("answers", [("không", "có"), ("có", "không")])
def test_of_rows_that_come_in_together_a_yes_is_held_against_a_no(clerk, answers):
    """Whichever stands first."""
    rows = [lan(born, answer) for born, answer in zip(("1980", "03/02/1980"), answers, strict=True)]
    code = tried(clerk, *rows, cells("", "Lê Văn Ba", home="xã Cẩm Xuyên", answer="có"), said=LIKE_LAN)
    assert counts(clerk, code) == {"new": 3}
    take(clerk, code)
    assert counts(clerk, code) == {"taken": 2, "refused": 1}
    assert contactable() == {db.session.scalar(select(Person.id).where(Person.name == "Lê Văn Ba"))}
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "intake.take_in")).one()
    assert entry.details == {"intake": code, "people": 2, "relatives": 0, "answers": 2}


def test_of_rows_that_change_records_a_no_goes_before_a_yes_that_is_likely_theirs(clerk):
    point = [{"channel": "email", "value": "lan@example.com"}]
    one = factories.person("Hồ Thị Lan", born="1980-02-03", contact_points=point)
    code = taken(clerk, lan("1980", "có"), cells(one.code, answer="không"), said=LIKE_LAN)
    assert counts(clerk, code) == {"refused": 1, "amended": 1}
    assert contactable() == set()


@pytest.fixture
def merged(dao):
    """She said yes; the record that was merged into hers had said no."""
    gone = factories.person("Dao Nguyen")
    factories.consent(dao.id, on=date(2025, 5, 1))
    factories.consent(gone.id, State.REFUSED, on=date(2025, 4, 1), evidence=None, notice_id=None)
    before = unions.unite(dao.id, gone.id, {})
    db.session.commit()
    return gone, before


def test_a_no_that_only_a_merge_is_later_than_is_heard_and_outlives_its_undoing(clerk, dao, merged):
    gone, before = merged
    assert counts(clerk, taken(clerk, cells(dao.code, answer="không"))) == {"amended": 1}
    assert unions.replay() == ledger.kept()
    # The same once more says nothing new.
    assert counts(clerk, tried(clerk, cells(dao.code, job="thợ may", answer="không"))) == {"same": 1}
    unions.part(dao.id, gone.id, before, before, None)
    db.session.commit()
    assert contactable() == set()
    assert unions.replay() == ledger.kept()


def test_a_yes_is_no_news_where_a_merge_made_a_no(clerk, dao, merged):
    assert counts(clerk, tried(clerk, cells(dao.code, answer="có"))) == {"same": 1}


def test_a_no_that_a_later_yes_of_theirs_outlived_is_no_news(dao):
    factories.consent(dao.id, on=date(2025, 5, 1))
    at = ledger.said_at(date(2025, 4, 1), State.REFUSED)
    word = ledger.Word(dao.id, Purpose.EVENTS, Channel.EMAIL, State.REFUSED, "paper", at)
    assert filed.weighed([word]) == (set(), set())


def test_the_same_number_in_two_columns_is_one(clerk):
    columns = {**COLUMNS, "Nghề": {"channels": ["phone"]}}
    said = {**SAID, "person": {"fixed": {**factories.FIXED, "kind": "abroad"}, "columns": columns}}
    row = cells("", "Lê Văn Hai", home="xã Cẩm Xuyên", phone="0983 000 111", job="0983 000 111")
    taken(clerk, row, said=said)
    (one,) = db.session.scalars(select(Person.id).where(Person.name == "Lê Văn Hai")).all()
    points = db.session.scalars(select(ContactPoint.value).where(ContactPoint.person_id == one)).all()
    assert points == ["+84983000111"]


def test_the_trail_says_whose_records_were_looked_at_and_changed(clerk, dao):
    code = tried(clerk, cells(dao.code, job="bác sĩ"))
    changes(clerk, code)
    take(clerk, code)
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    told = {one.action: one.details for one in entries}
    subject = str(disclosure.locate(clerk.scope, dao.code).subject)
    assert told["intake.rows"]["subjects"] == told["intake.take_in"]["subjects"] == [subject]
    assert told["intake.take_in"]["amended"] == 1
    assert trail.verify().whole


def test_what_a_record_says_is_not_kept_with_the_file(clerk, dao):
    """Nor shown to who may see the file, but not the person."""
    code = tried(clerk, cells(dao.code, home="xã Thạch Hà", job="bác sĩ"))
    (row,) = service.rows(clerk, code, CHANGED)["rows"]
    assert "thợ may" not in f"{row.told}{row.before}"
    assert row.before == {"home_text": "Xã Cẩm Xuyên"}
    take(clerk, code)
    (row,) = service.rows(clerk, code, CHANGED)["rows"]
    assert (row.told, any(row.row.cells)) == ([], False)


def test_who_went_elsewhere_since_the_trial_is_not_told_of(clerk, dao):
    here = factories.actor(units=["18673"])
    code = tried(here, cells(dao.code, "Nguyễn Thị Đảo"))
    people.amend(clerk, dao.code, version=1, changes={"home_epoch": 2025, "home_code": "18685"})
    (row,) = service.rows(here, code, CHANGED)["rows"]
    assert (row.code, row.before) == (None, {})
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.details["subjects"]) == ("intake.rows", [])


def test_records_are_as_they_were_once_the_file_is_taken_back(clerk, cast, dao):
    factories.consent(dao.id, purpose=Purpose.INVESTMENT, on=factories.date(2025, 1, 1))
    before = record(clerk, dao)
    row = cells(
        dao.code,
        "Nguyễn Thị Đảo",
        born="14/08/1960",
        phone="+420 601 555 149",
        home="xã Thạch Hà",
        job="bác sĩ",
        relative="Trần Thị Tư",
        kinship="mẹ",
        answer="có",
    )
    new = cells("", "Lê Văn Ba", phone="+420 601 555 150", home="xã Cẩm Xuyên")
    code = taken(clerk, row, new)
    assert counts(clerk, code) == {"amended": 1, "taken": 1}
    undo(cast, code)
    assert counts(clerk, code) == {"undone": 2}
    after = record(clerk, dao)
    changing = {"version", "changed_at", "consents"}
    assert {name: after[name] for name in after if name not in changing} == {
        name: before[name] for name in before if name not in changing
    }
    assert db.session.scalar(text("SELECT count(*) FROM standing WHERE erased_at IS NULL")) == 1
    # The yes of the file counts no more; what was said before it about anything else does.
    assert contactable() == set()
    assert {(one["purpose"], one["state"]) for one in after["consents"]} == {
        ("events", "withdrawn"),
        ("investment", "given"),
    }
    assert unions.replay() == ledger.kept()
    # A yes that is signed later counts.
    factories.consent(dao.id)
    assert contactable() == {dao.id}


def test_a_no_of_a_file_stays_said(clerk, cast, dao):
    factories.consent(dao.id, on=factories.date(2025, 5, 1))
    code = taken(clerk, cells(dao.code, answer="không"))
    said = len(ledger.lines(dao.id))
    undo(cast, code)
    assert counts(clerk, code) == {"undone": 1}
    assert contactable() == set()
    assert len(ledger.lines(dao.id)) == said


def test_what_others_said_stays_said(clerk, cast, dao):
    other, third = (factories.person(name) for name in ("Lê Văn Ba", "Hồ Hải"))
    code = taken(clerk, *(cells(one.code, answer="có") for one in (dao, other)))
    people.amend(clerk, other.code, version=2, changes={"city": "Praha"})
    factories.consent(third.id)
    undo(cast, code)
    assert counts(clerk, code) == {"kept": 1, "undone": 1}
    assert contactable() == {other.id, third.id}


def touch_record(clerk, code):
    people.amend(clerk, code, version=2, changes={"city": "Praha"})


def touch_consent(clerk, code):
    factories.consent(disclosure.locate(clerk.scope, code).id, State.REFUSED)


def touch_contact(clerk, code):
    people.retire_contact(clerk, code, people.read(clerk, code)["contact_points"][-1]["id"])


def touch_kin(clerk, code):
    factories.consent(disclosure.locate(clerk.scope, people.read(clerk, code)["kinships"][0]["code"]).id, State.REFUSED)


@pytest.mark.parametrize("touch", [touch_record, touch_consent, touch_contact, touch_kin])
def test_who_was_worked_on_since_stays_as_they_are(clerk, cast, dao, touch):
    other = factories.person("Lê Văn Ba")
    row = cells(dao.code, phone="+420 601 555 149", job="bác sĩ", relative="Trần Thị Tư", kinship="mẹ")
    code = taken(clerk, row, cells(other.code, job="thợ hàn"))
    touch(clerk, dao.code)
    before = record(clerk, dao)
    undo(cast, code)
    assert counts(clerk, code) == {"kept": 1, "undone": 1}
    assert record(clerk, dao) == before
    assert record(clerk, other)["occupation"] is None


def test_who_was_erased_since_stays_erased(clerk, cast, dao):
    code = taken(clerk, cells(dao.code, job="bác sĩ"))
    erasure.unmake([dao.id])
    db.session.commit()
    undo(cast, code)
    with pytest.raises(NotFound):
        record(clerk, dao)
