"""The pages of outreach, as forms and links."""

import re
from datetime import date

import pytest

from kieubao.consent.vocabulary import Channel, State
from kieubao.db import db
from kieubao.ground import clock
from kieubao.outreach import lists, service
from kieubao.outreach import organizer as desk
from kieubao.people.schemas import FilterForm
from tests import factories
from tests.pages.province import reader, sign_in_accounts
from tests.pages.sending import fields_in

# Every filter there is, as a list keeps it.
FILTER = {
    "kinds": ["abroad"],
    "genders": ["female"],
    "countries": ["CZ", "CG", "KR"],
    "cities": ["Praha"],
    "provinces": ["42"],
    "communes": ["18673"],
    "home_units": ["2024:18673"],
    "old_provinces": ["42"],
    "statuses": ["settled"],
    "citizenships": ["vn"],
    "generations": ["1.5"],
    "age_from": 16,
    "age_to": 35,
    "occupation_groups": ["5"],
    "sectors": ["G"],
    "educations": ["college"],
    "interests": ["trade"],
    "languages": ["cs", "vi"],
    "associations": ["HH-7F3Q-9XKC-Z"],
    "confirmed_since": "2025-01-31",
    "confirmed_before": "2026-12-01",
    "consents_to": "events",
    "consent_channels": ["email", "post"],
}
DIGEST = re.compile(r'name="digest" value="(\w+)"')


@pytest.fixture
def cast(app):
    return sign_in_accounts()


@pytest.fixture
def clerk(cast, client):
    return reader(client, "clerk")


@pytest.fixture
def approver(cast, client):
    return reader(client, "approver")


@pytest.fixture
def submitted(cast):
    drawn = factories.listed(cast["clerk"])
    lists.submit(drawn)
    code = drawn.code
    db.session.commit()
    return code


def state(cast, code):
    found = service.read(cast["clerk"], code)["state"]
    db.session.rollback()
    return found


def test_an_occasion_and_a_list_for_it_are_drawn_up(clerk):
    wrong = clerk.post(
        "/occasions/new", data={"kind": "event", "title": "Tết", "starts_on": "20/01/2027", "ends_on": "19/01/2027"}
    )
    assert (wrong.status_code, 'href="#f-ends_on"' in wrong.text) == (422, True)
    held = clerk.post("/occasions/new", data={**fields_in(wrong), "ends_on": "21/01/2027"})
    occasion = re.search(r"/lists/new\?occasion=(SK-[^\"]+)", clerk.get(held.location).text)[1]
    assert fields_in(clerk.get(f"/lists/new?occasion={occasion}"))["occasion"] == [occasion]
    drawn = {
        "occasion": occasion,
        "title": "Khách mời",
        "purpose": "events",
        "channels[]": ["email"],
        "fields[]": ["name"],
    }
    bad = clerk.post("/lists/new", data={**drawn, "filter.age_from": "ba mươi", "filter.countries[]": ["Séc", "Xyz"]})
    assert bad.status_code == 422
    assert 'href="#f-filter-age_from"' in bad.text
    assert 'href="#f-filter-countries-1"' in bad.text
    answer = clerk.post("/lists/new", data={**drawn, "filter.countries[]": ["Séc"], "filter.age_from": "30"})
    shown = clerk.get(answer.location).text
    assert "Những người sống ở Séc, từ 30 tuổi trở lên." in shown


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_list_that_is_edited_keeps_every_filter(clerk, cast, language, monkeypatch):
    assert set(FILTER) == set(FilterForm().fields)
    monkeypatch.setitem(FILTER, "associations", [association()])
    code = factories.listed(cast["clerk"], **FILTER).code
    clerk.post("/language", data={"language": language})
    sent = fields_in(clerk.get(f"/lists/{code}/edit"))
    assert clerk.post(f"/lists/{code}/edit", data={**sent, "title": "Khách quý"}).status_code == 303
    after = service.read(cast["clerk"], code)
    db.session.rollback()
    assert after["title"] == "Khách quý"
    assert {name: sorted(value) if isinstance(value, list) else value for name, value in after["filter"].items()} == {
        name: sorted(value) if isinstance(value, list) else value for name, value in FILTER.items()
    }


def association():
    member = factories.person(memberships=[{"association": "Hội người Hà Tĩnh", "country": "CZ"}])
    (one,) = service.disclosure.record(factories.actor().scope, member.id)["memberships"]
    db.session.rollback()
    return one["code"]


