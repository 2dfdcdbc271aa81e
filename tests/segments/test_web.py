"""Segments on their pages and by the API: built, counted, explained; nothing is lost on the way."""

import re

import pytest
from flask import current_app
from sqlalchemy import select, update

from kieubao.db import db
from kieubao.occasions import agenda
from kieubao.outreach.models import OutreachList, Segment
from kieubao.outreach.schemas import AskedForm
from kieubao.outreach.wording import PHRASES, sentence
from kieubao.segments import service
from kieubao.segments.schemas import GroupForm
from tests import factories
from tests.outreach.test_web import FILTER, association
from tests.pages.province import reader, sign_in_accounts
from tests.pages.sending import fields_in

NAMED = {"DS-7F3Q-9XKC-2": "Tết 2026", "ND-7F3Q-9XKC-2": "Đông Á"}


@pytest.fixture
def cast(app):
    return sign_in_accounts()


@pytest.fixture
def clerk(cast, client):
    return reader(client, "clerk")


def saved(cast, **wanted):
    return service.save(cast["clerk"], title="Đông Á", filter=wanted)["code"]


def test_a_clerk_builds_one_looks_and_saves_it(cast, clerk):
    for name, where in (("An", "KR"), ("Bình", "JP"), ("Chi", "CZ")):
        factories.person(name, country=where)
    assert "Chưa có nhóm nào" in clerk.get("/segments").text
    groups = {"filter.any-0-countries[]": ["Hàn Quốc", "Nhật Bản"], "filter.none-0-countries[]": ["Nhật Bản"]}
    typed = {"title": "Hàn Quốc", **groups, "filter.any-0-kin": "", "filter.kinds[]": ["abroad"]}
    looked = clerk.post("/segments/look", data=typed)
    assert "<strong>1</strong> người" in looked.text
    assert "; trừ [những người sống ở Nhật Bản]." in looked.text
    assert "Những người là Kiều bào" in looked.text
    assert "Chưa có nhóm nào" in clerk.get("/segments").text
    # What was typed is all there, and is what is saved.
    sent = {name: value for name, value in fields_in(looked).items() if any(value)}
    page = clerk.post("/segments/new", data=sent, follow_redirects=True)
    assert "Đã lưu nhóm đối tượng" in page.text
    (one,) = service.all_of_them(cast["clerk"])
    assert one["filter"] == {
        "kinds": ["abroad"], "any": [{"countries": ["KR", "JP"]}], "none": [{"countries": ["JP"]}],
    }  # fmt: skip
    assert "<strong>1</strong> người" in page.text


def test_every_filter_there_is_comes_back_from_its_page(cast, clerk):
    lists = [factories.listed(cast["clerk"]).code]
    past = {"on_lists": lists, "off_lists": lists, "invited_since": "2026-01-31", "not_invited_since": "2026-02-28"}
    past |= {"attended": [held := agenda.hold({"kind": "event", "title": "Tết"}).code], "turned_down": [held]}
    past |= {"attended_since": "2026-03-31", "never_attended": True}
    call = agenda.hold({"kind": "investment_call", "title": "Kêu gọi đầu tư"}).code
    past |= {"work": ["điện gió"], "suits": [call], "contributed": ["investment"], "contributed_since": "2026-04-30"}
    every = {**FILTER, "associations": [association()], **past, "never_invited": True}
    assert set(every) == set(AskedForm().fields)
    wanted = {**every, "any": [{**every, "kin": "with"}, {"kinds": ["home"]}], "none": [every], "kin": "alone"}
    assert set(wanted) == set(GroupForm().fields)
    code = saved(cast, **wanted)
    form = clerk.get(f"/segments/{code}/edit")
    assert clerk.post(f"/segments/{code}/edit", data=fields_in(form)).status_code == 303
    assert service.read(cast["clerk"], code)["filter"] == wanted
    changed = {**fields_in(form), "title": ["Châu Á"]}
    assert clerk.post(f"/segments/{code}/edit", data=changed).status_code == 303
    overtaken = clerk.post(f"/segments/{code}/edit", data={**changed, "filter.any-1-kinds[]": ["abroad"]})
    assert overtaken.status_code == 412
    assert "(Loại: Thân nhân trong nước)" in overtaken.text
    looked = clerk.post(f"/segments/look?segment={code}", data=fields_in(clerk.get(f"/segments/{code}/edit")))
    assert f'action="/segments/{code}/edit"' in looked.text
    assert fields_in(looked)["filter.any-0-countries[]"][:3] == ["Séc", "Congo - Brazzaville", "Hàn Quốc"]


