"""Forms that are read straight say the same as marshmallow's own care."""

import random

import pytest
from marshmallow import RAISE, Schema, ValidationError

from kieubao.people.schemas import EnrolForm, FilterForm, PersonForm, SpokenForm
from kieubao.straight import Straight
from tests import factories

CONTACTS = (
    {"channel": "phone", "value": "601 123 456"},
    {"channel": "sms", "value": "+84 984 593 143", "owner": "relative", "verified_on": "1/2/2020"},
    {"channel": "zalo", "value": "0168 345 6789", "country": "VN"},
    {"channel": "email", "value": "Tam@Example.com"},
    {"channel": "post", "value": "Praha 4"},
    {"channel": "phone", "value": "12"},
    {"channel": "fax", "value": "1", "more": "x"},
    {"channel": "email"},
    "nothing",
)
# Of every field: nothing, what is right, and what is not.
SAID = {
    "kind": ("abroad", "home", "here", ""),
    "name": ("Nguyễn Văn Tâm", "x" * 161, "", 7),
    "other_names": (["Tom", "Tom"], ["x"] * 11, "Tom", [None]),
    "born": ("14/8/48", "1957-10", None, "31/2/1950", "2990"),
    "gender": ("female", None, "x"),
    "languages": (["vi", "tiếng Séc"], ["xx"], None),
    "home": ("xã Cẩm Xuyên", "Kỳ Lợi, TX Kỳ Anh", "đâu đó", None, " "),
    "home_unit": ("2025:18673", "2024:18673", "2025:1", None),
    "country": ("Séc", "VN", "CZ", "Tiệp Khắc", None, "đâu"),
    "address": ("Libušská 12", None, "x" * 201),
    "sector": ("C", None, "?"),
    "interests": ([], ["science"], ["x"]),
    "confirmed_on": ("1/1/2020", "1/1/2990", "x"),
    "legal_basis": ("19.1.c", "consent", "20"),
    "contact_points": ([], *([one] for one in CONTACTS), [*CONTACTS[:4]], [CONTACTS[1], CONTACTS[5]], "x", None),
    "memberships": ([{"association": "Hội", "country": "Séc"}], [{"association": "Hội", "role": ""}]),
    "nickname": ("x",),
}
SPOKEN = {
    "purposes": (["events"], [], ["x"]),
    "channels": (["email", "phone"], "email"),
    "state": ("given", "refused"),
    "method": ("paper", "x"),
    "signed_on": ("1/2/2020", "x"),
    "evidence": ("phiếu", ""),
    "notice": ("events/1", None),
    "valid_until": ("1/2/2030",),
}
FILTERS = {
    "countries": (["Séc"], ["x"]),
    "age_from": (16, 200, "x"),
    "consents_to": ("events",),
    "consent_channels": (["email"],),
    "communes": (["18673"], ["0"]),
}


def some(chance, said, often):
    """Return a form as it may be sent: most of it right, which is what each field begins with."""
    sent = {name for name in said if chance.random() < 0.6}
    return {name: said[name][0] if chance.random() < often else chance.choice(said[name]) for name in sent}


def told(load, data, **options):
    try:
        return load(data, **options), None
    except ValidationError as error:
        return error.valid_data, error.messages


@pytest.mark.parametrize(("seed", "often"), [(1, 0.4), (2, 0.95), (3, 0.95)])
@pytest.mark.parametrize(
    ("form", "fixed", "said"),
    [
        (EnrolForm(), {**factories.FIXED, "kind": "abroad", "name": "Tâm"}, SAID),
        (PersonForm(), {**factories.FIXED, "kind": "abroad", "name": "Tâm"}, SAID),
        (PersonForm(partial=True), {}, SAID),
        (SpokenForm(), {"purposes": ["events"], "channels": ["sms"], "state": "refused"}, SPOKEN),
        (FilterForm(), {}, FILTERS),
        (FilterForm(many=True), {}, FILTERS),
    ],
    ids=lambda one: type(one).__name__,
)
def test_a_form_is_read_as_marshmallow_reads_it(app, monkeypatch, form, fixed, said, seed, often):  # noqa: PLR0917 - each is a case's
    chance = random.Random(seed)
    sent = [{**fixed, **some(chance, said, often)} for _n in range(100)]
    if form.many:
        sent = [sent[n : n + 2] for n in range(0, 100, 2)]
    with app.test_request_context():
        straight = [told(form.load, one) for one in sent]
        monkeypatch.setattr(Straight, "load", Schema.load)
        assert straight == [told(form.load, one) for one in sent]
    assert len({wrong is None for _read, wrong in straight}) == 2 or often < 0.9


def test_no_hook_asks_for_more_than_one_form(app):
    forms = set(classes(Straight))
    assert EnrolForm in forms
    hooks = [hook for form in forms for hooks in form._hooks.values() for hook in hooks]
    assert not [name for name, many, options in hooks if many or options.get("pass_original")]
    assert not [form for form in forms if form._hooks["validates"]]


def classes(above):
    for one in above.__subclasses__():
        yield one
        yield from classes(one)


@pytest.mark.parametrize("sent", [None, "x", [], [{}], {1: 2}, {"kind": "home", None: 1}])
def test_what_is_no_form_is_refused_as_marshmallow_does(app, monkeypatch, sent):
    with app.test_request_context():
        straight = told(PersonForm().load, sent)
        monkeypatch.setattr(Straight, "load", Schema.load)
        assert straight == told(PersonForm().load, sent)


@pytest.mark.parametrize("options", [{"partial": True}, {"partial": ("name",)}, {"unknown": RAISE}])
def test_what_is_asked_otherwise_is_marshmallow_s_affair(app, monkeypatch, options):
    monkeypatch.delattr(Straight, "_straight")
    with app.test_request_context():
        assert told(PersonForm().load, {"kind": "home"}, **options) == told(
            lambda sent, **more: Schema.load(PersonForm(), sent, **more), {"kind": "home"}, **options
        )
