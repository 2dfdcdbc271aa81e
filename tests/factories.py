"""People, consents and lists for the tests: functions with defaults, made as the service itself makes them."""

from datetime import date, timedelta
from itertools import count

from sqlalchemy import update

from kieubao.access import accounts
from kieubao.access.faults import hash_of
from kieubao.access.models import Account, AuditEntry, AuditHead
from kieubao.access.roles import NEVER_BY_TOKEN, SYSTEM  # noqa: F401 - the tests take the system from here
from kieubao.access.session import actor_for
from kieubao.consent import agreements, ledger, notices
from kieubao.consent.ledger import Word, said_at
from kieubao.consent.vocabulary import Channel, Method, Purpose, State
from kieubao.db import db, insert_many
from kieubao.ground import clock, codes  # noqa: F401 - the tests take codes from here
from kieubao.intake import answers, files, workbooks, works
from kieubao.intake import service as intake
from kieubao.intake.mapping import laid_out
from kieubao.occasions import agenda
from kieubao.outreach import issues, lists
from kieubao.outreach import organizer as desk
from kieubao.outreach.vocabulary import Format
from kieubao.people import registry
from kieubao.people.schemas import EnrolForm

PROVINCE = "42"
PASSWORD = "một mật khẩu đủ dài"
_numbers = count(1)


def account(role="clerk", units=(PROVINCE,), organisation="Sở Ngoại vụ", **fields):
    named = {"username": f"{role}{next(_numbers)}", "name": f"Cán bộ {role}", **fields}
    made = accounts.open_account(accounts.Opening(role=str(role), units=units, organisation=organisation, **named))
    db.session.commit()
    return made


def actor(role="clerk", units=(PROVINCE,), **fields):
    return actor_for(account(role, units, **fields))


def token(holder, *permissions, days=30):
    """A bearer token of an actor, with the permissions named or all of its own."""
    chosen = permissions or holder.permissions - NEVER_BY_TOKEN
    owner = db.session.get(Account, holder.id)
    secret = accounts.issue_token(owner, "test", chosen, clock.now() + timedelta(days=days))
    db.session.commit()
    return secret


def disable(holder):
    accounts.disable(db.session.get(Account, holder.id).username)
    db.session.commit()


def bearer(holder, *permissions):
    return {"Authorization": f"Bearer {token(holder, *permissions)}"}


def form(name="Nguyễn Thị Đào", **fields):
    """What a clerk would send to enrol somebody."""
    defaults = {"kind": "abroad", "country": "CZ", "home": "Xã Cẩm Xuyên", "home_unit": "2025:18673"}
    basis = {"source": "phiếu 12", "legal_basis": "consent", "legal_document": "phiếu đồng ý 12/2026"}
    return {"name": name, **defaults, **basis, **fields}


def person(name="Nguyễn Thị Đào", **fields):
    (made,) = registry.enrol([EnrolForm().load(form(name, **fields))], PROVINCE, None)
    db.session.commit()
    return made


def notice(code="events", purposes=tuple(Purpose)):
    text = {"title_vi": "Thông báo", "title_en": "Notice", "text_vi": "Nội dung", "text_en": "Text"}
    made = notices.write(code, purposes=[p.value for p in purposes], in_force_on=date(2020, 1, 1), **text)
    db.session.commit()
    return made


def consent(person_id, state=State.GIVEN, purpose=Purpose.EVENTS, channel=Channel.EMAIL, on=None, **said):
    """One line of the ledger; the notice is made where there is none."""
    known = next(iter(notices.listed()), None)
    reference = known["reference"] if known else f"events/{notice().version}"
    day = on or clock.today()
    words = {
        "method": Method.PAPER,
        "evidence": "phiếu 12",
        "notice_id": notices.shown(reference, [purpose], date(2026, 1, 1)),
        "signed_at": said_at(day, state),
        **said,
    }
    ledger.record([Word(person_id, purpose, channel, state, **words)], None)
    db.session.commit()


def listed(
    author,
    *,
    purpose=Purpose.EVENTS,
    channels=(Channel.EMAIL,),
    fields=("name", "country"),
    households=False,
    via_relatives=False,
    **wanted,
):
    """A draft by an author, for everyone the filter names."""
    occasion = agenda.hold({"kind": "event", "title": "Gặp mặt Tết"})
    values = {"title": "Khách mời", "purpose": purpose.value, "channels": [c.value for c in channels]}
    values |= {"households": households, "via_relatives": via_relatives}
    drawn = lists.draft(author, occasion.id, {**values, "fields": list(fields), "filter": wanted})
    db.session.commit()
    return drawn