def test_a_group_within_a_group_is_not_lost_on_a_page(cast, clerk):
    code = saved(cast, any=[{"none": [{"kinds": ["home"]}]}])
    assert "sửa qua API" in clerk.get(f"/segments/{code}").text
    assert clerk.get(f"/segments/{code}/edit").status_code == 409


def test_what_a_clerk_does_not_see_is_not_lost_from_a_list_on_its_page(cast, clerk):
    """Another clerk, of more units, changed the segment: the list must not widen by being saved again."""
    code = saved(cast, countries=["KR"])
    listed = factories.listed(cast["clerk"], segments=[code]).code
    db.session.execute(update(Segment).values(scope=["01", "42"]))
    db.session.commit()
    page = clerk.get(f"/lists/{listed}")
    assert "vượt ra ngoài" in page.text
    form = fields_in(clerk.get(f"/lists/{listed}/edit"))
    assert form["filter.segments[]"] == [code]
    assert clerk.post(f"/lists/{listed}/edit", data=form).status_code == 422
    odd = form | {"filter.on_lists-0-x": ["1"], "filter.off_lists": ["DS-1"]}
    assert clerk.post(f"/lists/{listed}/edit", data=odd).status_code == 422
    assert db.session.scalars(select(OutreachList.filter)).all() == [{"segments": [code]}]


def test_how_many_there_are_is_told_before_it_has_a_title(clerk):
    factories.person(country="KR")
    looked = clerk.post("/segments/look", data={"filter.countries[]": ["Hàn Quốc"]})
    assert (looked.status_code, "<strong>1</strong> người" in looked.text) == (200, True)
    assert clerk.post("/segments/new", data={"filter.countries[]": ["Hàn Quốc"]}).status_code == 422


def test_what_is_wrong_is_told_beside_its_field(clerk):
    page = clerk.post("/segments/look", data={"title": "x", "filter.any-0-countries[]": ["Nước Không Có"]})
    assert page.status_code == 422
    assert 'href="#f-filter-any-0-countries-0"' in page.text
    assert 'value="Nước Không Có"' in page.text


def test_a_list_is_drawn_up_of_a_segment_and_says_whom_it_names(cast, clerk):
    factories.consent(factories.person(country="KR").id)
    code = saved(cast, countries=["KR"])
    occasion = factories.listed(cast["clerk"]).occasion.code
    form = fields_in(clerk.get(f"/lists/new?segment={code}&occasion={occasion}"))
    assert form["filter.segments[]"] == [code]
    form |= {"title": "Tết", "purpose": "events", "channels[]": ["email"], "fields[]": ["name"]}
    page = clerk.post("/lists/new", data=form, follow_redirects=True)
    assert "Những người thuộc nhóm “Đông Á”." in page.text
    counted = re.findall(r'<th scope="row">([^<]+)</th>\s*<td>1</td>', page.text)
    assert counted == ["E-mail", "Hàn Quốc", "Xã Cẩm Xuyên", "Chưa ghi"]
    assert clerk.post(f"/segments/{code}/discard").status_code == 409
    unused = saved(cast)
    assert clerk.post(f"/segments/{unused}/discard", follow_redirects=True).status_code == 200
    assert [one["code"] for one in service.all_of_them(cast["clerk"])] == [code]


