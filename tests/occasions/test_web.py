"""The pages of occasions: what a kind asks, and that a form loses nothing."""

from datetime import date

import pytest

from kieubao.ground.errors import Conflict, NotFound
from kieubao.occasions import service
from kieubao.occasions.schemas import OccasionForm
from kieubao.outreach import lists, organizer
from kieubao.outreach import service as outreach
from kieubao.outreach.models import Grant
from kieubao.plans import service as plans
from tests import factories
from tests.occasions.test_service import OF_ALL, VALUES
from tests.pages.province import reader, sign_in_accounts
from tests.pages.sending import fields_in


@pytest.fixture
def cast(app):
    return sign_in_accounts()


@pytest.fixture
def clerk(cast, client):
    return reader(client, "clerk")


def held(cast, kind, **values):
    more = {"languages": ["vi", "en"], "description": "Kính mời", "country": "VN", "reply_by": "20/01/2027"}
    return service.hold(cast["clerk"], **OccasionForm().load({"kind": kind, **OF_ALL, **more, **values}))["code"]


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("event", ["starts_at", "seats"]),
        ("delegation", ["leader", "cities"]),
        ("investment_call", ["sectors", "capital_from", "capital_to", "skills"]),
        ("protection", ["emergency", "document"]),
    ],
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_form_that_is_sent_as_it_is_changes_nothing(cast, clerk, kind, names, language):
    task = plans.take_over(cast["approver"], key="HT-2023")["tasks"][0]["code"]
    code = held(cast, kind, task=task, **{name: VALUES[name] for name in names})
    before = service.read(cast["clerk"], code)
    clerk.post("/language", data={"language": language})
    address = f"/occasions/{code}/edit"
    assert clerk.post(address, data=fields_in(clerk.get(address))).status_code == 303
    assert service.read(cast["clerk"], code) == before


def test_the_kind_is_asked_first_and_nothing_that_is_sent_breaks_it(clerk):
    assert clerk.get("/occasions/new").text.count("/occasions/new?kind=") == 5
    for sent in ({"kind[]": "event"}, {"kind.a": "x"}, {"kind": "wedding"}, {}):
        assert clerk.post("/occasions/new", data={"title": "t", **sent}).status_code == 422
    wrong = clerk.post("/occasions/new", data={"kind": "bulletin", "title": "t", "seats": "5"})
    assert wrong.status_code == 422


def test_who_was_slower_sees_what_differs_alone(cast, clerk):
    code = held(cast, "event", seats="400")
    form = fields_in(clerk.get(f"/occasions/{code}/edit"))
    service.edit(cast["clerk"], code, version=1, values={"place": "Thành Sen"})
    late = clerk.post(f"/occasions/{code}/edit", data={**form, "seats": "300"})
    assert late.status_code == 412
    shown = late.text.split("<tbody>")[1].split("</tbody>")[0]
    assert ("Thành Sen" in shown, "300" in shown, shown.count("<tr>")) == (True, True, 2)


def test_a_lunar_day_is_told_beside_the_other(clerk):
    sent = {"kind": "event", "title": "Rằm tháng Giêng", "starts_on": "15/01/2027 ÂL"}
    page = clerk.post("/occasions/new", data=sent, follow_redirects=True).text
    assert "20/02/2027" in page
    assert "(rằm tháng Giêng năm Đinh Mùi)" in page


def test_an_approval_is_of_what_the_list_is_for(cast):
    drawn = factories.listed(cast["clerk"])
    code, occasion = drawn.code, drawn.occasion.code
    outreach.submit(cast["clerk"], code)
    seen = outreach.preview(cast["approver"], code)["digest"]
    service.edit(cast["clerk"], occasion, version=1, values={"title": "Việc khác"})
    with pytest.raises(Conflict, match="no longer what you saw"):
        outreach.approve(cast["approver"], code, digest=seen)
    outreach.approve(cast["approver"], code, digest=outreach.preview(cast["approver"], code)["digest"])
    service.edit(cast["clerk"], occasion, version=2, values={"place": "Thành Sen"})
    service.edit(cast["clerk"], occasion, version=3, values={"host": "Cơ quan khác"})
    with pytest.raises(Conflict, match="changed since"):
        outreach.publish(cast["approver"], code)


def test_an_organisation_reads_of_it_as_long_as_its_issue_is_open(cast, client):
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"])
    issue.outreach_list.occasion.starts_on = date(2027, 1, 30)
    code, drawn = issue.code, issue.outreach_list
    factories.db.session.commit()
    window = reader(client, "organizer")
    assert "30/01/2027" in window.get(f"/issues/{code}").text
    factories.db.session.query(Grant).update({"until": date(2020, 1, 1)})
    factories.db.session.commit()
    assert "30/01/2027" not in window.get(f"/issues/{code}").text
    with pytest.raises(NotFound):
        organizer.occasion(cast["organizer"], code)
    assert not lists.is_closed(drawn)
