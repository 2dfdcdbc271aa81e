"""The demo province: accounts, notices, people and their kin, what they said, three occasions, and what came of one."""

import base64
import hashlib
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from typing import Any

from flask import Flask, current_app
from sqlalchemy import select

from kieubao.access import accounts, factors
from kieubao.access.accounts import Opening
from kieubao.access.models import Account, Organisation
from kieubao.access.session import actor_named
from kieubao.consent import ledger, notices, wordings
from kieubao.consent import service as consents
from kieubao.consent.ledger import Word
from kieubao.consent.schemas import NoticeForm
from kieubao.consent.vocabulary import YES, Channel, Method, Purpose, State
from kieubao.contributions import service as contributions
from kieubao.db import db, writing
from kieubao.ground import clock, kinship
from kieubao.occasions import service as occasions
from kieubao.occasions.vocabulary import Offer, Stage
from kieubao.outreach import organizer as desk
from kieubao.outreach import service as outreach
from kieubao.outreach.vocabulary import Format, fitting
from kieubao.outreach.wording import in_vietnamese
from kieubao.people import bonds, census, registry
from kieubao.people.records import Contact, Record
from kieubao.plans import service as plans
from kieubao.sample import OFFICE, people, unsettled
from kieubao.segments import service as segments
from kieubao.walls import Sight, confined

ORGANISATIONS = {
    "clerk": "Sở Ngoại vụ tỉnh Hà Tĩnh",
    "approver": "Sở Ngoại vụ tỉnh Hà Tĩnh",
    "organizer": "Liên hiệp các tổ chức hữu nghị tỉnh Hà Tĩnh",
    "police": "Công an tỉnh Hà Tĩnh",
    "police_head": "Công an tỉnh Hà Tĩnh",
    "protection_officer": "Văn phòng UBND tỉnh Hà Tĩnh",
    "admin": "Trung tâm Chuyển đổi số tỉnh Hà Tĩnh",
    "admin2": "Trung tâm Chuyển đổi số tỉnh Hà Tĩnh",
}
HOLDERS = (
    *("Phan Thu Trang", "Nguyễn Quốc Việt", "Lê Mai Anh", "Trần Đình Nam", "Hồ Sỹ Hải", "Võ Thị Thanh", "Đậu Minh"),
    "Bùi Thị Hạnh",
)
USERNAMES = tuple(ORGANISATIONS)
# Kin who bear the family's name, and kin who need not.
BLOOD = ("parent", "elder_sibling", "younger_sibling", "child", "chu")
TERMS = (*BLOOD, "spouse", "di")


def init_app(app: Flask, samples: Sequence[Callable[[], object]]) -> None:
    """Let the province have what features bring that stand by themselves."""
    app.extensions["kieubao.samples"] = samples


def is_empty() -> bool:
    return db.session.scalars(select(Account.id)).first() is None


def codes_now() -> list[tuple[str, str]]:
    """Return each sample account and the code that is right for it now, in the demo; nothing elsewhere."""
    password = current_app.config["DEMO_PASSWORD"] if current_app.config["DEMO"] else None
    return [(name, factors.code_now(_totp(password, name))) for name in USERNAMES] if password else []


