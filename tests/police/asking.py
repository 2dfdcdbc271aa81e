"""A desk that is enabled, those who sit at it, and what they ask and decide."""

from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

from kieubao.access import accounts
from kieubao.access.models import Account
from kieubao.access.trail import Line
from kieubao.db import db
from kieubao.ground import clock
from kieubao.police import approval, office, requests, service, tellings
from kieubao.police.decisions import Decided
from kieubao.police.models import Mandate
from kieubao.police.vocabulary import Delay, Item, Mode
from tests import factories

POLICE, OFFICE = "Công an tỉnh Hà Tĩnh", "Văn phòng UBND tỉnh"
MANDATE = {"instrument": "QĐ 12/2026 (mẫu)", "issuer_name": "UBND tỉnh Hà Tĩnh", "issued_on": "2026-01-05"}
NAMED = {"vi": "Ủy ban nhân dân tỉnh", "en": "People's Committee", "contact": "bao-ve@hatinh.example"}
HOME = "2025:18673"


def mandate(admin, second, officer, mode=Mode.ACCOUNT, **more):
    """The desk, enabled by three people: its code."""
    said = {**MANDATE, "issued_on": clock.today() - timedelta(30), "mode": mode, **more}
    approval.propose_mandate(admin, said)
    code = approval.all_mandates(admin)[0]["code"]
    approval.second_mandate(second, code)
    approval.confirm_mandate(officer, code)
    return code


def desk(mode=Mode.ACCOUNT):
    """Everybody there is at a desk that is enabled."""
    actor = factories.actor
    made = {
        "officer": actor("police", organisation=POLICE),
        "head": actor("police_head", organisation=POLICE),
        "protection": actor("protection_officer", organisation=OFFICE),
        "chief": actor("approver", organisation=OFFICE),
        "other_chief": actor("approver", organisation=OFFICE),
        "admin": actor("admin", organisation="Trung tâm CĐS"),
        "second": actor("admin", organisation="Trung tâm CĐS"),
    }
    if mode:
        made["mandate"] = mandate(made["admin"], made["second"], made["protection"], mode)
    return SimpleNamespace(**made)


def one(name="Nguyễn Thị Đào", born="1968", items=("name", "country"), **more):
    """Somebody who is asked for, and why of each item."""
    whys = {f"why_{item}": "để xác minh nơi ở" for item in items}
    return {"name": name, "born": born, "home": "Xã Cẩm Xuyên", "home_unit": HOME, **whys, **more}


def asked(*people, **more):
    """What an officer asks, as its form gives it."""
    today = clock.today()
    return {
        "case_number": "12/2026",
        "case_on": today - timedelta(3),
        "need": "missing",
        "offence": None,
        "instrument": "QĐ 45/CQĐT",
        "issuer": "investigation",
        "issuer_name": "Cơ quan CSĐT",
        "issued_on": today - timedelta(2),
        "expires_on": today + timedelta(30),
        "own_registers": "người này cư trú ở nước ngoài",
        "subjects": [*people] or [one()],
        **more,
    }


def entered(d, *people, unit=POLICE, officer="Lê Văn Cảnh", head="Trần Văn Trưởng", **more):
    return office.enter(d.protection, unit, officer, head, asked(*people, **more))


def filed(d, *people, **more):
    """A request that an officer filed and their head endorsed: its code."""
    code = service.file(d.officer, asked(*people, **more))["code"]
    service.endorse(d.head, code)
    return code


def gives(person=None, number=1, items=(), of=("name", "country"), channel=None):
    """What is decided of one: what is given, of what was asked."""
    given = frozenset(Item(one) for one in items)
    return Decided(number, "đúng người", person and person.code, given, dict.fromkeys(map(Item, of), "cần"), channel)


def released(d, person, *people, items=("name", "country"), channel=None, **more):
    """A request that was released: its code."""
    code = filed(d, *(people or [one(items=items)]), **more)
    office.decide(d.protection, code, [gives(person, items=items, of=items, channel=channel)], None)
    return code


def deferred(d, person):
    """A request that was released and of which its person is told later: its code."""
    code = filed(d, defer="life", defer_why="nạn nhân bị đe dọa")
    office.decide(d.protection, code, [gives(person, items=("name",))], (Delay.LIFE, "nạn nhân bị đe dọa"))
    approval.approve(d.chief, code)
    return code


def username(actor):
    return db.session.get(Account, actor.id).username


def written_of(person_id, officer):
    """A request on somebody, as it stands in its tables."""
    enabled = Mandate(code=f"UQ-{person_id}", mode=Mode.DESK, instrument="1", issuer_name="x", issued_on=clock.today())
    enabled.proposed_by = officer.id
    db.session.add(enabled)
    db.session.flush()
    filed = requests.Filed(accounts.organisation(POLICE).id, officer.id, "Lê Văn Cảnh", "Trần Văn Trưởng")
    db.session.info["line"] = Line(officer, "police.enter")
    made = requests.file(enabled, filed, asked())
    del db.session.info["line"]
    (subject,) = requests.subjects(made)
    subject.person_id = person_id
    tellings.owe(made.id, person_id, [], clock.now())


@contextmanager
def at(monkeypatch, moment):
    """Have it be another moment, for those who ask the clock."""
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: moment)
        patched.setattr(clock, "today", lambda: clock.day_of(moment))
        db.session.rollback()
        yield
        db.session.rollback()
