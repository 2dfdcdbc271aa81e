"""The pages of people, as forms and links."""

import base64
import re

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from kieubao.access.models import AuditEntry
from kieubao.consent.vocabulary import Purpose
from kieubao.db import db
from kieubao.people import disclosure, service
from kieubao.people.schemas import EnrolForm, FilterForm, PersonForm
from tests import factories
from tests.pages.province import reader, sign_in_accounts
from tests.pages.sending import fields_in

NEW = {"kind": "abroad", "name": "Đặng Thị Hòa", "country": "Séc", "home": "Xã Cẩm Xuyên"}
NEW |= {"source": "phiếu 12", "legal_basis": "consent", "legal_document": "phiếu đồng ý 12/2026"}
WHOLE = {
    "born": "1968-08",
    "gender": "female",
    "form_of_address": "ba",
    "preferred_language": "cs",
    "city": "Praha",
    "languages": ["vi", "cs"],
    "other_names": ["Hoa Dang"],
    "region": "Čechy",
    "address": "Libušská 319",
    "status": "settled",
    "citizenship": "vn",
    "generation": "1.5",
    "occupation": "Chủ cửa hàng",
    "occupation_group": "5",
    "sector": "G",
    "workplace": "Sapa",
    "position": "Giám đốc",
    "education": "college",
    "interests": ["trade"],
    "note": "về Tết",
    "confirmed_on": "2026-02-01",
}


@pytest.fixture
def cast(app):
    return sign_in_accounts()


@pytest.fixture
def clerk(cast, client):
    return reader(client, "clerk")


def record(cast, code):
    found = service.read(cast["clerk"], code)
    db.session.rollback()
    return found


def test_a_form_that_fails_comes_back_with_everything_typed_and_each_error_beside_its_input(clerk):
    sent = {**NEW, "name": "", "born": "31/02/1948", "interests[]": ["trade", "culture"], "note": "<b>về Tết"}
    sent |= {"contact_points-1-channel": "phone", "contact_points-1-value": "abc", "other_names[]": ["Hoa Dang"]}
    answer = clerk.post("/persons/new", data=sent)
    assert answer.status_code == 422
    assert "<title>Lỗi: " in answer.text
    assert 'name="next" value="/persons/new"' in answer.text
    assert '<a href="#f-name">Họ, chữ đệm và tên khai sinh: Hãy điền hoặc chọn mục này</a>' in answer.text
    born = re.search(r'<input[^>]*id="f-born"[^>]*>', answer.text)[0]
    assert 'value="31/02/1948"' in born
    assert 'aria-invalid="true"' in born
    assert 'aria-describedby="f-born-hint f-born-error"' in born
    assert 'id="f-born-error"' in answer.text
    # The rows that were filled stand together, so that errors find their inputs.
    assert re.search(r'id="f-contact_points-0-value"[^>]*value="abc"[^>]*aria-invalid', answer.text)
    again = fields_in(answer)
    assert (again["interests[]"], again["other_names[]"][0]) == (["trade", "culture"], "Hoa Dang")
    assert again["note"] == ["<b>về Tết"]


def test_a_refusal_loses_nothing_either(app, client):
    sign_in_accounts()
    factories.account("clerk", ["18673"], username="commune")
    answer = reader(client, "commune").post("/persons/new", data={**NEW, "home": "nơi khác"})
    assert answer.status_code == 422
    assert "chỉ cấp tỉnh được ghi hồ sơ" in answer.text
    assert 'value="Đặng Thị Hòa"' in answer.text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_record_that_is_saved_as_it_stands_is_not_changed(clerk, cast, language):
    code = factories.person("Đặng Thị Hòa", **WHOLE).code
    before = record(cast, code)
    clerk.post("/language", data={"language": language})
    sent = fields_in(clerk.get(f"/persons/{code}/edit"))
    assert clerk.post(f"/persons/{code}/edit", data=sent).status_code == 303
    assert record(cast, code) == before


