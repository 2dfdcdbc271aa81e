"""A small province that pages can be shown of, and the accounts that sign in to it."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from kieubao import worker
from kieubao.access import accounts
from kieubao.access import service as access
from kieubao.access.roles import ASSIGNABLE, PUBLIC, SYSTEM, Actor
from kieubao.access.session import actor_for
from kieubao.consent import service as notices
from kieubao.consent import wordings
from kieubao.consent.schemas import NoticeForm
from kieubao.consent.vocabulary import Channel, Matter, Purpose, State
from kieubao.contributions import service as contributions
from kieubao.db import db
from kieubao.duplicates import service as duplicates
from kieubao.edits import service as edits
from kieubao.edits.rules import Change
from kieubao.edits.service import Chosen
from kieubao.edits.vocabulary import Op
from kieubao.ground import clock
from kieubao.ground.errors import Forbidden
from kieubao.ground.signatures import SigningKey
from kieubao.homes import service as homes
from kieubao.intake import service as intake
from kieubao.occasions import service as occasions
from kieubao.occasions.turnout import Said
from kieubao.occasions.vocabulary import Answer, Kind, Offer, Speaker, Stage
from kieubao.outreach import links, lists, organizer, segments
from kieubao.oversight import reviews
from kieubao.oversight import service as overseeing
from kieubao.oversight.vocabulary import Outcome, Verdict
from kieubao.people import bonds
from kieubao.people import service as people
from kieubao.people.records import Contact, home_of
from kieubao.pins import service as pinning
from kieubao.plans import service as plans
from kieubao.police import figures
from kieubao.police import office as police_office
from kieubao.police import service as police
from kieubao.police import works as police_works
from kieubao.police.vocabulary import Delay
from kieubao.registrations import recipient as registering
from kieubao.registrations.arrived import Sent
from kieubao.registrations.schemas import reading
from kieubao.registrations.vocabulary import Registrant
from kieubao.responses import organizer as inviting
from kieubao.responses import service as responses
from kieubao.retention import service as retention
from kieubao.rights import service as rights
from kieubao.rights.requests import Asked
from kieubao.rights.steps import News
from kieubao.rights.vocabulary import Kind as RequestKind
from kieubao.rights.vocabulary import Step, Way
from kieubao.visits import recipient, wishes, works
from kieubao.visits import service as visits
from kieubao.visits.models import ContactWish
from kieubao.walls import Sight, confined
from tests import factories
from tests.police import asking
from tests.police.asking import POLICE
from tests.retention.ages import ago, old
from tests.signing import let_in
from tests.visits.coming import NAMED, SITE, come, given, proved


def sign_in_accounts() -> dict[str, Actor]:
    """One account of each role, called by it; the organizer is of another office."""
    office = {"organizer": "Hội Liên lạc với người Việt Nam ở nước ngoài"} | dict.fromkeys(
        ("police", "police_head"), POLICE
    )
    cast = {
        role.value: actor_for(
            factories.account(
                role.value,
                username=role.value.replace("_", ""),
                organisation=office.get(role.value, "Sở Ngoại vụ"),
            )
        )
        for role in ASSIGNABLE
    }
    # Signing in writes, so that a transaction which has read before it could not write on SQLite.
    db.session.rollback()
    return cast


@dataclass(frozen=True)
class Province:
    cast: dict[str, Actor]
    codes: dict[str, Any]

    @property
    def roles(self) -> set[str]:
        return {role for role, _address in addresses(self.codes)}


def furnish() -> Province:
    """People of every kind, a list in every state, an issue that was pulled and a no since."""
    cast = sign_in_accounts()
    hoa = factories.person(
        "Đặng Thị Hòa",
        country="CZ",
        born="14/08/1968",
        gender="female",
        city="Praha",
        address="Libušská 319, Praha 4",
        status="settled",
        generation="1",
        occupation="Chủ cửa hàng",
        sector="G",
        interests=["trade", "charity"],
        languages=["vi", "cs"],
        other_names=["Hoa Dang"],
        note="Thường về quê dịp Tết",
        contact_points=[
            {"channel": "phone", "value": "+420 601 555 148", "verified_on": "2026-01-05"},
            {"channel": "email", "value": "hoa@example.com", "verified_on": "2026-01-05"},
            {"channel": "zalo", "value": "01683456789", "owner": "relative"},
        ],
        memberships=[{"association": "Hội người Hà Tĩnh tại Séc", "country": "CZ", "role": "Phó chủ tịch"}],
    )
    binh = factories.person(
        "Trần Văn Bình", country="PL", contact_points=[{"channel": "email", "value": "binh@example.com"}]
    )
    dao = factories.person("Lê Thị Đào", kind="home", country="VN", gender="female", born="1942")
    for text, unit in (("Xóm 3, Kỳ Lợi", None), ("Xã Kỳ Lợi, TX Kỳ Anh", "2024:18796")):
        factories.person("Hồ Thị Sáu", kind="home", country="VN", home=text, home_unit=unit)
    bonds.tie([(hoa.id, dao.id, "parent", "child")])
    factories.notice()
    for one in (hoa, binh):
        factories.consent(one.id)
    factories.consent(hoa.id, State.REFUSED, Purpose.INVESTMENT, Channel.PHONE, evidence=None, notice_id=None)
    factories.consent(hoa.id, purpose=Purpose.INVESTMENT)
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"])
    pulled = organizer.pull(cast["organizer"], issue.code, reason="in giấy mời", format="csv")
    pulled.content.close()
    factories.consent(binh.id, State.WITHDRAWN, evidence=None, notice_id=None)
    groups = {"countries": ["CZ"], "any": [{"kinds": ["abroad"]}], "none": [{"never_invited": True}], "kin": "with"}
    segment = segments.save(cast["clerk"], "Kiều bào tại Séc và thân nhân", groups).code
    draft = factories.listed(cast["clerk"], countries=["CZ", "PL"], age_from=16, segments=[segment])
    submitted = factories.listed(cast["clerk"], purpose=Purpose.INVESTMENT)
    lists.submit(submitted)
    db.session.commit()
    codes = {"hoa": hoa.code, "dao": dao.code, "issue": issue.code, "published": issue.outreach_list.code}
    codes |= {"pull": pulled.pull, "link": links.written(pulled.pull, 0), "segment": segment}
    codes |= {"home": homes.all_unsettled(cast["clerk"])["homes"][0]["key"]}
    codes |= {"draft": draft.code, "submitted": submitted.code, "occasion": draft.occasion.code}
    codes |= planned(cast)
    codes["held"] = answered(cast, issue.code, hoa.code, dao.code)
    codes |= contributed(cast, hoa.code) | asked(cast, hoa.code, dao.code)
    codes |= visited(cast, hoa)
    codes |= kept(cast)
    codes |= at_the_desk(cast, hoa)
    codes["scan"] = rights.keep_scan(cast["clerk"], hoa.code, b"%PDF-1.7 signed")["code"]
    codes |= oversee(cast, [hoa.code, binh.code, dao.code])
    codes |= edited(cast)
    codes |= sent_in(cast, hoa.code)
    codes |= doubled(cast)
    pinning.pin(cast["clerk"], hoa.code)
    pinning.keep(cast["clerk"], "Kiều bào trẻ tại Nhật", {"filters": {"countries": ["JP"], "age_to": "35"}})
    codes["until"] = (clock.today() + timedelta(days=7)).strftime("%d/%m/%Y")
    people.count(SYSTEM)
    return Province(cast, codes)


def answered(cast: dict[str, Actor], issue: str, guest: str, relative: str) -> str:
    """What people said to the occasion of an issue: by whoever invited, and in somebody's place. Return its code."""
    occasion = organizer.occasion(cast["organizer"], issue)["code"]
    inviting.record(cast["organizer"], issue, guest, Said(Answer.ACCEPTED, companions=2, channel="email"))
    daughter = {"said_by": Speaker.RELATIVE, "spoken_by": "chị Hòa, con gái"}
    responses.record(cast["clerk"], occasion, relative, Said(Answer.UNREACHED, channel="phone"))
    responses.record(cast["clerk"], occasion, relative, Said(Answer.DECLINED, note="đi lại khó", **daughter))
    return occasion