@confined(Sight(everyone=True))
def fill(count: int, password: str, progress: Callable[[int], Any]) -> None:
    """Fill an empty database: accounts, notices, people and their kin, what they said, three occasions."""
    chance = random.Random(2026)  # noqa: S311 - the same province every time
    writing()
    _accounts(password)
    shown = {purpose: _notice(purpose) for purpose in (Purpose.EVENTS, Purpose.INVESTMENT, Purpose.INFORMATION)}
    relatives = count * 3 // 10
    abroad = [*map(_by_letter, unsettled(list(islice(people(chance), count - relatives))))]
    terms = chance.choices(TERMS, k=relatives)
    families = [
        one.values["name"].split()[0] if term in BLOOD else None for one, term in zip(abroad, terms, strict=False)
    ]
    away = registry.enrol(abroad, OFFICE, None)
    progress(len(away))
    kin = [_by_letter(next(people(chance, "home", family))) for family in families]
    home = registry.enrol(kin, OFFICE, None)
    bonds.tie((one.id, other.id, t, kinship.inverse(t)) for one, other, t in zip(away, home, terms, strict=False))
    everyone = zip((*away, *home), (*abroad, *kin), strict=True)
    ledger.record([word for one, record in everyone for word in _words(chance, one.id, record, shown)], None)
    for one in chance.sample(away, count // 100):
        ledger.restand(one.id, **chance.choice(({"deceased_on": date(2025, 5, 1)}, {"restricted_at": clock.now()})))
    db.session.commit()
    _occasions()
    _roster()
    for more in current_app.extensions["kieubao.samples"]:
        more()
    census.keep(census.counted())
    db.session.commit()
    progress(count)


def _accounts(password: str) -> None:
    for (name, organisation), holder in zip(ORGANISATIONS.items(), HOLDERS, strict=True):
        opened = accounts.open_account(Opening(name, holder, name.rstrip("2"), organisation, [OFFICE]))
        factors.equip(opened, password, _totp(password, name))


def _totp(password: str, username: str) -> str:
    """Return a sample account's secret: made from its password, so that no other account's can be shown."""
    return base64.b32encode(hashlib.sha256(f"{password}.{username}".encode()).digest()[:20]).decode()


def _notice(purpose: Purpose) -> int:
    offices = (current_app.config["OFFICE_VI"], current_app.config["OFFICE_EN"])
    said = NoticeForm().load(wordings.proposed(purpose, *offices))
    del said["seen"]
    return notices.write(in_force_on=date(2026, 1, 1), **said).id


def _by_letter(record: Record) -> Record:
    """Return somebody who left nothing else with the address of a house at home."""
    address = f"Thôn 1, {record.values['home_text']}, tỉnh Hà Tĩnh"
    return record if record.contacts else replace(record, contacts=(Contact(Channel.POST, address, address),))


def _words(chance: random.Random, person: int, record: Record, shown: Mapping[Purpose, int]) -> Iterator[Word]:
    """Give what one person said: most of them something, every state among them, of the channels they left."""
    channels = {point.channel: point for point in record.contacts}
    for purpose, notice in shown.items():
        if chance.choices((True, False), (9, 11))[0]:
            continue
        state = chance.choices(tuple(State), (12, 2, 3, 2))[0]
        signed = clock.now() - timedelta(days=chance.randrange(5, 300))
        until = chance.choices((None, signed.date() + timedelta(days=chance.randrange(30, 700))), (5, 1))[0]
        for channel in channels:
            proof: dict[str, Any] = {"evidence": f"phiếu mẫu {person}", "notice_id": notice, "valid_until": until}
            yield Word(person, purpose, channel, state, Method.PAPER, signed, **(proof if state in YES else {}))


# By a name of their own, of which the lists below are made.
SEGMENTS: Mapping[str, dict[str, Any]] = {
    "Hàn Quốc": {"title": "Kiều bào tại Hàn Quốc và thân nhân", "filter": {"countries": ["KR"], "kin": "with"}},
}
OCCASIONS: Sequence[tuple[dict[str, Any], dict[str, Any]]] = (
    (
        {
            "kind": "event",
            "title": "Gặp mặt kiều bào và thân nhân Tết Đinh Mùi 2027",
            "task": "HT-4",
            "host": "Sở Ngoại vụ tỉnh Hà Tĩnh",
            "place": "Nhà văn hóa tỉnh, phường Thành Sen",
            "starts_on": date(2027, 1, 30),
            "starts_at": "08:30",
            "reply_by": date(2027, 1, 20),
            "seats": 400,
        },
        {"title": "Khách mời gặp mặt Tết", "purpose": "events", "filter": {"kinds": ["abroad"]}},
    ),
    (
        {
            "kind": "delegation",
            "title": "Đoàn công tác của tỉnh thăm Hàn Quốc",
            "task": "HT-5",
            "country": "KR",
            "cities": ["Seoul", "Ansan"],
            "leader": "Phó Chủ tịch UBND tỉnh",
            "starts_on": date(2027, 4, 12),
            "ends_on": date(2027, 4, 18),
        },
        {"title": "Kiều bào tại Hàn Quốc", "purpose": "information", "filter": {"segments": ["Hàn Quốc"]}},
    ),
    (
        {
            "kind": "investment_call",
            "title": "Kêu gọi đầu tư vào Khu kinh tế Vũng Áng",
            "task": "HT-1",
            "place": "Vũng Áng",
            "sectors": ["C", "H"],
            "skills": "cơ khí, logistics, kỹ sư",
            "capital_from": 50,
            "reply_by": date(2027, 6, 30),
        },
        {
            "title": "Doanh nhân quan tâm đầu tư",
            "purpose": "investment",
            "filter": {"interests": ["investment", "trade"]},
        },
    ),
)


AGREEMENT: Mapping[str, str] = {
    "number": "01/TT-BG (mẫu)",
    "document": "Bản giấy mẫu, Văn phòng UBND tỉnh",
    "aim": "Mời kiều bào và thân nhân dự gặp mặt, sự kiện của tỉnh",
    "data": "Họ tên, cách xưng hô, nơi ở, kênh liên lạc của người đã đồng ý nhận lời mời",
    "period": "Đến hết sự kiện; bên nhận xóa tệp trong 30 ngày sau đó và báo lại",
    "basis": "Sự đồng ý của từng người (Điều 9 Luật 91/2025/QH15)",
    "protection": "Máy có mật khẩu, không gửi qua mạng xã hội, không sao chép cho bên thứ ba",
    "rights": "Người được mời có thể xem, sửa, rút lại; bên nhận chuyển yêu cầu về tỉnh trong 2 ngày làm việc",
    "cooperation": "Bên nhận ngừng liên hệ ngay khi có thông báo và báo ngay khi lộ, mất dữ liệu",
}


def _a_year() -> dict[str, date]:
    today = clock.today()
    return {"signed_on": today, "valid_from": today, "valid_until": today + timedelta(days=365)}


# What became of the first whom the call suits.
CONTRIBUTIONS: Sequence[dict[str, Any]] = (
    {"kind": Offer.INVESTMENT, "stage": Stage.COMPLETED, "project": "Xưởng cơ khí Kỳ Anh", "worth": 62_000}
    | {"unit": "2025:42", "note": "Giấy chứng nhận đầu tư mẫu số 12/2026"},
    {
        "kind": Offer.INVESTMENT,
        "stage": Stage.PREPARING,
        "project": "Kho lạnh cảng Vũng Áng",
        "note": "Đang khảo sát đất",
    },
    {"kind": Offer.KNOWLEDGE, "stage": Stage.UNDER_WAY, "project": "Dạy nghề hàn cho thanh niên xã"},
    {"kind": Offer.DONATION, "stage": Stage.INTERESTED, "note": "Muốn góp xây trường mầm non"},
)


def _contributions(call: str) -> None:
    clerk = actor_named("clerk")
    for one, said in zip(contributions.suited(clerk, call)["suited"], CONTRIBUTIONS, strict=False):
        contributions.record(clerk, person=one["person"], occasion=call, stands_since=clock.today(), **said)


def _occasions() -> None:
    """Draw three lists up as people would: one published and pulled, one waiting for approval, one a draft."""
    clerk, approver, organizer = (actor_named(name) for name in ("clerk", "approver", "organizer"))
    asked = {"channels": ["phone", "email", "post"], "fields": ["name", "form_of_address", "country", "city"]}
    saved, codes = {name: segments.save(clerk, **one)["code"] for name, one in SEGMENTS.items()}, []
    asks = {task["reference"]: task["code"] for task in plans.take_over(approver, key="HT-2023")["tasks"]}
    for occasion, drawn_up in OCCASIONS:
        held = occasions.hold(clerk, **occasion | {"task": asks[occasion["task"]]})
        whom = {key: [saved.get(one, one) for one in some] for key, some in drawn_up["filter"].items()}
        codes.append(outreach.draft(clerk, occasion=held["code"], **asked, **drawn_up | {"filter": whom})["code"])
    _contributions(held["code"])
    for code in codes[:2]:
        outreach.submit(clerk, code)
    outreach.approve(approver, codes[0], digest=outreach.preview(approver, codes[0])["digest"])
    issue = outreach.publish(approver, codes[0], worded=in_vietnamese)["issues"][0]
    holder = db.session.scalars(select(Organisation.code).where(Organisation.id == organizer.organisation_id)).one()
    until = clock.today() + timedelta(days=30)
    formats = fitting(asked["channels"])
    officer = actor_named("protection_officer")
    agreement = consents.write_agreement(officer, holder, **AGREEMENT, **_a_year())["code"]
    terms = {"fields": asked["fields"], "formats": formats, "until": until, "agreement": agreement}
    granted = outreach.grant(approver, codes[0], organisation=holder, **terms)
    outreach.widen(officer, granted["grant"], rows=5_000, pulls_a_day=5)
    desk.pull(organizer, issue["code"], reason="In giấy mời (mẫu)", format=Format.CSV).content.close()


ROSTER: Mapping[str, Any] = {
    "title": "Người Hà Tĩnh tại Hàn Quốc",
    "purpose": "protection",
    "channels": ["phone", "email"],
    "fields": ["name", "city"],
    "filter": {"countries": ["KR"]},
}


def _roster() -> None:
    """Draw a roster up that an approver approved: it waits for the protection officer."""
    clerk, approver = (actor_named(name) for name in ("clerk", "approver"))
    case = {"title": "Diễn tập bảo hộ công dân", "country": "KR", "emergency": "Bão lớn tại Busan (mẫu)"}
    held = occasions.hold(clerk, kind="protection", **case, document="Công điện mẫu số 12")
    code = outreach.draft(clerk, occasion=held["code"], **ROSTER)["code"]
    outreach.submit(clerk, code)
    outreach.approve(approver, code, digest=outreach.preview(approver, code)["digest"])
