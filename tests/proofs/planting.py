"""A province in which everything said of anybody can be recognised, made by the use cases; and who may see what.

What may be seen follows from `disclosure`'s views, the table of grants and where somebody's home is: a view that loses
a column makes every page that goes on showing it a leak.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from kieubao.access import service as access
from kieubao.access.changes import Kind
from kieubao.access.roles import GRANTS, Actor, Permission, Role
from kieubao.consent.statements import Spoken
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.contributions import service as contributions
from kieubao.db import db
from kieubao.ground import clock
from kieubao.homes import service as homes
from kieubao.intake import service as intake
from kieubao.occasions import service as occasions
from kieubao.occasions.turnout import Said
from kieubao.occasions.vocabulary import Answer, Speaker
from kieubao.outreach import links
from kieubao.outreach import organizer as desk
from kieubao.outreach import service as outreach
from kieubao.outreach.vocabulary import Format
from kieubao.people import disclosure, enrolment
from kieubao.people import service as people
from kieubao.people.schemas import EnrolForm
from kieubao.police import approval as police_approval
from kieubao.police import office as police_office
from kieubao.police import service as police
from kieubao.police.decisions import Decided
from kieubao.police.vocabulary import Item
from kieubao.responses import service as responses
from kieubao.rights import service as rights
from kieubao.rights.requests import Asked
from kieubao.rights.steps import News
from kieubao.rights.vocabulary import Kind as Asks
from kieubao.rights.vocabulary import Step, Way
from tests import factories
from tests.police import asking
from tests.proofs.scan import word

P = Permission
NEAR, FAR, UNSURE, ELSEWHERE = ("42", "18673"), ("42", "18685"), ("42", ""), ("68", "24823")
PLACES = (NEAR, FAR, UNSURE, ELSEWHERE)
OF_EACH, AGREEING = 15, 5
GRANTED = ("name", "city", "workplace")
_TEXTS = ("address", "city", "region", "occupation", "workplace", "position", "note", "source", "legal_document")


@dataclass(frozen=True)
class Who:
    """Somebody who looks: what they are, of which units and office. No role: a stranger."""

    username: str
    role: Role | None
    units: tuple[str, ...] = ("42",)
    office: str = "Sở Ngoại vụ"

    def may(self, *permissions: Permission) -> bool:
        return bool(self.role and GRANTS[self.role] & {*permissions})

    def covers(self, place: tuple[str, str]) -> bool:
        return bool({*place} & {*self.units})


@dataclass
class Somebody:
    """One planted person: where their home is, and what is said of them, by the column or part it is kept in."""

    place: tuple[str, str]
    said: dict[str, set[str]]
    code: str = ""
    contacts: dict[str, str] = field(default_factory=dict)
    is_reached: bool = False
    was_handed_over: bool = False

    def visible(self, who: Who) -> set[str]:
        shown = self._columns(who) if who.covers(self.place) else set()
        found = set().union(*(self.said.get(name, set()) for name in shown))
        if who.may(P.LIST_PULL) and who.office == HOLDER:
            found |= self._reached() | ({self.code} if self.was_handed_over else set())
        return found

    def _columns(self, who: Who) -> set[str]:
        parts = {*disclosure.RECORD.columns, *disclosure._PARTS}
        shown = {*disclosure.CARD.columns} if who.may(P.PERSON_SEARCH) else set()
        shown |= parts if who.may(P.PERSON_READ, P.PERSON_INSPECT) else set()
        # Whoever opens a record may look at its history: what was said, and what stood there before.
        return shown | ({"lines", "was"} if who.may(P.PERSON_READ) else set())

    def _reached(self) -> set[str]:
        """Return what a pull gives of them: the granted columns of the view, and the channel that is open."""
        if not self.is_reached:
            return set()
        shown = {"code", *GRANTED} & {*disclosure.REACH.columns}
        return set().union(*(self.said[name] for name in shown)) | {self.contacts["email"]}


POLICE, UNIT = (Role.POLICE, Role.POLICE_HEAD), "Công an tỉnh Hà Tĩnh"
HOLDER = "Hội Liên lạc với người Việt Nam ở nước ngoài"


@dataclass
class Province:
    """Everything that was planted: people, texts that are nobody's with who may see them, and codes for addresses."""

    people: list[Somebody]
    texts: dict[str, Callable[[Who], bool]] = field(default_factory=dict)
    codes: dict[str, list[str]] = field(default_factory=dict)
    # What whoever has a link is told by it.
    by_link: set[str] = field(default_factory=set)

    @property
    def values(self) -> set[str]:
        return set(self.texts).union(*(value for one in self.people for value in one.said.values()))

    def visible(self, who: Who) -> set[str]:
        return {text for text, may in self.texts.items() if may(who)}.union(*(one.visible(who) for one in self.people))