def contributed(cast: dict[str, Actor], investor: str) -> dict[str, str]:
    """A call for investment that suits somebody, and what came of it so far."""
    clerk, today = cast["clerk"], clock.today()
    asked = {"sectors": ["A", "G"], "skills": "cửa hàng, logistics", "place": "Xã Cẩm Xuyên", "capital_from": 20}
    call = occasions.hold(clerk, kind=Kind.INVESTMENT_CALL, title="Kêu gọi đầu tư chế biến nông sản", **asked)["code"]
    stood = {"kind": Offer.INVESTMENT, "stage": Stage.INTERESTED, "stands_since": today - timedelta(30)}
    given = contributions.record(clerk, person=investor, occasion=call, **stood)["code"]
    news = {"stage": Stage.COMPLETED, "stands_since": today, "project": "Kho lạnh Cẩm Xuyên", "worth": 24_000}
    news |= {"unit": "2025:18673", "note": "Giấy chứng nhận đầu tư số 12/2026"}
    contributions.follow(clerk, given, version=1, values=news)
    return {"call": call, "given": given}


def asked(cast: dict[str, Actor], mother: str, grandmother: str) -> dict[str, str]:
    """What two people asked about their data: one waits, one is known and is proposed to be erased."""
    said = Asked(RequestKind.SEE, Way.LETTER, clock.today() - timedelta(9), "Xin bản sao hồ sơ của tôi")
    waits = rights.file(cast["clerk"], mother, said)["code"]
    gone = Asked(RequestKind.DELETE, Way.COUNTER, clock.today(), "Xóa hết", "Trần Văn Bình, con trai")
    erasing = rights.file(cast["clerk"], grandmother, gone)["code"]
    officer = cast["protection_officer"]
    rights.act(officer, erasing, News(Step.IDENTIFIED, "Căn cước, tại quầy"))
    rights.act(officer, erasing, News(Step.EXTENDED, "Chờ Sở Ngoại vụ", 10))
    rights.act(officer, erasing, News(Step.PROPOSED, "Không có căn cứ giữ lại"))
    return {"request": waits, "erasing": erasing}