def test_a_unit_that_was_chosen_against_the_text_stays_chosen(clerk, cast):
    code = factories.person("Đặng Thị Hòa", home="Xã Cẩm Xuyên", home_unit="2025:18676").code
    sent = fields_in(clerk.get(f"/persons/{code}/edit"))
    assert sent["home_unit"] == ["2025:18676"]
    clerk.post(f"/persons/{code}/edit", data={**sent, "city": "Brno"})
    assert (record(cast, code)["home_code"], record(cast, code)["city"]) == ("18676", "Brno")


def test_a_unit_that_is_chosen_for_a_new_text_is_taken(clerk, cast):
    code = factories.person("Đặng Thị Hòa", home="Xã Cẩm Xuyên", home_unit="2025:18676").code
    sent = fields_in(clerk.get(f"/persons/{code}/edit"))
    clerk.post(f"/persons/{code}/edit", data={**sent, "home": "Xóm 3", "home_unit": "2025:18673"})
    assert (record(cast, code)["home_text"], record(cast, code)["home_code"]) == ("Xóm 3", "18673")


def test_what_is_blanked_is_cleared(clerk, cast):
    code = factories.person("Đặng Thị Hòa", **WHOLE).code
    sent = fields_in(clerk.get(f"/persons/{code}/edit"))
    clerk.post(f"/persons/{code}/edit", data={**sent, "interests[]": [], "city": "", "born": ""})
    after = record(cast, code)
    assert (after["interests"], after["city"], after["born"], after["region"]) == ([], None, None, "Čechy")
    assert clerk.post(f"/persons/{code}/edit", data={**sent, "name": ""}).status_code == 422


def test_who_was_slower_sees_both_versions_and_can_save_knowingly(clerk, cast):
    code = factories.person(city="Praha").code
    mine = fields_in(clerk.get(f"/persons/{code}/edit"))
    service.amend(cast["clerk"], code, version=1, changes={"city": "Brno"})
    db.session.rollback()
    refused = clerk.post(f"/persons/{code}/edit", data={**mine, "city": "Plzeň"})
    assert refused.status_code == 412
    assert "hãy đối chiếu bảng dưới đây rồi lưu lại" in refused.text
    assert re.search(r'<th scope="row">Thành phố</th>\s*<td>\s*Brno\s*</td>\s*<td>\s*Plzeň\s*</td>', refused.text)
    assert record(cast, code)["city"] == "Brno"
    assert clerk.post(f"/persons/{code}/edit", data=fields_in(refused)).status_code == 303
    assert record(cast, code)["city"] == "Plzeň"


def test_contact_points_come_and_go(clerk, cast):
    code = factories.person().code
    page = f"/persons/{code}/contact-points"
    assert fields_in(clerk.get(f"{page}/new"))["country"] == ["Séc"]
    clerk.post(f"{page}/new", data={"channel": "phone", "value": "601 555 148", "country": "Séc"})
    (point,) = record(cast, code)["contact_points"]
    assert point["value"] == "+420601555148"
    assert "+420 601 555 148" in clerk.get(f"{page}/{point['id']}/retire").text
    clerk.post(f"{page}/{point['id']}/retire")
    assert record(cast, code)["contact_points"][0]["retired_at"]
    again = clerk.post(f"{page}/{point['id']}/retire")
    assert (again.status_code, "Không có kênh liên lạc nào như vậy" in again.text) == (404, True)


def test_kin_are_seen_from_both_sides(clerk, cast):
    hoa, dao = factories.person("Đặng Thị Hòa", gender="female"), factories.person("Lê Thị Đào", gender="female")
    page = f"/persons/{hoa.code}/kinships"
    clerk.post(f"{page}/new", data={"relative": dao.code.lower(), "term": "parent"})
    assert "<strong>mẹ đẻ</strong>" in clerk.get(f"/persons/{hoa.code}").text
    assert "<strong>con gái</strong>" in clerk.get(f"/persons/{dao.code}").text
    twice = clerk.post(f"{page}/new", data={"relative": dao.code, "term": "child"})
    assert (twice.status_code, f'value="{dao.code}"' in twice.text) == (409, True)
    clerk.post(f"{page}/{dao.code}/remove")
    assert record(cast, dao.code)["kinships"] == []