def plant(seed: int = 7) -> Province:
    """Make the province. The accounts that did it are called "planter-" and their role."""
    chance = random.Random(seed)
    offices = {"organizer": HOLDER, "police": UNIT, "police_head": UNIT}
    cast = {
        role.value: factories.actor(
            role, username=f"planter-{role.value}", organisation=offices.get(role, "Sở Ngoại vụ"), units=("42", "68")
        )
        for role in (Role.CLERK, Role.APPROVER, Role.ORGANIZER, Role.PROTECTION_OFFICER, Role.ADMIN, *POLICE)
    }
    made = Province([])
    factories.notice("events")
    for number in range(OF_EACH * len(PLACES)):
        made.people.append(_somebody(cast["clerk"], chance, PLACES[number % len(PLACES)], number))
    _tie(cast["clerk"], made.people)
    _publish(cast, made, chance)
    _ask(cast, made, chance)
    _tell(cast, made, chance)
    _disclose(cast, made, chance)
    return made


def _somebody(clerk: Actor, chance: random.Random, place: tuple[str, str], number: int) -> Somebody:
    texts = {
        name: word(chance) for name in (*_TEXTS, "home", "post", "club", "club role", "was", "evidence", "given_by")
    }
    names, born = [word(chance) for _name in range(3)], date(1901, 1, 1) + timedelta(days=37 * number)
    abroad, home, old = (f"+42060{chance.randint(1, 8)}{chance.randint(10**5, 10**6 - 1)}" for _n in range(3))
    email = f"{''.join(chance.choice('bcdfghkmnpqrstvwxz') for _n in range(14))}@example.com"
    unit = {"home_unit": f"2025:{place[1]}"} if place[1] else {"home_unit": None}
    form = factories.form(
        f"Đặng Thị {names[0].title()}",
        other_names=[f"Bà {name}" for name in names[1:]],
        born=born.isoformat(),
        home=f"Thôn {texts['home']}",
        **unit,
        **{name: f"{texts[name]} 5" for name in _TEXTS if name != "city"},
        city=texts["was"],
        contact_points=[
            *({"channel": "phone", "value": number} for number in (old, abroad)),
            *({"channel": "zalo", "value": home}, {"channel": "email", "value": email}),
            {"channel": "post", "value": f"Hòm thư {texts['post']}"},
        ],
        memberships=[{"association": f"Hội {texts['club']}", "country": "CZ", "role": texts["club role"]}],
    )
    sheet = enrolment.enrol(clerk, EnrolForm().load(form))
    code = sheet["code"]
    people.amend(clerk, code, version=1, changes={"city": texts["city"]})
    people.retire_contact(clerk, code, sheet["contact_points"][0]["id"])
    said = {name: {texts[name]} for name in _TEXTS} | {"name": {names[0]}, "other_names": {*names[1:]}}
    said |= {"code": {code}, "born": {born.isoformat()}, "home_text": {texts["home"]}, "was": {texts["was"]}}
    said |= {"contact_points": {abroad, home, old, email, texts["post"]}}
    said |= {"memberships": {texts["club"], texts["club role"]}, "lines": {texts["evidence"], texts["given_by"]}}
    one = Somebody(place, said, code, {"email": email, "phone": abroad})
    if number < AGREEING * len(PLACES):
        _agree(clerk, one, texts)
    return one


def _agree(clerk: Actor, one: Somebody, texts: dict[str, str]) -> None:
    spoken = {
        "method": "paper",
        "evidence": texts["evidence"],
        "capacity": "representative",
        "given_by": texts["given_by"],
    }
    yes = Spoken([Purpose.EVENTS], [Channel.EMAIL], State.GIVEN, date(2026, 1, 1), spoken, "events/1")
    people.record_consent(clerk, one.code, yes)
    one.is_reached = one.place[0] == "42"


def _tie(clerk: Actor, everybody: list[Somebody]) -> None:
    """Make kin across the borders of scopes: each with the next, who is of another place."""
    for one, other in zip(everybody[::2], everybody[1::2], strict=True):
        people.tie(clerk, one.code, relative=other.code, term="spouse")