SENT: dict[str, Any] = {
    "registrant": "native",
    "name": "Hồ Thị Mười Một",
    "born": "1971",
    "home": "Xã Cẩm Xuyên",
    "country": "Séc",
    "city": "Brno",
    "phone": "+420 601 555 777",
    "purposes": ["events"],
    "channels": ["phone"],
    "notices": {"events": "events/1"},
}


def visited(cast: dict[str, Actor], person: Any) -> dict[str, str]:
    """Somebody who came by a link: they want to be reached otherwise, and had a code told; and a link that waits."""
    actor = proved(cast, person)
    visits.add_contact(actor, Contact(Channel.EMAIL, "moi@example.com", "moi@example.com"), NAMED, SITE)
    visits.ask(actor, RequestKind.CORRECT, "Năm sinh đúng là 1969")
    own = given(cast, person)
    newcomer = come(own)
    recipient.send_code(newcomer, recipient.welcome(newcomer)["points"][0]["id"], NAMED)
    told = {"name": "Lê Văn Không Rõ", "born": "1950", "asked_by": "Lê Thị Tư, con gái"}
    plea = recipient.plead(PUBLIC, "192.0.2.7", RequestKind.WITHDRAW, told)
    works.attend()
    with confined(Sight(everyone=True)):
        stopping = wishes.stopping(db.session.scalars(select(ContactWish)).one())
        db.session.rollback()
    home = home_of(reading()(SENT).values, "42")
    sent = registering.register(PUBLIC, "192.0.2.7", "once", Sent(Registrant.NATIVE, SENT, *home))
    return {"registration": sent, "own_link": own["link"].rpartition("/")[2], "stopping": stopping, "plea": plea}