def told(wanted, language):
    app = current_app._get_current_object()
    with app.app_context(), app.test_request_context(headers={"Accept-Language": language}, path="/api/"):
        return sentence(wanted, NAMED)


def test_a_filter_is_a_sentence_in_either_language(app):
    assert told({}, "vi") == "Tất cả trong phạm vi."
    korea = {"kinds": ["abroad"], "countries": ["KR", "JP"], "age_from": 18, "kin": "with"}
    assert told(korea, "vi") == (
        "Những người là Kiều bào, sống ở Hàn Quốc hoặc Nhật Bản, từ 18 tuổi trở lên, và thân nhân của họ."
    )
    groups = {"any": [{"countries": ["KR"]}, {"sectors": ["F"]}], "none": [{"on_lists": ["DS-7F3Q-9XKC-2"]}]}
    assert told(groups, "en") == (
        "People who are in one of these groups: [people who live in South Korea] or [people who work in Construction]; "
        "but nobody of: [people who were on “Tết 2026”]."
    )
    segment = {"segments": ["ND-7F3Q-9XKC-2"], "except_segments": ["ND-0000-0000-0"], "invited_since": "2026-01-31"}
    assert told(segment, "en") == (
        "People who belong to “Đông Á”, who were invited since 31/01/2026; but nobody of: “ND-0000-0000-0”."
    )


def test_there_are_words_for_every_filter():
    assert set(AskedForm().fields) | {"segments"} == set(PHRASES)


@pytest.fixture
def api(client, cast):
    return lambda method, path, **sent: client.open(
        f"/api/v1/segments{path}",
        method=method,
        headers=factories.bearer(cast["clerk"]) | sent.pop("headers", {}),
        **sent,
    )


def test_the_api_saves_counts_changes_and_deletes(api):
    factories.person("An", country="KR")
    made = api("POST", "", json={"title": "Đông Á", "filter": {"none": [{"countries": ["Nhật Bản"]}]}})
    assert (made.status_code, made.json["filter"]) == (201, {"none": [{"countries": ["JP"]}]})
    path, tag = f"/{made.json['code']}", made.headers["ETag"]
    assert api("GET", f"{path}/counts").json["countries"] == {"KR": 1}
    assert api("GET", path).json["explained"] == "Tất cả trong phạm vi; trừ [những người sống ở Nhật Bản]."
    assert api("PATCH", path, json={"title": "x"}).status_code == 428
    changed = api("PATCH", path, json={"title": "Châu Á"}, headers={"If-Match": tag})
    assert (changed.json["title"], changed.json["filter"]) == ("Châu Á", made.json["filter"])
    assert api("PATCH", path, json={"title": "y"}, headers={"If-Match": tag}).status_code == 412
    assert [one["title"] for one in api("GET", "").json] == ["Châu Á"]
    assert api("POST", "/counts", json={"filter": {"kinds": ["home"]}}).json["people"] == 0
    assert api("DELETE", path).status_code == 204
    assert api("GET", path).status_code == 404


def test_what_is_too_deep_too_many_or_unknown_is_refused(api):
    deep = {"kinds": ["home"]}
    for _level in range(400):
        deep = {"any": [deep]}
    home = {"kinds": ["home"]}
    for wanted, field in (
        (deep, "filter.any"), ({"any": [{"any": [{"none": [home]}]}]}, "filter.any"),
        ({"any": [{"none": [home] * 15}] * 2}, "filter.any"), ({"any": [home] * 31}, "filter.any"),
        ({"none": [{}]}, "filter.none"), ({"any": [{"never_invited": False}]}, "filter.any"),
        ({"any": [{"colour": ["red"]}]}, "filter.any.0.colour"), ({"any": {"kinds": ["home"]}}, "filter.any"),
        ({"kin": "all"}, "filter.kin"), ({"invited_since": "2999-01-01"}, "filter.invited_since"),
    ):  # fmt: skip
        answer = api("POST", "/counts", json={"filter": wanted})
        assert answer.status_code == 422, wanted
        assert list(answer.json["errors"]) == [field], answer.json