def _disclose(cast: dict[str, Actor], made: Province, chance: random.Random) -> None:
    """Ask the police desk for somebody on record: it is released, and nobody but who asked is ever shown it."""
    names = ("case", "instrument", "issuer", "registers", "asked", "why", "reason", "item", "complaint", "document")
    words = {name: word(chance) for name in names}
    officer, head, protection = (cast[role] for role in ("police", "police_head", "protection_officer"))
    admins = cast["admin"], factories.actor("admin")
    asking.mandate(*admins, protection, instrument=words["document"])
    whom = asking.one(f"Đặng Thị {words['asked'].title()}", "1901", items=(), why_name=words["why"])
    paper = {"case_number": words["case"], "instrument": words["instrument"], "issuer_name": words["issuer"]}
    asked = asking.asked(whom, **paper, own_registers=words["registers"])
    code = police.file(officer, asked)["code"]
    police.endorse(head, code)
    shown = next(one for one in made.people if one.place == NEAR)
    given = Decided(1, words["reason"], shown.code, frozenset({Item.NAME}), {Item.NAME: words["item"]})
    police_office.decide(protection, code, [given], None)
    department = factories.actor("approver", organisation="Văn phòng UBND tỉnh")
    police_approval.approve(department, code)
    police.open(officer, code)
    police_office.complain(protection, code, clock.today(), words["complaint"])
    made.codes["DN"] = [code]
    decides = lambda who: who.may(P.DISCLOSURE_DECIDE) or (who.may(P.DISCLOSURE_APPROVE) and "42" in who.units)  # noqa: E731
    asks = lambda who: decides(who) or (who.role is Role.POLICE_HEAD and who.office == UNIT)  # noqa: E731
    made.texts |= {words[name]: decides for name in ("asked", "why", "reason", "item", "complaint")}
    made.texts |= {words[name]: asks for name in ("case", "instrument", "issuer", "registers")}
    made.texts[words["document"]] = lambda who: who.may(P.MANDATE_KEEP, P.DISCLOSURE_DECIDE)


def _publish(cast: dict[str, Actor], made: Province, chance: random.Random) -> None:
    """Publish a list and pull it; of those in it one says no, one dies and one is restricted since."""
    names = (
        "occasion",
        "place",
        "host",
        "about",
        "title",
        "remarks",
        "agreement",
        "reason",
        "draft",
        "speaker",
        "said",
        "project",
        "given",
    )
    words = {name: word(chance) for name in names}
    clerk, approver, organizer = cast["clerk"], factories.actor("approver"), cast["organizer"]
    told = {"title": words["occasion"], "description": words["about"], "starts_on": clock.today()}
    occasion = occasions.hold(clerk, kind="event", place=words["place"], host=words["host"], **told)["code"]
    asked = {"purpose": "events", "channels": ["email"], "fields": [*GRANTED, "occupation", "home_text"], "filter": {}}
    author = factories.actor("clerk")
    listed = outreach.draft(author, occasion=occasion, title=words["title"], **asked)["code"]
    draft = outreach.draft(author, occasion=occasion, title=words["draft"], **asked)["code"]
    for code in (listed, draft):
        outreach.submit(author, code)
    outreach.send_back(approver, draft, remarks=words["remarks"])
    outreach.approve(approver, listed, digest=outreach.preview(approver, listed)["digest"])
    issue = outreach.publish(approver, listed)["issues"][0]["code"]
    office = next(one["code"] for one in access.organisations(approver) if one["name"] == HOLDER)
    terms = {"fields": [*GRANTED], "formats": ["csv", "xlsx"], "until": clock.today() + timedelta(days=9)}
    agreed = factories.agreement(office, words["agreement"])
    grant = outreach.grant(approver, listed, organisation=office, agreement=agreed, **terms)["grant"]
    outreach.widen(cast["protection_officer"], grant, rows=500, pulls_a_day=100)
    taken = desk.pull(organizer, issue, reason=words["reason"], format=Format.CSV)
    taken.content.close()
    gone = [one for one in made.people if one.is_reached]
    for one in gone:
        one.was_handed_over = True
    no = Spoken([], [], State.WITHDRAWN, clock.today(), {"method": "email"})
    people.withdraw_all(cast["clerk"], gone[0].code, no)
    people.restand(cast["clerk"], gone[1].code, deceased_on=clock.today())
    people.restand(cast["clerk"], gone[2].code, restricted=True)
    for one in gone[:3]:
        one.is_reached = False
    guest = gone[3]
    told = Said(Answer.ACCEPTED, said_by=Speaker.RELATIVE, spoken_by=words["speaker"], note=words["said"])
    responses.record(clerk, occasion, guest.code, told)
    stood = {"kind": "donation", "stage": "under_way", "stands_since": clock.today(), "note": words["given"]}
    given = contributions.record(clerk, person=guest.code, occasion=occasion, project=words["project"], **stood)
    sees = lambda who: who.may(P.LIST_READ) and who.covers(guest.place)  # noqa: E731
    # Whoever invited is told what was answered, and not who said it for them, nor the note of another office.
    made.texts |= {words[name]: sees for name in ("project", "given", "speaker", "said")}
    made.codes["DG"] = [given["code"]]
    made.by_link = {words[name] for name in ("occasion", "place", "host", "about")}
    made.codes["link"] = [links.written(taken.pull, 0)]
    made.codes |= {"SK": [occasion], "DS": [listed, draft], "PH": [issue], "TC": [office]}
    reads = lambda who: who.may(P.LIST_READ) and "42" in who.units  # noqa: E731
    holds = lambda who: reads(who) or (who.may(P.LIST_PULL) and who.office == HOLDER)  # noqa: E731
    hears = lambda who: who.may(P.LIST_READ) or (who.may(P.LIST_PULL) and who.office == HOLDER)  # noqa: E731
    made.texts |= {words[name]: hears for name in ("occasion", "place", "host", "about")}
    made.texts |= {words[name]: reads for name in ("draft", "remarks")}
    made.texts[words["title"]] = holds
    made.texts[words["reason"]] = lambda who: holds(who) or who.may(P.AUDIT_READ)
    made.texts[words["agreement"]] = lambda who: holds(who) or who.may(P.GRANT_WIDEN, P.AGREEMENT_WRITE, P.LIST_APPROVE)