def kept(cast: dict[str, Actor]) -> dict[str, str]:
    """Somebody who was not heard of for long, one who was never told, and two whose time is over: one is proposed."""
    lost = factories.person("Ngô Văn Lâu")
    factories.consent(lost.id, on=ago(Matter.CONFIRM, -1), valid_until=clock.today() + timedelta(days=9))
    over, proposed = (old(Matter.UNTOLD, name).code for name in ("Ngô Văn Cũ", "Ngô Thị Xưa"))
    retention.decide(cast["protection_officer"], Matter.DELEGATION, 36)
    retention.propose(cast["protection_officer"], [proposed])
    return {"lost": lost.code, "over": over, "over_proposed": proposed}


def edited(cast: dict[str, Actor]) -> dict[str, str]:
    """Edits of several people: one that stands, with somebody left as they are, and one that was undone."""
    clerk, made = cast["clerk"], list[str]()
    some = [factories.person(name, country="LA").code for name in ("Phan Thị Lụa", "Tôn Văn Ngà", "Kiều Thị Gấm")]
    people.restand(clerk, some[0], restricted=True)
    for status in ("worker", "settled"):
        preview = edits.preview(clerk, Change("status", Op.SET, status), Chosen(some))["preview"]
        made.append(edits.make(clerk, preview, "Theo danh sách của Hội năm 2026")["code"])
        if status == "worker":
            edits.undo(clerk, made[0])
    return {"edit_undone": made[0], "edit": made[1]}


def planned(cast: dict[str, Actor]) -> dict[str, str]:
    """A plan that was taken over, one of its tasks, and an agency."""
    plan = plans.take_over(cast["approver"], key="BT-2023")
    return {"plan": plan["code"], "task": plan["tasks"][0]["code"], "agency": plan["tasks"][0]["leads"][0]["code"]}


def sent_in(cast: dict[str, Actor], known: str) -> dict[str, str]:
    """Files on their way in: one that is read, one tried, one taken in, one that would change a record."""
    clerk, line = cast["clerk"], factories.line
    lines = [line("Lê Văn Ba", answer="có", relative="Trần Thị Tư", kinship="mẹ")]
    lines += [line("Hồ Hải", "hai@"), line("", "")]
    read = factories.sent(clerk, line("Võ Thị Năm", "nam@example.com"), name="xã Cẩm Bình.csv", said=None)
    tried = factories.sent(clerk, *lines, name="xã Cẩm Xuyên.csv")
    taken = factories.taken(clerk, line("Hồ Thị Bảy", "bay@example.com", relative="Tư"), name="phường Thành Sen.csv")
    about = f"Mã;Nơi;Đồng ý\n{known};Brno;có".encode()
    changing = factories.sent(clerk, name="sửa.csv", content=about, said=factories.AMENDS)
    kept = intake.keep_mapping(clerk, "UBND xã Cẩm Xuyên", factories.MEANT)["code"]
    return {"read": read, "tried": tried, "taken": taken, "changing": changing, "mapping": kept}


def doubled(cast: dict[str, Actor]) -> dict[str, Any]:
    """Records that may be one person's: a pair nobody looked at, one to be merged, one merged."""
    born = {"born": "1971", "city": "Brno", "contact_points": [{"channel": "phone", "value": "+420 601 555 777"}]}
    some = [factories.person(name, **born) for name in ("Hồ Văn Mười", "Ho Van Muoi", "Hồ Mười", "Mười Hồ Văn")]
    swept = duplicates.have_swept(cast["clerk"])["code"]
    worker.run(swept)
    first, second, third, fourth = (one.code for one in some)
    duplicates.propose(cast["clerk"], first, second, taken=["name"], versions=(1, 1))
    duplicates.propose(cast["clerk"], third, fourth, taken=[], versions=(1, 1))
    shown = [duplicates.one_pair(cast["approver"], *two)["proposal"] for two in ((first, second), (third, fourth))]
    duplicates.merge(cast["approver"], third, fourth, proposal=shown[1]["digest"])
    codes = {"pair": f"{first}/{third}", "proposed": f"{first}/{second}", "merged": fourth, "swept": swept}
    return codes | {"proposal": shown[0]["digest"]}