def agreement(office, number="01/TT-BG", **fields):
    """The code of an agreement in force with an organisation, known by its code; a year from today without dates."""
    today = clock.today()
    days = {"signed_on": today, "valid_from": today, "valid_until": today + timedelta(365)}
    items = dict.fromkeys(agreements.ITEMS, "theo thỏa thuận mẫu")
    made = agreements.write(office, None, **{"number": number, "document": "bản giấy số 1", **days, **items, **fields})
    db.session.commit()
    return made.code


def published(author, approver, organizer, *, formats=("csv", "xlsx"), until=None, **options):
    """An issue in force, granted to the organizer's organisation."""
    drawn = listed(author, **options)
    lists.submit(drawn)
    lists.approve(drawn, approver.id, lists.preview(drawn).digest)
    lists.spend(drawn, approver.id)
    left_out, through = lists.spare(drawn), lists.through(drawn)
    issue = issues.publish(drawn, lists.weighed(drawn), approver.id, spare=left_out, through=through)
    office = db.session.get(Account, organizer.id).organisation.code
    terms = issues.Terms(drawn.fields, list(formats), until or clock.today(), agreement(office))
    issues.grant(issue, office, terms, approver.id)
    db.session.commit()
    return issue


def trail(length):
    """Write so many entries as they would have been appended, to an empty trail; not committed."""
    row = {"at": clock.now(), "actor_id": 1, "role": "clerk", "organisation_id": 1, "action": "people.read"}
    row |= {"purpose": None, "subject": None, "found": 1, "outcome": "done", "details": {"fields": ["name"]}}
    row |= {"hash": "0" * 64}
    made = []
    for number in range(1, length + 1):
        row |= {"id": number, "previous": row["hash"]}
        row["hash"] = hash_of({**row, "at": row["at"].isoformat(timespec="microseconds")})
        made.append({**row})
    insert_many(AuditEntry, made)
    db.session.execute(update(AuditHead).values(last=length, hash=row["hash"]))


FIXED = {"source": "danh sách xã", "legal_basis": "consent", "legal_document": "phiếu 12", "country": "CZ"}
# A mapping of four columns; the last is what somebody said.
MEANT = {
    "ignored": ["STT"],
    "person": {
        "fixed": {**FIXED, "kind": "abroad"},
        "columns": {"Họ tên": "name", "Sinh": "born", "Thư": {"channels": ["email"]}, "Quê": "home"},
    },
    "relative": {
        "fixed": {**FIXED, "kind": "home", "country": "VN"},
        "columns": {"Thân nhân": "name", "Quan hệ": "kinship", "Quê": "home"},
    },
    "consent": {
        "column": "Đồng ý",
        "means": {
            "có": {
                "state": "given",
                "purposes": ["events"],
                "channels": ["email"],
                "method": "paper",
                "signed_on": "12/01/2026",
                "evidence": "phiếu 12",
                "notice": "events/1",
            },
            "không": {"state": "refused", "method": "paper", "signed_on": "01/01/2026"},
        },
    },
}
UNASKED = {name: said for name, said in MEANT.items() if name != "consent"} | {"ignored": ["STT", "Đồng ý"]}
# A mapping of three columns that changes the records of people by their codes.
AMENDS = {
    "on_record": "amend",
    "person": {"fixed": FIXED, "columns": {"Mã": "code", "Nơi": "city"}},
    "consent": MEANT["consent"],
}
HEADINGS = ("STT", "Họ tên", "Sinh", "Thư", "Quê", "Thân nhân", "Quan hệ", "Đồng ý")


def line(name="Lê Văn Ba", mail="ba@example.com", **cells):
    """A row of a file, by what its columns tell."""
    told = {"name": name, "mail": mail, "home": "xã Cẩm Xuyên", **cells}
    names = ("number", "name", "born", "mail", "home", "relative", "kinship", "answer")
    return [str(told.get(one, "")) for one in names]


def csv_of(*lines):
    return "\n".join(";".join(cells) for cells in (HEADINGS, *lines)).encode()


def sent(clerk, *lines, name="danh sách.csv", content=None, said=MEANT):
    """A file that was sent and tried: its code."""
    with workbooks.kept(content or csv_of(*lines)) as file:
        how = workbooks.told_by(file, workbooks.How())
        code = intake.receive(clerk, name, file, how, keep=False)["code"]
        works.stage(clerk, code, file, how, reached)
    if said:
        intake.lay_out(clerk, code, said, answers.meant(laid_out(said)).values(), ask=False)
        works.try_out(clerk, code, reached)
    return code


def taken(clerk, *lines, **options):
    """A file that was taken in: its code."""
    code = sent(clerk, *lines, **options)
    intake.begin(clerk, code, ask=False)
    works.take_in(clerk, code, reached)
    return code


def reached(_done, _of=None):
    """Nobody looks how far it is."""


def pulled(organizer, issue):
    """The file of a pull."""
    return desk.pull(organizer, issue, reason="giấy mời", format=Format.CSV).content


def sheet_with(*headings):
    """A table with these headings."""
    return files.Sheet(headings)