def test_what_people_say_is_recorded_and_withdrawn(clerk, cast):
    factories.notice()
    code = factories.person().code
    page = f"/persons/{code}"
    said = {
        "state": "given",
        "purposes[]": ["events"],
        "channels[]": ["email"],
        "method": "paper",
        "signed_on": "01/02/2026",
    }
    unproven = clerk.post(f"{page}/consents/new", data=said)
    assert unproven.status_code == 422
    assert 'href="#f-evidence"' in unproven.text
    assert 'value="given" checked' in unproven.text
    proven = {**said, "evidence": "phiếu 12", "notice": "events/1"}
    assert clerk.post(f"{page}/consents/new", data=proven).status_code == 303
    assert "<strong>Đồng ý</strong>, 01/02/2026" in clerk.get(page).text
    assert "phiếu 12" in clerk.get(f"{page}/consents").text
    clerk.post(f"{page}/withdrawal", data={"method": "email", "signed_on": "02/02/2026"})
    assert clerk.get(page).text.count("mọi kênh: <strong>Rút lại</strong>, 02/02/2026") == len(Purpose)


def test_standing_is_recorded_and_shown(clerk, cast):
    code = factories.person().code
    page = f"/persons/{code}"
    assert clerk.post(f"{page}/standing").status_code == 422
    clerk.post(f"{page}/standing", data={"restricted": "true"})
    assert "Hạn chế liên hệ từ" in clerk.get(page).text
    clerk.post(f"{page}/standing", data={"restricted": "false", "deceased_on": "01/02/2026"})
    shown = clerk.get(page).text
    assert ("Hạn chế liên hệ từ" in shown, "Đã mất ngày 01/02/2026" in shown) == (False, True)


def test_the_protection_officer_opens_one_record_with_a_reason(cast, client):
    code = factories.person("Lê Thị Đào").code
    officer = reader(client, "protection_officer")
    assert officer.post("/inspections", data={"code": code}).status_code == 422
    shown = officer.post("/inspections", data={"code": code, "reason": "khiếu nại 3/2026"}).text
    assert "Lê Thị Đào" in shown
    assert f"/persons/{code}/edit" not in shown
    assert officer.get(f"/persons/{code}").status_code == 403


def test_the_record_shows_all_there_is_and_says_what_is_missing(clerk):
    code = factories.person("Đặng Thị Hòa", **WHOLE).code
    shown = clerk.get(f"/persons/{code}").text
    for words in (
        "08/1968",
        "Bà",
        "Tiếng Séc",
        "Praha",
        "Libušská 319",
        "Thế hệ 1,5",
        "Bán buôn và bán lẻ",
        "01/02/2026",
    ):
        assert words in shown
    bare = clerk.get(f"/persons/{factories.person().code}").text
    assert re.search(r"Chưa ghi:[^.]*Thành phố", bare)
    assert "Công việc và nguyện vọng" not in bare


def test_every_field_has_its_place_on_a_page(clerk):
    new, find = clerk.get("/persons/new").text, clerk.get("/persons").text
    parts = {"contact_points": "contact_points-0-value", "memberships": "memberships-0-association"}
    # Of whom it is not, a page asks once somebody is like them.
    for name in {**PersonForm().fields, **EnrolForm().fields}.keys() - {"distinct_from"}:
        assert re.search(rf'name="{parts.get(name, name)}(\[\])?"', new), name
    for name in FilterForm().fields:
        assert re.search(rf'name="filters\.{name}(\[\])?"', find), name


def test_every_field_of_a_record_is_shown(clerk):
    code = factories.person("Đặng Thị Hòa", **WHOLE).code
    template = (clerk.application.jinja_env.loader.get_source(clerk.application.jinja_env, "people/record.html"))[0]
    unnamed = {"home_epoch", "home_code", "province", "commune", "sector_version", "version"}
    assert [name for name in disclosure.RECORD.columns if name not in template and name not in unnamed] == []
    assert code in clerk.get(f"/persons/{code}").text