def oversee(cast: dict[str, Actor], some: list[str]) -> dict[str, Any]:
    """What a protection officer's desk has on it: a finding, a review half done, a register, breaches, agreements."""
    officer = cast["protection_officer"]
    for code in some:
        people.read(cast["clerk"], code)
    people.inspect(officer, some[0], reason="Khiếu nại số 3/2026")
    for role in 10 * ("clerk", "approver"):
        with suppress(Forbidden):
            people.inspect(cast[role], some[0], reason="tò mò")
    job = access.have_verified(officer)["code"]
    worker.run(job)
    overseeing.keep_watch(SYSTEM)
    finding = overseeing.all_findings(officer)[0]["id"]
    overseeing.decide(officer, finding, outcome=Outcome.PASSED_ON, remark="Đã hỏi; chuyển lãnh đạo Sở Ngoại vụ xem xét")
    begun = overseeing.begin_review(officer, quarter=reviews.quarter_of(clock.today()))
    settled = (Verdict.CHANGE, "Chuyển công tác: thu hẹp còn xã Cẩm Xuyên")
    overseeing.settle(officer, begun["id"], begun["lines"][0]["account_id"], verdict=settled[0], remark=settled[1])
    overseeing.write_register(officer, "events", version=0, **REGISTERED)
    found_at = clock.now() - timedelta(hours=20)
    breach = {
        "what": "Gửi nhầm tệp khách mời cho một hội khác",
        "found_at": found_at,
        "people": 12,
        "affected": some[:2],
    }
    breach |= {"data_kinds": "Họ tên, e-mail", "measures": "Đã yêu cầu xóa, đã khóa quyền lấy"}
    late = {"what": "Mất máy tính xách tay tại bến xe", "found_at": found_at - timedelta(days=4)}
    code, _late = (overseeing.find_breach(officer, **one)["code"] for one in (breach, late))
    office = accounts.organisation("Hội hữu nghị Việt – Séc").code
    soon = factories.agreement(office, "02/TT-BG", valid_until=clock.today() + timedelta(days=20))
    notices.draft_notice(officer, **NoticeForm().load(wordings.proposed(Purpose.EVENTS, "UBND tỉnh", "The Committee")))
    return {"finding": finding, "round": begun["id"], "line": officer.id, "breach": code, "agreement": soon, "job": job}


def at_the_desk(cast: dict[str, Actor], person: Any) -> dict[str, Any]:
    """A police desk that is enabled: requests in every state, somebody to tell, and figures that are published."""
    admin, officer, protection = cast["admin"], cast["police"], cast["protection_officer"]
    enabled = asking.mandate(admin, factories.actor("admin"), protection)
    hoa = asking.one("Đặng Thị Hòa", "1968", items=("name", "country", "contact"))
    codes = {"mandate": enabled, "to_endorse": police.file(officer, asking.asked(hoa))["code"]}
    for name in ("to_decide", "to_approve", "open"):
        codes[name] = police.file(officer, asking.asked(hoa, asking.one("Lê Văn Vắng")))["code"]
        police.endorse(cast["police_head"], codes[name])
    of = ("name", "country", "contact")
    gone = asking.gives(number=2)
    contact = [asking.gives(person, 1, ("contact",), of, "phone"), gone]
    police_office.decide(protection, codes["to_approve"], contact, (Delay.LIFE, "nạn nhân bị đe dọa"))
    police_office.decide(protection, codes["open"], [asking.gives(person, 1, ("name", "country"), of), gone], None)
    police_office.complain(protection, codes["open"], clock.today(), "Không đúng người")
    police_works.attend()
    codes["telling"] = police_office.queue(protection)["to_tell"][0]["id"]
    figures.publish(date(2026, 7, 1), "42", SigningKey.fresh())
    db.session.commit()
    return codes


