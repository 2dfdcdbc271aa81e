"""Whom a call suits: by reasons that an oracle reads off each person, and only those who may be asked."""

import random
import re

import pytest

from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.contributions import service
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import NotFound
from kieubao.ground.text import fold
from kieubao.occasions import agenda, giving, turnout
from kieubao.occasions.turnout import Said
from kieubao.occasions.vocabulary import Answer, Presence
from kieubao.people.suitability import WEIGHTS, Reason
from tests import factories

CALL = {"kind": "investment_call", "title": "Kêu gọi đầu tư", "sectors": ["A", "D"], "skills": "điện gió; Logistics,,"}
HERE = {"place": "Xã Cẩm Xuyên"}
WORK = ("Kỹ sư điện gió", "Giám đốc LOGISTICS", "Điện", "gió và điện", "Thợ may", None)


def call(**more):
    made = agenda.hold({**CALL, **HERE, **more})
    db.session.commit()
    return made.code


def suited(clerk, code):
    """Whom a call suits, the best first: names, and why."""
    return [(one["name"], one["reasons"]) for one in service.suited(clerk, code)["suited"]]


def agrees(person, **said):
    factories.consent(person.id, purpose=Purpose.INVESTMENT, **said)
    return person


def test_each_reason_speaks_for_somebody_and_the_weightiest_come_first(cast):
    clerk, away = cast["clerk"], {"home_unit": "2025:18685"}
    agrees(factories.person("Lê Quê"))
    agrees(factories.person("Lê Ngành", sector="D", **away))
    agrees(factories.person("Lê Nghề", workplace="Công ty Điện gió Kỳ Anh", **away))
    agrees(factories.person("Lê Muốn", interests=["investment"], **away))
    came, had = (agrees(factories.person(f"Lê {name}", **away)) for name in ("Đến", "Rót"))
    agrees(factories.person("Lê Không", interests=["charity"], **away))
    before = agenda.hold({"kind": "investment_call", "title": "Kêu gọi năm trước"})
    declined = agrees(factories.person("Lê Từ", **away))
    turnout.record(before, {came.id: Said(presence=Presence.ATTENDED)}, clerk.account_id)
    turnout.record(before, {declined.id: Said(Answer.DECLINED)}, clerk.account_id)
    done = {"kind": "investment", "stage": "completed", "stands_since": clock.today(), "project": "Kho lạnh"}
    giving.record(had.id, None, done | {"worth": 5, "unit": "2025:42"}, clerk.account_id)
    assert suited(clerk, call()) == [
        ("Lê Rót", ["invested"]),
        ("Lê Ngành", ["sector"]),
        ("Lê Nghề", ["skills"]),
        ("Lê Muốn", ["interest"]),
        ("Lê Đến", ["came"]),
        ("Lê Quê", ["home"]),
    ]
    assert [*WEIGHTS] == [*Reason]
    assert [*WEIGHTS.values()] == sorted(WEIGHTS.values(), reverse=True)


@pytest.mark.parametrize("place", [None, "Khu kinh tế Vũng Áng", "Cẩm Bình hoặc Cẩm Xuyên"])
def test_a_call_that_says_less_gives_fewer_reasons(cast, place):
    agrees(factories.person("Lê Quê", sector="A", occupation="Điện gió"))
    agrees(factories.person("Lê Muốn", interests=["investment"]))
    code = agenda.hold({"kind": "investment_call", "title": "Kêu gọi đầu tư", "place": place}).code
    db.session.commit()
    assert suited(cast["clerk"], code) == [("Lê Muốn", ["interest"])]


def test_nobody_is_told_of_who_may_not_be_asked_or_is_out_of_the_units(cast):
    code = call()
    fits = {"interests": ["investment"]}
    agrees(factories.person("Lê Được", **fits))
    agrees(factories.person("Lê Thôi", **fits), state=State.WITHDRAWN)
    factories.consent(factories.person("Lê Khác", **fits).id, purpose=Purpose.EVENTS)
    factories.person("Lê Chưa", **fits)
    assert [name for name, _why in suited(cast["clerk"], code)] == ["Lê Được"]
    for units in (("18685",), ()):
        assert suited(factories.actor("clerk", units=units), code) == []


def test_only_a_call_suits_anybody(cast):
    code = agenda.hold({"kind": "event", "title": "Tết"}).code
    db.session.commit()
    with pytest.raises(NotFound, match="call for investment"):
        service.suited(cast["clerk"], code)


def oracle(one):
    """Why to ask somebody, as their record reads."""
    words = [f" {fold(one[name] or '')} " for name in ("occupation", "position", "workplace")]
    sought = [fold(skill) for skill in re.split("[,;]", CALL["skills"]) if skill.strip()]
    reasons = {
        Reason.INVESTED: one["invested"],
        Reason.SECTOR: one["sector"] in CALL["sectors"],
        Reason.SKILLS: any(f" {skill} " in said for skill in sought for said in words),
        Reason.INTEREST: "investment" in one["interests"],
        Reason.CAME: one["came"],
        Reason.HOME: one["home_unit"] == "2025:18673",
    }
    return [reason for reason in Reason if reasons[reason]]


@pytest.mark.timeout(120)
def test_two_hundred_people_are_told_as_an_oracle_reads_them(cast):
    chance, clerk, wanted = random.Random(5), cast["clerk"], {}
    before = agenda.hold({"kind": "investment_call", "title": "Kêu gọi năm trước"})
    for number in range(200):
        one = {name: chance.choice(WORK) for name in ("occupation", "position", "workplace")}
        one |= {"sector": chance.choice(["A", "C", "D", None]), "home_unit": f"2025:{chance.choice([18673, 18685])}"}
        one["interests"] = chance.sample(["investment", "trade", "charity"], chance.randrange(3))
        person = factories.person(f"Lê Thị {number:03}", **one)
        agrees(person, channel=chance.choice([*Channel])) if (may := chance.random() < 0.7) else None
        one["came"], one["invested"] = chance.random() < 0.2, chance.random() < 0.1
        if one["came"]:
            turnout.record(before, {person.id: Said(Answer.ACCEPTED)}, clerk.account_id)
        if one["invested"]:
            said = {"kind": "investment", "stage": "under_way", "stands_since": clock.today(), "project": "Kho"}
            giving.record(person.id, None, said, clerk.account_id)
        if may and (reasons := oracle(one)):
            wanted[person.code] = reasons
    sheet = service.suited(clerk, call())
    found = {one["person"]: one["reasons"] for one in sheet["suited"]}
    weights = [one["weight"] for one in sheet["suited"]]
    assert sheet["found"] == len(wanted) > 100 == len(found)
    assert found.items() <= wanted.items()
    assert weights == sorted(weights, reverse=True)
    left = [sum(WEIGHTS[why] for why in reasons) for code, reasons in wanted.items() if code not in found]
    assert max(left) <= weights[-1]