def test_who_was_slower_sees_both_versions_of_a_list(clerk, cast):
    code = factories.listed(cast["clerk"]).code
    mine = fields_in(clerk.get(f"/lists/{code}/edit"))
    service.edit(cast["clerk"], code, version=1, values={"title": "Khách quý"})
    db.session.rollback()
    refused = clerk.post(f"/lists/{code}/edit", data={**mine, "title": "Khách xa"})
    assert refused.status_code == 412
    assert re.search(r"<td>\s*Khách quý\s*</td>\s*<td>\s*Khách xa\s*</td>", refused.text)
    assert clerk.post(f"/lists/{code}/edit", data=fields_in(refused)).status_code == 303


def test_an_approval_is_of_what_is_shown(approver, cast, submitted):
    digest = DIGEST.search(approver.get(f"/lists/{submitted}").text)[1]
    factories.person()
    late = approver.post(f"/lists/{submitted}/approve", data={"digest": digest})
    assert late.status_code == 409
    assert "Danh sách không còn như khi xem" in late.text
    assert state(cast, submitted) == "submitted"
    approver.post(f"/lists/{submitted}/approve", data={"digest": DIGEST.search(late.text)[1]})
    assert state(cast, submitted) == "approved"
    assert 'name="next" value="/lists/' + submitted + '"' in late.text


def test_a_list_is_sent_back_with_remarks(approver, clerk, cast, submitted):
    assert approver.post(f"/lists/{submitted}/return", data={"remarks": " "}).status_code == 422
    approver.post(f"/lists/{submitted}/return", data={"remarks": "Bớt địa chỉ"})
    assert "Đã trả lại: Bớt địa chỉ" in clerk.get(f"/lists/{submitted}").text


def test_each_role_is_offered_what_it_may_do_in_each_state(approver, clerk, cast, submitted):
    offered = re.compile(rf"/lists/{submitted}/(\w+)")
    assert offered.findall(clerk.get(f"/lists/{submitted}").text) == ["edit"]
    assert set(offered.findall(approver.get(f"/lists/{submitted}").text)) == {"approve", "return", "close"}
    approver.post(f"/lists/{submitted}/close")
    assert offered.findall(approver.get(f"/lists/{submitted}").text) == []
    assert approver.post(f"/lists/{submitted}/close").status_code == 409


def test_a_grant_is_given_and_its_limits_set(approver, client, cast):
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"])
    page = f"/lists/{issue.outreach_list.code}"
    agreed = factories.agreement(factories.accounts.organisation("Sở Ngoại vụ").code, "02/TT-BG")
    assert f'value="{agreed}">02/TT-BG' in approver.get(f"{page}/grants/new").text
    terms = {"fields[]": ["name"], "formats[]": ["csv"], "agreement": agreed}
    too_long = approver.post(f"{page}/grants/new", data={**terms, "until": "01/01/2100"})
    assert (
        too_long.status_code,
        "không quá 30 ngày" in too_long.text,
        f'value="{agreed}" selected' in too_long.text,
    ) == (
        422,
        True,
        True,
    )
    approver.post(f"{page}/grants/new", data={**terms, "until": f"{clock.today():%d/%m/%Y}"})
    number = re.search(r'data-called="Số thứ tự của lần cho phép">(\d+)<', approver.get(page).text)[1]
    officer = reader(client, "protection_officer")
    assert f'<option value="{number}">' in officer.get("/grants/limits").text
    assert officer.post("/grants/limits", data={"grant": "99", "rows": "900", "pulls_a_day": "5"}).status_code == 404
    assert officer.post("/grants/limits", data={"grant": number, "rows": "900", "pulls_a_day": "5"}).status_code == 303
    assert "900 / 5" in approver.get(page).text


def test_of_two_issues_each_has_a_page_of_its_own(client, cast):
    made = [factories.published(cast["clerk"], cast["approver"], cast["organizer"]) for _one in range(2)]
    for number, issue in enumerate(made):
        issue.outreach_list.title = f"Danh sách {number}"
    db.session.commit()
    organizer = reader(client, "organizer")
    for number, issue in enumerate(made):
        assert f"<title>Danh sách {number}" in organizer.get(f"/issues/{issue.code}").text