REGISTERED: dict[str, Any] = {
    "data_kinds": "Họ tên, nơi ở, kênh liên lạc",
    "subjects": "Kiều bào và thân nhân đã đồng ý",
    "legal_basis": "consent",
    "legal_document": "Phiếu đồng ý mẫu 01/2026",
    "retention": "Đến khi rút lại sự đồng ý; bằng chứng đồng ý giữ suốt đời và 3 năm",
    "protection": "Mã hóa kênh liên lạc, phân quyền theo đơn vị, nhật ký từng lượt mở",
    "abroad": False,
    "abroad_note": None,
}


def addresses(codes: dict[str, Any]) -> list[tuple[str, str]]:
    """Every page: whose it is, and its address."""
    person, draft, published = (f"/persons/{codes['hoa']}", f"/lists/{codes['draft']}", f"/lists/{codes['published']}")
    clerk = ["/figures", "/persons", "/persons/new", person, "/persons/homes", f"/persons/homes/{codes['home']}"]
    clerk += [f"{person}/{page}" for page in ("edit", "contact-points/new", "contact-points/1/retire", "kinships/new")]
    clerk += [f"{person}/kinships/{codes['dao']}/remove"]
    clerk += [
        f"{person}/{page}"
        for page in (
            "history",
            "edit/city",
            "edit/home",
            "edit/interests",
            "consents",
            "consents/new",
            "withdrawal",
            "standing",
        )
    ]
    clerk += [
        "/",
        "/account",
        *("/guide", "/guide/glossary"),
        "/account/password",
        "/lists",
        "/lists/new",
        "/occasions",
        "/occasions/new",
        *(f"/occasions/new?kind={kind}" for kind in Kind),
        *(f"/occasions/{codes['occasion']}{page}" for page in ("", "/edit", "/letters")),
        *(f"/occasions/{codes['held']}/{page}" for page in ("responses", "responses?answer=accepted", "responses/new")),
        f"/occasions/{codes['held']}/door",
        *(f"{person}/responses", "/responses/left", f"/r/{codes['link']}"),
        *(f"/occasions/{codes['call']}{page}" for page in ("", "/suited")),
        *("/contributions", f"/contributions?occasion={codes['call']}&kind=investment", f"{person}/contributions"),
        *(f"/contributions/{codes['given']}{page}" for page in ("", "/follow")),
        f"/contributions/new?person={codes['hoa']}",
        *("/plans", f"/plans/{codes['plan']}", "/agencies"),
        *("/requests", "/requests?ended=1", f"/requests/{codes['request']}", f"{person}/requests"),
        *(
            f"/requests/new?person={codes['hoa']}",
            f"{person}/papers",
            "/requests/receipts",
            "/messages",
            "/texts",
            "/requests/pleas",
        ),
        *("/segments", "/segments/new", f"/segments/{codes['segment']}", f"/segments/{codes['segment']}/edit"),
        *("/registrations", f"/registrations/{codes['registration']}"),
        *("/confirmations", "/renewals", "/tellings"),
        draft,
        f"{draft}/edit",
        f"{draft}/households",
        published,
    ]
    clerk += ["/duplicates", "/duplicates?states=different", f"/duplicates/{codes['pair']}", "/merges"]
    clerk += [f"/jobs/{codes['swept']}"]
    clerk += ["/edits", *(f"/edits/{codes[one]}" for one in ("edit", "edit_undone")), f"/edits/{codes['edit']}/undo"]
    clerk += ["/imports", "/imports/new", *(f"/imports/{codes[one]}" for one in ("read", "tried", "taken"))]
    clerk += [f"/imports/{codes['tried']}{page}" for page in ("?rows=in", "?rows=left_out", "/mapping")]
    clerk += [f"/imports/{codes['changing']}{page}" for page in ("?rows=changed", "?rows=waiting", "/mapping")]
    clerk += [f"/imports/{codes['read']}/mapping", "/imports/mappings", f"/imports/mappings/{codes['mapping']}"]
    approver = [
        f"/duplicates/{codes['proposed']}",
        f"/merges/{codes['merged']}/undo",
        f"/imports/{codes['taken']}/undo",
        f"/imports/{codes['tried']}/decide?row=2",
        f"/lists/{codes['submitted']}",
        f"/lists/{codes['submitted']}/return",
        published,
    ]
    approver += [f"{published}/{page}" for page in ("close", "grants/new")] + [f"/requests/{codes['erasing']}"]
    approver += ["/expirations"]
    approver += ["/plans", "/plans/new", f"/plans/{codes['plan']}", f"/plans/{codes['plan']}/edit"]
    approver += [f"/plans/{codes['plan']}/tasks/new", f"/tasks/{codes['task']}/edit"]
    approver += ["/agencies", "/agencies/new", f"/agencies/{codes['agency']}/successors"]
    invited = [f"/issues/{codes['issue']}{page}" for page in ("", "/responses")]
    pages = {"clerk": clerk, "approver": approver, "organizer": ["/", "/issues", *invited]}
    pages["protection_officer"] = ["/", "/inspections", "/grants/limits", "/trail", "/changes", "/no/such/page"]
    pages["admin"] = ["/", "/accounts", "/accounts/new", "/accounts/clerk/change", "/accounts/clerk/disable"]
    pages["police"] = ["/disclosures", "/disclosures/new", f"/disclosures/{codes['open']}"]
    pages["police_head"] = ["/disclosures", *(f"/disclosures/{codes[one]}" for one in ("to_endorse", "open"))]
    pages["admin"] += ["/disclosures/mandates", "/disclosures/mandates/new"]
    approver += ["/disclosures/approvals", *(f"/disclosures/approvals/{codes[one]}" for one in ("to_approve", "open"))]
    desked = [f"/disclosures/desk/{codes[one]}" for one in ("to_decide", "to_approve", "open")]
    pages["protection_officer"] += ["/disclosures/desk", "/disclosures/desk/new", "/disclosures/mandates", *desked]
    pages["protection_officer"] += [f"/disclosures/desk/tellings/{codes['telling']}"]
    pages["subject"] = ["/mine", *(f"/mine/{one}" for one in ("consents", "readers", "contacts", "requests", "papers"))]
    pages["subject"] += ["/mine/consents/events", "/mine/consents/investment"]
    pages["newcomer"] = [
        "/transparency",
        "/transparency/2026-Q3",
        "/mine",
        "/stop",
        "/told",
        f"/p/{codes['own_link']}",
        f"/w/{codes['stopping']}",
    ]
    pages["protection_officer"] += ["/requests/scans", "/retention", "/expirations", f"/expirations/{codes['over']}"]
    pages["protection_officer"] += [*desk(codes), *(f"/requests/{codes[one]}" for one in ("request", "erasing"))]
    return [(role, address) for role, some in pages.items() for address in some]


def desk(codes: dict[str, Any]) -> list[str]:
    """Every page of the protection officer's desk."""
    pages = ["", "/trail", "/findings", "/findings?state=all", f"/findings/{codes['finding']}"]
    pages += ["/reviews", f"/reviews/{codes['round']}", f"/reviews/{codes['round']}/{codes['line']}"]
    pages += ["/register", "/register/events", "/register/investment", "/breaches", "/breaches/new"]
    pages += [f"/breaches/{codes['breach']}{page}" for page in ("", "/edit", "/notice")]
    jobs = ["/jobs", f"/jobs/{codes['job']}"]
    agreements = ["/agreements", "/agreements/new", f"/agreements/{codes['agreement']}"]
    told = [
        "/notices",
        "/notices/1",
        "/notices/drafts/new?purpose=events",
        "/notices/drafts/1",
        "/notices/drafts/1/edit",
    ]
    return [*(f"/oversight{page}" for page in pages), *agreements, *told, *jobs]


def reader(client: Any, role: str) -> Any:
    """Open another window of the test client, signed in as the account of a role."""
    window = type(client)(client.application, client.application.response_class)
    return let_in(window, role.replace("_", ""))
