"""What is wrong with a form is said of its field, in the reader's language."""

import pytest
from flask_babel import force_locale
from marshmallow import ValidationError

from kieubao.forms import flat
from kieubao.ground.vocabulary import EDUCATION, GENDER, GENERATION, INTEREST, SECTOR
from kieubao.people.records import Member
from kieubao.people.schemas import (
    EnrolForm,
    FilterForm,
    KinshipForm,
    PersonForm,
    SearchForm,
    SpokenForm,
    StandingForm,
    UnitQuery,
    WithdrawForm,
)
from tests import factories

YES = {
    "purposes": ["events"],
    "channels": ["email"],
    "state": "given",
    "method": "paper",
    "signed_on": "2026-01-01",
    "evidence": "phiếu 12",
    "notice": "events/1",
}


def email(value, **more):
    return {"contact_points": [{"channel": "email", "value": value, **more}]}


def phone(value):
    return {"contact_points": [{"channel": "phone", "value": value}]}


PERSON = factories.form()
# The form, what is sent, the field, and words of what is said in Vietnamese and in English.
WRONG = [
    (EnrolForm, {**PERSON, "name": "  "}, "name", "điền", "Fill this in or choose"),
    (EnrolForm, {**PERSON, "name": None}, "name", "điền", "Fill this in or choose"),
    (EnrolForm, {**PERSON, "name": 7}, "name", "Không đọc được", "cannot be read"),
    (EnrolForm, {**PERSON, "name": "x" * 161}, "name", "160", "at most 160 characters"),
    (EnrolForm, {**PERSON, "religion": "x"}, "religion", "Không có mục này", "no such field"),
    (EnrolForm, {**PERSON, "kind": "spy"}, "kind", "abroad, home", "Choose one of: abroad, home"),
    (EnrolForm, {**PERSON, "country": "VN"}, "country", "nước khác", "another country than"),
    (EnrolForm, {**PERSON, "country": "Atlantis"}, "country", "Atlantis", "Atlantis"),
    (EnrolForm, {**PERSON, "born": "31/02/1990"}, "born", "31", "31"),
    (EnrolForm, {**PERSON, "confirmed_on": "01/01/2999"}, "confirmed_on", "chưa đến", "still to come"),
    (EnrolForm, {**PERSON, "confirmed_on": "0001-01-01"}, "confirmed_on", "14/08/1948", "14/08/1948"),
    (EnrolForm, {**PERSON, "home_unit": "2025:99999"}, "home_unit", "99999", "99999"),
    (EnrolForm, {**PERSON, "other_names": ["x"] * 11}, "other_names", "10", "at most 10"),
    (EnrolForm, {**PERSON, "interests": {"trade": 1}}, "interests", "Không đọc được", "cannot be read"),
    (EnrolForm, {**PERSON, "interests": ["spying"]}, "interests.0", "chọn một trong", "Choose one of"),
    (EnrolForm, {**PERSON, **email("a b@example.com")}, "contact_points.0.value", "a b@example.com", "e-mail address"),
    (EnrolForm, {**PERSON, **email("a@example.com", owner="cat")}, "contact_points.0.owner", "self", "Choose one of"),
    (EnrolForm, {**PERSON, **phone("0987.110.742"), "country": "TH"}, "contact_points.0.value", "có thể là", "may be"),
    (EnrolForm, {**PERSON, **phone("12")}, "contact_points.0.value", "số điện thoại", "not a telephone number"),
    (EnrolForm, {**PERSON, "contact_points": "x"}, "contact_points", "Không đọc được", "cannot be read"),
    (
        EnrolForm,
        {**PERSON, "memberships": [{"association": "x"}]},
        "memberships.0.country",
        "điền",
        "Fill this in or choose",
    ),
    (EnrolForm, [], "_schema", "Không đọc được", "cannot be read"),
    (FilterForm, {"age_from": -1}, "age_from", "0", "from 0 to 130"),
    (FilterForm, {"cities": [str(n) for n in range(501)]}, "cities", "500", "at most 500"),
    (FilterForm, {"consent_channels": ["email"]}, "consents_to", "mục đích", "Say to which purpose"),
    (FilterForm, {"communes": ["2"]}, "communes.0", "2", "2"),
    (SearchForm, {"size": 101}, "size", "100", "from 1 to 100"),
    (SearchForm, {"filters": {"ages": 1}}, "filters.ages", "Không có mục này", "no such field"),
    (KinshipForm, {"relative": "KB-7F3Q-9XKC-H", "term": "spouse"}, "relative", "KB-7F3Q-9XKC", "is not a code"),
    (KinshipForm, {"relative": "KB-7F3Q-9XKC-2", "term": "boss"}, "term", "chọn một trong", "Choose one of"),
    (SpokenForm, {**YES, "evidence": None}, "evidence", "điền", "Fill this in or choose"),
    (SpokenForm, {k: v for k, v in YES.items() if k != "notice"}, "notice", "điền", "Fill this in or choose"),
    (SpokenForm, {**YES, "purposes": []}, "purposes", "điền", "Fill this in or choose"),
    (SpokenForm, {**YES, "signed_on": "2026-13-01"}, "signed_on", "2026-13-01", "is not a day"),
    (WithdrawForm, {"method": "paper"}, "signed_on", "điền", "Fill this in or choose"),
    (StandingForm, {"deceased_on": "01/01/2999"}, "deceased_on", "chưa đến", "still to come"),
    (StandingForm, {"restricted": "perhaps"}, "restricted", "Không đọc được", "cannot be read"),
    (UnitQuery, {"name": "x", "province": "99"}, "province", "99", "no unit 99"),
]