def test_an_organizer_pulls_and_is_refused_on_the_same_page(client, cast):
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"], formats=["csv"])
    organizer = reader(client, "organizer")
    page = f"/issues/{issue.code}"
    assert issue.code in organizer.get("/issues").text
    for _time in range(3):
        pulled = organizer.post(page, data={"reason": "in giấy mời", "format": "csv"}, buffered=True)
        assert pulled.headers["Content-Disposition"].startswith("attachment; filename=LL-")
    refused = organizer.post(page, data={"reason": "in lần nữa", "format": "csv"})
    assert (refused.status_code, "3 lượt mỗi ngày" in refused.text, 'value="in lần nữa"' in refused.text) == (
        409,
        True,
        True,
    )
    assert organizer.get("/issues/PH-7F3Q-9XKC-Z").status_code == 404


def test_pages_say_why_somebody_is_on_a_list_and_what_an_issue_changed(client, cast, clerk, approver):
    guest, other = factories.person("Đặng Thị Hòa"), factories.person("Trần Văn Bình")
    factories.consent(guest.id, on=date(2026, 2, 3))
    code = factories.listed(cast["clerk"]).code

    def publish():
        clerk.post(f"/lists/{code}/submit")
        page = f"/lists/{code}"
        approver.post(f"{page}/approve", data={"digest": DIGEST.search(approver.get(page).text)[1]})
        assert approver.post(f"{page}/publish").status_code == 303

    publish()
    db.session.rollback()
    factories.consent(guest.id, State.WITHDRAWN)
    factories.consent(other.id)
    publish()
    page = " ".join(approver.get(f"/lists/{code}").text.split())
    assert "1 người thuộc diện của danh sách nhưng không được đưa vào." in page
    assert "Thêm vào, theo lý do trước đây không có tên: <strong>1</strong>" in page
    assert "Bớt đi, theo lý do nay không có tên: <strong>1</strong><ul><li>Đã rút lại sự đồng ý: 1</li></ul>" in page
    record = f"/persons/{guest.code}"
    assert f'href="{record}/issues"' in clerk.get(record).text
    why = " ".join(clerk.get(f"{record}/issues").text.split())
    assert "Đồng ý liên hệ qua E-mail, ký ngày 03/02/2026 (dòng 3 của sổ đồng ý)" in why
    assert why.index("<td>không</td> <td>Đã rút lại sự đồng ý</td>") < why.index("<td>có</td>")
    assert "chưa có bản phát hành nào" in clerk.get(f"/persons/{factories.person().code}/issues").text


def test_an_organizer_is_told_to_stop_and_says_so(client, cast, clerk, approver):
    guests = [factories.person(name) for name in ("Đặng Thị Hòa", "Trần Văn Bình")]
    for one in guests:
        for channel in (Channel.EMAIL, Channel.PHONE):
            factories.consent(one.id, channel=channel)
    both = (Channel.EMAIL, Channel.PHONE)
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"], channels=both)
    code, drawn = issue.code, issue.outreach_list.code
    pull = desk.pull(cast["organizer"], code, reason="in giấy mời", format="csv")
    pull.content.close()
    factories.consent(guests[0].id, State.WITHDRAWN)
    organizer = reader(client, "organizer")
    page = " ".join(organizer.get(f"/issues/{code}").text.split())
    assert f"{pull.pull}: ngừng liên hệ với những người sau." in page
    assert f'<li><span class="code">{guests[0].code}</span>: từ nay chỉ qua Điện thoại</li>' in page
    assert "1 chưa xác nhận, từ" in approver.get(f"/lists/{drawn}").text
    assert pull.pull in organizer.get("/issues").text
    chosen = dict(re.findall(r'name="(pull|notice)" value="([^"]*)"', organizer.get(f"/issues/{code}").text))
    assert organizer.post(f"/issues/{code}/acknowledge", data=chosen).status_code == 303
    page = organizer.get(f"/issues/{code}").text
    assert "Đã ghi nhận cơ quan, tổ chức ngừng liên hệ" in page
    assert "ngừng liên hệ với những người sau" not in page
    assert "chưa xác nhận" not in approver.get(f"/lists/{drawn}").text
    another = {"pull": "LL-7F3Q-9XKC-2", "notice": "1"}
    assert organizer.post(f"/issues/{code}/acknowledge", data=another).status_code == 404
    assert pull.pull not in organizer.get("/issues").text
    approver.post(f"/lists/{drawn}/close")
    page = organizer.get(f"/issues/{code}").text
    assert f"{pull.pull}: ngừng liên hệ với mọi người trong tệp này." in page
    assert "từ nay chỉ qua" not in page