def _ask(cast: dict[str, Actor], made: Province, chance: random.Random) -> None:
    """Have somebody ask for their data, in their own words."""
    words = {name: word(chance) for name in ("wish", "asker", "step")}
    person = next(one for one in made.people if one.place == NEAR)
    wanted = Asked(Asks.SEE, Way.LETTER, clock.today(), words["wish"], words["asker"])
    request = rights.file(cast["clerk"], person.code, wanted)["code"]
    rights.act(factories.actor("protection_officer"), request, News(Step.IDENTIFIED, words["step"]))
    made.codes["YC"] = [request]
    made.texts |= dict.fromkeys(words.values(), lambda who: who.may(P.REQUEST_READ) and who.covers(person.place))


def _tell(cast: dict[str, Actor], made: Province, chance: random.Random) -> None:
    """Have things told that are shown to few, or to nobody again."""
    names = ("sought", "inspected", "file", "token", "holder", "proposed", "office", "notice", "kept")
    words = {name: word(chance) for name in names}
    person = next(one for one in made.people if one.place == NEAR)
    people.search(cast["clerk"], text=words["sought"], wanted={})
    people.inspect(factories.actor("protection_officer"), person.code, reason=words["inspected"])
    importer = factories.actor("clerk")
    factories.taken(importer, factories.line("Lê Văn Tệp"), name=f"{words['file']}.csv")
    intake.keep_mapping(importer, f"Xã {words['kept']}", {**factories.MEANT, "nothing": [words["kept"]]})
    secret = access.issue_token(cast["clerk"], name=words["token"], days=1, permissions=["person:search"])
    factories.account("clerk", username="moc", name=words["holder"], organisation=words["office"])
    details = {"name": words["proposed"], "role": "clerk", "organisation": "Sở Ngoại vụ", "units": ["42"]}
    half = access.propose(cast["admin"], Kind.OPEN, "moi-nua", details)["half"]
    factories.notice(words["notice"])
    db.session.rollback()
    made.codes["KB"] = [one.code for one in made.people]
    made.codes["home"] = [one["key"] for one in homes.all_unsettled(cast["clerk"], size=2)["homes"]]
    made.texts |= dict.fromkeys((secret, half, *(words[name] for name in ("sought", "token"))), _nobody)
    made.texts |= {words[name]: lambda who: who.may(P.INTAKE_READ) and "42" in who.units for name in ("file", "kept")}
    made.texts[words["inspected"]] = lambda who: who.may(P.AUDIT_READ)
    # Staff are named to who watches over what they read.
    made.texts[words["holder"]] = lambda who: who.may(P.ACCOUNT_MANAGE, P.AUDIT_READ)
    made.texts[words["proposed"]] = lambda who: who.may(P.ACCOUNT_MANAGE, P.ACCOUNT_CONFIRM)
    made.texts |= {words[name]: lambda who: who.role is not None for name in ("office", "notice")}


def _nobody(who: Who) -> bool:
    return False