def test_each_filter_of_a_search_is_a_tag_that_can_be_taken_away(clerk):
    factories.person("Đặng Thị Hòa", country="CZ", born="1968")
    factories.person("Đặng Văn Ba", country="PL", born="1990")
    wanted = {"filters.countries[]": ["Séc", "PL"], "filters.age_to": "70", "filters.kinds[]": ["abroad"]}
    wanted |= {"filters.consents_to": "events", "filters.consent_channels[]": ["email"]}
    page = clerk.post("/persons", data={"text": "dang", **wanted}, follow_redirects=True).text
    tags = re.findall(r'class="tag">([^<]*) <', page)
    assert tags == [
        "Nước: Séc",
        "Nước: Ba Lan",
        "Tuổi đến: 70",
        "Loại: Kiều bào",
        *(f"{field}: {value}" for field, value in (tag.split(": ") for tag in tags[4:])),
    ]
    assert len(tags) == 6

    def without(words):
        form = next(one for one in page.split("<form")[1:] if words in one)
        sent = MultiDict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))
        return {key: values for key, values in sent.to_dict(flat=False).items() if key != "csrf_token"}

    assert without("Nước: Séc")["filters.countries[]"] == ["PL"]
    assert "filters.age_to" not in without("Tuổi đến: 70")
    assert without("Tuổi đến: 70")["text"] == ["dang"]
    assert not {"filters.consents_to", "filters.consent_channels[]"} & without(tags[4]).keys()
    found = clerk.post("/persons", data=without(tags[4]), follow_redirects=True).text
    assert "Đặng Thị Hòa" in found


def test_an_error_stands_beside_the_row_that_was_typed_whatever_else_the_page_offers(clerk):
    sent = {**NEW, "contact_points-0-channel": "phone", "said.method": "paper", "said.notice": "of-the-day"}
    sent |= {"contact_points-1-channel": "email", "contact_points-1-value": "abc@"}
    page = clerk.post("/persons/new", data=sent)
    assert page.status_code == 422
    assert re.search(r'id="f-contact_points-0-value"[^>]*value="abc@"[^>]*aria-invalid', page.text)
    assert re.search(r'<option value="email" selected', page.text)
    assert 'href="#f-said' not in page.text
    factories.notice()
    sent |= {"contact_points-1-value": "dao@example.com", "said.purposes[]": ["events"], "said.channels[]": ["email"]}
    sent |= {"said.state": "given", "said.signed_on": "01/01/2019", "said.evidence": "phiếu 12"}
    page = clerk.post("/persons/new", data=sent)
    assert '<a href="#f-said-notice">' in page.text
    assert re.search(r'<select[^>]*id="f-said-notice"[^>]*aria-invalid', page.text)


def test_the_next_form_of_a_pile_tells_whom_it_recorded_but_not_in_the_clear(clerk):
    answer = clerk.post("/persons/new", data={**NEW, "onwards": "1"})
    assert answer.location == "/persons/new?onwards=1"
    cookie = answer.headers["Set-Cookie"].split("=", 1)[1].split(".")[0]
    kept = base64.urlsafe_b64decode(cookie + "===")
    assert "Đặng".encode() not in kept
    assert b"KB-" not in kept
    page = clerk.get(answer.location).text
    assert re.search(r"Đã ghi hồ sơ Đặng Thị Hòa, mã KB-", page)
    assert 'value="Đặng Thị Hòa"' not in page


def test_how_an_edit_is_read_is_no_search(cast, clerk):
    made = clerk.post("/persons/new", data=NEW).location.rpartition("/")[2]
    form = fields_in(clerk.get(f"/persons/{made}/edit"))
    lines = db.session.scalar(select(func.count()).select_from(AuditEntry))
    db.session.rollback()
    page = clerk.post("/persons/new/look", data={**form, "home": "xã Cẩm Bình"}).text
    assert re.search(r'id="f-home-read"[^>]*>Xã Cẩm Bình<', page)
    alone = clerk.post("/persons/new/look?alone=1", data={**form, "home": "xã Cẩm Bình"}).text
    assert '<p id="f-home-read">Xã Cẩm Bình</p>' in alone
    assert "<form" not in alone
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == lines
