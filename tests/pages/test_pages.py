"""What pages have in common, without a page."""

from datetime import date

import pytest
from marshmallow import ValidationError

from kieubao import choices, forms, pages, shown
from kieubao.forms import Form, Many, Value, choice
from kieubao.ground.errors import Conflict, Invalid, SignInNeeded, VersionNeeded
from kieubao.pages import Filled


class Small(Form):
    name = Value(required=True)
    note = Value(allow_none=True)
    tags = Many(choice(["a", "b"]))


def again(form=None, **names):
    return form


def posted(app, **data):
    return app.test_request_context("/x", method="POST", data=data)


def view_of(outcome, **options):
    @pages.takes(Small, again, **options)
    def view(values):
        if isinstance(outcome, Exception):
            raise outcome
        return values

    return view


def test_a_filled_form_knows_what_is_typed_at_a_path():
    form = Filled({"name": "Hòa", "points": [{"value": "1"}], "tags": ["a"]})
    assert [form.value(path) for path in ("name", "points.0.value", "points.1.value", "points.x", "none.at.all")] == [
        "Hòa",
        "1",
        "",
        "",
        "",
    ]
    assert form.several("tags", 2) == ["a", "", ""]
    assert form.several("name.x") == [""]


def test_names_and_groups_of_inputs():
    assert [pages.name_of(path) for path in ("name", "points.0.value", "filter.kinds")] == [
        "name",
        "points-0-value",
        "filter.kinds",
    ]
    assert pages.leaf("filter.countries.1") == "countries"


def test_what_is_sent_is_grouped(app):
    with posted(app, **{"filter.kinds[]": ["abroad"], "filter.age_from": "3", "points-4-value": "1", "name": "Hòa"}):
        assert pages.sent() == {
            "filter": {"kinds": ["abroad"], "age_from": "3"},
            "points": [{"value": "1"}],
            "name": "Hòa",
        }


def test_a_view_gets_what_the_form_reads(app):
    with posted(app, name="  Hòa ", version="3"):
        assert view_of(None)() == {"name": "Hòa"}
        assert view_of(None, whole=True)() == {"name": "Hòa", "note": None, "tags": []}


@pytest.mark.parametrize(
    ("error", "status", "at"),
    [
        (Invalid("nay", field="note"), 422, "note"),
        (Conflict("nay"), 409, pages.WHOLE),
        (ValidationError({"note": ["nay"]}), 422, "note"),
    ],
)
def test_a_refusal_comes_back_on_its_page(app, error, status, at):
    with posted(app, name="Hòa", note="x"):
        form, answered, *_headers = view_of(error)()
    assert (form.typed, form.errors, answered) == ({"name": "Hòa", "note": "x"}, {at: ["nay"]}, status)


@pytest.mark.parametrize("name", ["no_such", "7", "7.7", "tags.x.7", "<b>"])
def test_a_field_no_page_has_is_told_of_as_of_the_whole(app, client, name):
    with posted(app, name="Hòa", **{name: "x"}):
        form, answered = view_of(None)()
    assert (answered, list(form.errors)) == (422, [pages.WHOLE])
    answer = client.post("/sign-in", data={name: "x"})
    assert (answer.status_code, "<b>" in answer.text) == (422, False)


def test_who_is_not_signed_in_signs_in_first(app):
    with posted(app, name="Hòa"), pytest.raises(SignInNeeded):
        view_of(SignInNeeded("first"))()


def test_another_language_is_no_act_unless_it_only_reads(app):
    with posted(app, name="Hòa", language="en"):
        assert view_of(None)().typed["name"] == "Hòa"
        assert view_of(None, reads=True)() == {"name": "Hòa"}


def test_a_page_names_the_version_it_shows(app):
    with posted(app, version="7"):
        assert pages.expected_version() == 7
    with posted(app, version="x"), pytest.raises(VersionNeeded):
        pages.expected_version()


def test_values_are_shown_and_typed_in_the_readers_language(app):
    values = {"born": "1987~", "country": "CZ", "languages": ["vi", "cs"], "confirmed_on": "2026-02-01", "city": None}
    with app.test_request_context():
        assert shown.typed(values) == {
            "born": "khoảng 1987",
            "country": "Séc",
            "languages": ["Tiếng Việt", "Tiếng Séc"],
            "confirmed_on": "01/02/2026",
        }
        assert shown.shown("interests", ["trade", "charity"]) == "Thương mại, xuất nhập khẩu; Từ thiện, an sinh"
        assert shown.number(1234) == "1.234"
        assert shown.reached("zalo", "+84383456789") == "0383 456 789"
        assert shown.reached("post", "+ hộp thư 5") == "+ hộp thư 5"
        assert shown.shown("home_units", ["2024:99999"]) == "2024:99999"
    with app.app_context(), app.test_request_context(headers={"Accept-Language": "en"}, path="/api/"):
        assert shown.typed({"born": "1968-08"}) == {"born": "08/1968"}
        assert shown.shown("born", "1968~") == "about 1968"
        assert shown.number(1234) == "1,234"


def test_a_unit_from_elsewhere_stays_to_be_chosen(app):
    with app.test_request_context():
        assert choices.units_here("2025:00004")[0][0] == "2025:00004"
        assert choices.units_here("") == choices.units_here("2025:18673")


@pytest.mark.parametrize("text", ["14/08/1948", "14-8-1948", "14.08.1948", "14081948", "1948-08-14", "19480814"])
def test_a_day_is_read_however_it_is_typed(app, text):
    assert forms.day().deserialize(text) == date(1948, 8, 14)


@pytest.mark.parametrize("text", ["14/08/48", "1408148", "32081948", "14131948", "140819480"])
def test_what_is_no_day_is_refused(app, text):
    with app.test_request_context(), pytest.raises(ValidationError):
        forms.day().deserialize(text)