def refused(form, sent, language):
    with force_locale(language):
        with pytest.raises(ValidationError) as caught:
            form().load(sent)
        return flat(caught.value.normalized_messages())


def test_what_is_wrong_is_said_of_its_field_in_two_languages(app):
    with app.test_request_context():
        for form, sent, field, vi, en in WRONG:
            for language, words in (("vi", vi), ("en", en)):
                said = refused(form, sent, language)
                assert list(said) == [field], (said, field)
                assert words in said[field][0]


EVERYTHING = {
    **PERSON,
    "name": "Đặng Thị Hòa",
    "other_names": ["Hoa Dang"],
    "born": "14/08/1968",
    "gender": GENDER.codes[0],
    "form_of_address": "ba",
    "preferred_language": "tiếng Séc",
    "languages": ["vi", "tiếng Séc"],
    "country": "Séc",
    "region": "Praha 4",
    "city": "Praha",
    "address": "Libušská 319",
    "status": "settled",
    "citizenship": "vn",
    "generation": GENERATION.codes[0],
    "occupation": "đầu bếp",
    "occupation_group": "5",
    "sector": SECTOR.codes[0],
    "workplace": "Nhà hàng Sen",
    "position": "chủ quán",
    "education": EDUCATION.codes[0],
    "interests": [INTEREST.codes[0]],
    "note": "gọi sau 18 giờ",
    "confirmed_on": "01/02/2026",
    "memberships": [{"association": "Hội đồng hương", "country": "Séc", "role": "thủ quỹ"}],
    **email("Hoa@Example.com", verified_on="01/02/2026"),
    "distinct_from": ["KB-7F3Q-9XKC-2"],
}


def test_every_field_of_a_person_is_taken(app):
    with app.test_request_context():
        form = EnrolForm()
        sent = {**EVERYTHING}
        for name in ("form_of_address", "citizenship"):
            sent[name] = form.fields[name].metadata["enum"][0]
        assert set(sent) == set(form.fields)
        record = form.load(sent)
        values = record.values
    assert (values["country"], values["born"], values["languages"]) == ("CZ", "1968-08-14", ["vi", "cs"])
    assert (values["home_epoch"], values["home_code"]) == (2025, "18673")
    assert values["sector_version"]
    assert record.distinct_from == {"KB-7F3Q-9XKC-2"}
    assert [(c.raw, c.value) for c in record.contacts] == [("Hoa@Example.com", "hoa@example.com")]
    assert record.memberships == (Member("Hội đồng hương", "CZ", "thủ quỹ"),)


CLEARED = [name for name, field in PersonForm().fields.items() if field.allow_none]


def test_what_may_be_unknown_may_be_cleared(app):
    assert len(CLEARED) > 15
    with app.test_request_context():
        for name in CLEARED:
            assert set(PersonForm(partial=True).load({name: None}).values()) == {None}, name


def test_a_change_holds_what_was_sent_and_no_more(app):
    with app.test_request_context():
        assert PersonForm(partial=True).load({}) == {}
        assert PersonForm(partial=True).load({"city": " Brno "}) == {"city": "Brno"}


@pytest.mark.parametrize("value", ["\x00\u200b", "\ud800", " \n"])
def test_what_cannot_be_seen_is_nothing(app, value):
    with app.test_request_context(), pytest.raises(ValidationError) as refused:
        EnrolForm().load({**PERSON, "name": value})
    assert list(refused.value.messages) == ["name"]


def test_values_are_taken_once(app):
    with app.test_request_context():
        spoken = SpokenForm().load({**YES, "channels": ["email", "email", "post"]})
        twice = EnrolForm().load({**PERSON, "contact_points": email("a@example.com")["contact_points"] * 2})
    assert list(spoken.channels) == ["email", "post"]
    assert len(twice.contacts) == 1


@pytest.mark.parametrize(("country", "e164"), [("CZ", "+420601555148"), ("VN", None)])
def test_a_number_is_read_as_of_the_country_lived_in(app, country, e164):
    with app.test_request_context():
        sent = {**PERSON, "kind": "home" if country == "VN" else "abroad", "country": country, **phone("601 555 148")}
        if e164:
            assert EnrolForm().load(sent).contacts[0].value == e164
        else:
            with pytest.raises(ValidationError):
                EnrolForm().load(sent)
