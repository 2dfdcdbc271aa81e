"""The only writer of pulls: the file an organizer takes, made, sealed and remembered."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any, BinaryIO

from sqlalchemy import Select, func, or_, select, union

from kieubao.access.models import Account, Organisation
from kieubao.access.roles import Actor
from kieubao.consent import agreements, handover, stops, weighing
from kieubao.consent.models import WHOSE, Handover, HandoverPerson, Standing, StopNotice
from kieubao.consent.rules import may_contact, open_channels
from kieubao.consent.stops import Waiting
from kieubao.consent.vocabulary import URGENT, Channel, Purpose
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, NotFound, _
from kieubao.occasions import stationery, turnout
from kieubao.outreach import files, invitations, issues, links, tracing
from kieubao.outreach.models import Grant, Issue, OutreachList, Pull
from kieubao.outreach.vocabulary import ASKED_FOR, GOES_BY, REPLY, STREWN, TELLS_THROUGH, Format, ListState
from kieubao.people import disclosure

Sheet = dict[str, Any]
TRIES = 5
# Of rosters from before migration 0030 it was not kept which case.
_BASIS = ("Sự đồng ý của từng người, xem lại khi tải", "Điểm a khoản 1 Điều 19 Luật 91/2025/QH15")
_TELL = "nói rõ với từng người vì sao có dữ liệu của họ"
_NOBODY = {
    Channel.POST: _("Nobody on this issue has a postal address that may be used"),
    Channel.EMAIL: _("Nobody on this issue has an e-mail address that may be used"),
    Channel.SMS: _("Nobody on this issue has a number for text messages that may be used"),
    Format.DOOR: _("Nobody on this issue accepted and has a seat"),
}


@dataclass(frozen=True)
class Wanted:
    """What an organizer asks for: of which issue, why, and how it should be written; `site`: where links lead."""

    code: str
    issue: str
    reason: str
    format: Format
    language: str
    site: str = ""


@dataclass(frozen=True)
class Prepared:
    """A file that may not leave yet, open at its beginning; and what says who is in it, and who is through whom."""

    content: BinaryIO
    digest: str
    people: int
    handover: Handover
    via: Handover | None

    @property
    def handovers(self) -> list[Handover]:
        return [self.handover, self.via] if self.via else [self.handover]


@dataclass(frozen=True)
class Named:
    """Who is in a file: its people in the order of its rows, and of those asked through a relative, that relative."""

    people: list[int] = field(default_factory=list)
    through: dict[int, int] = field(default_factory=dict)


def take(actor: Actor, wanted: Wanted) -> tuple[BinaryIO, Pull]:
    """Make the file, seal it and record the pull; make it again where somebody said no while it was made.

    Leaves the transaction open with the right to write. Raises Conflict where people go on saying no
    faster than the file can be made.
    """
    for _attempt in range(TRIES):
        with ExitStack() as undo:
            made = _prepared(actor, wanted)
            undo.callback(made.content.close)
            if handover.seal(*made.handovers):
                pull = _recorded(actor, wanted, made)
                undo.pop_all()
                return made.content, pull
    raise Conflict(_("People on this list keep changing what they agreed to: try again in a moment"))


def allowed(actor: Actor, wanted: Wanted) -> tuple[Grant, Issue]:
    """Return the grant for one more pull today; raise NotFound or Conflict where there is none."""
    grant, issue = issues.granted(actor.organisation_id, wanted.issue, wanted.format)
    since = clock.midnight()
    today = db.session.scalar(select(func.count()).where(Pull.grant_id == grant.id, Pull.at >= since)) or 0
    if today >= grant.pulls_a_day:
        raise Conflict(_("The grant allows %(times)s pulls a day"), times=grant.pulls_a_day)
    return grant, issue


def of(issue: Issue, organisation_id: int | None = None) -> list[tuple[Pull, Sheet]]:
    """Return the pulls of an issue (by one organisation, or all), the newest first."""
    query = (
        select(Pull, Organisation.name, Account.name)
        .join(Handover, Handover.id == Pull.handover_id)
        .join(Organisation, Organisation.id == Handover.recipient_id)
        .join(Account, Account.id == Pull.account_id)
        .where(Pull.issue_id == issue.id)
        .order_by(Pull.id.desc())
    )
    if organisation_id is not None:
        query = query.where(Handover.recipient_id == organisation_id)
    names = ("code", "format", "reason", "people", "held_back", "digest", "at")
    return [
        (pull, {name: getattr(pull, name) for name in names} | {"organisation": office, "account": account})
        for pull, office, account in db.session.execute(query)
    ]


def files_of(pull: Pull) -> list[int]:
    """Return what was handed over with a pull: its people, and those who are through a relative, with these."""
    return [pull.handover_id, *([pull.via_handover_id] if pull.via_handover_id else [])]


def _asked(pull: Pull, issue: Issue) -> Iterator[tuple[int, Purpose]]:
    """Give each handover of a pull, and what those in it have to agree to."""
    yield from zip(files_of(pull), (Purpose(issue.purpose), Purpose.VIA_RELATIVE), strict=False)


def stopped(pull: Pull, issue: Issue) -> Select[int]:
    """Select the people in a pull who may no longer be contacted; of a record that was merged, its person is asked.

    Of a list that was closed that is everybody.
    """
    both = union(*(_no_longer(issue, _in_file(one), purpose) for one, purpose in _asked(pull, issue))).subquery()
    return select(both.c.person_id)


def _in_file(handover_id: int) -> Select[int]:
    return select(HandoverPerson.person_id).where(HandoverPerson.handover_id == handover_id)


def _no_longer(issue: Issue, inside: Select[int], purpose: Purpose) -> Select[int]:
    if issue.outreach_list.state == ListState.CLOSED:
        return inside
    may = may_contact(purpose, [Channel(channel) for channel in issue.channels])
    return select(Standing.person_id).where(Standing.person_id.in_(inside), WHOSE.not_in(may))


def handed_over(issue: Issue, organisation_id: int | None) -> Select[int]:
    """Select the people in the files that an organisation took of an issue."""
    return _in_files().where(Pull.issue_id == issue.id, Handover.recipient_id == organisation_id)


def gone(issue: Issue, organisation_id: int | None) -> Select[int]:
    """Select those of them who may no longer be contacted."""
    people = handed_over(issue, organisation_id).subquery()
    return _no_longer(issue, select(people.c.person_id), Purpose(issue.purpose))


def invited(occasion_id: int) -> Select[int]:
    """Select the people in files that were taken of the lists of an occasion."""
    of_lists = select(Issue.id).join(OutreachList, OutreachList.id == Issue.list_id)
    records = _in_files().where(Pull.issue_id.in_(of_lists.where(OutreachList.occasion_id == occasion_id)))
    return select(WHOSE).distinct().where(Standing.person_id.in_(records))


def untold(drawn: OutreachList) -> Select[int]:
    """Select the people in files that were taken of a list to whom nobody spoke yet about what it is for."""
    of_list = select(Issue.id).where(Issue.list_id == drawn.id)
    records = _in_files().where(Pull.issue_id.in_(of_list))
    people = select(WHOSE).distinct().where(Standing.person_id.in_(records), Standing.erased_at.is_(None))
    return people.where(WHOSE.not_in(turnout.spoken_to(drawn.occasion)))


def _in_files() -> Select[int]:
    query = select(HandoverPerson.person_id).distinct().join(Pull, Pull.handover_id == HandoverPerson.handover_id)
    return query.join(Handover, Handover.id == Pull.handover_id).where(Handover.sealed_at.is_not(None))


def located(organisation_id: int | None, code: str) -> tuple[Pull, Issue]:
    """Find a pull of an organisation and the issue it is of; absent and another's are one answer."""
    query = (
        select(Pull, Issue)
        .join(Issue, Issue.id == Pull.issue_id)
        .join(Handover, Handover.id == Pull.handover_id)
        .where(Pull.code == code, Handover.recipient_id == organisation_id)
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        raise NotFound(_("There is no such pull of your organisation"))
    return found[0], found[1]


def waiting(made: Sequence[Pull]) -> dict[int, Sheet]:
    """Return of each pull, by its id, about how many people notices wait, since when, and the last one there is."""
    told = stops.waiting([one for pull in made for one in files_of(pull)])
    return {pull.id: _waiting([told[one] for one in files_of(pull) if one in told]) for pull in made}


def to_acknowledge(organisation_id: int | None) -> list[Sheet]:
    """Return the pulls of an organisation of which notices wait, whatever became of their lists; the latest first."""
    told = select(StopNotice.handover_id).where(StopNotice.acknowledged_at.is_(None))
    query = (
        select(Pull, Issue)
        .join(Issue, Issue.id == Pull.issue_id)
        .join(Handover, Handover.id == Pull.handover_id)
        .where(Handover.recipient_id == organisation_id)
        .where(or_(Pull.handover_id.in_(told), Pull.via_handover_id.in_(told)))
        .order_by(Pull.id.desc())
    )
    made = [(pull, issue) for pull, issue in db.session.execute(query)]
    waits = waiting([pull for pull, _issue in made])
    return [
        {"pull": pull.code, "issue": issue.code, "title": issue.outreach_list.title, **waits[pull.id]}
        for pull, issue in made
    ]


def _waiting(told: Sequence[Waiting]) -> Sheet:
    if not told:
        return {"waiting": 0, "since": None, "last_notice": None, "overdue": False}
    people, since, last = zip(*told, strict=True)
    overdue = any(one.overdue for one in told)
    return {"waiting": sum(people), "since": min(since), "last_notice": max(last), "overdue": overdue}


def notices(pull: Pull, issue: Issue) -> list[Sheet]:
    """Return the notices of a pull that wait: the code of whom to stop contacting, and by what they still may be."""
    found = [one for file, purpose in _asked(pull, issue) for one in _notices(file, purpose, issue)]
    # Of who is told of twice, who is through a relative: by what they themselves may be.
    return sorted({one["code"]: one for one in reversed(found)}.values(), key=itemgetter("code"))


def _notices(handover_id: int, purpose: Purpose, issue: Issue) -> list[Sheet]:
    told = stops.told(handover_id).subquery()
    people = select(told.c.person_id)
    since = {person: day for person, day in db.session.execute(select(told))}  # noqa: C416 - rows are no pairs to mypy
    still = defaultdict[int, list[str]](list)
    for person, channel in db.session.execute(_still(purpose, issue, people)) if since else ():
        still[person].append(channel)
    codes = disclosure.codes_of(people) if since else {}
    return [{"code": code, "since": since[one], "still": sorted(still[one])} for one, code in codes.items()]


def _still(purpose: Purpose, issue: Issue, people: Select[int]) -> Select[int, str]:
    """Select by which channels of an issue people may still be contacted, under whichever record of theirs."""
    is_open = open_channels(purpose, [Channel(one) for one in issue.channels]).subquery()
    query = select(Standing.person_id, is_open.c.channel).join(is_open, is_open.c.person_id == WHOSE)
    return query.where(Standing.person_id.in_(people))


def _recorded(actor: Actor, wanted: Wanted, made: Prepared) -> Pull:
    """Record the pull. The grant is asked for again now that nothing else can change: it may have ended meanwhile."""
    grant, issue = allowed(actor, wanted)
    pull = Pull(
        code=wanted.code,
        issue_id=issue.id,
        grant_id=grant.id,
        handover_id=made.handover.id,
        via_handover_id=made.via and made.via.id,
        account_id=actor.account_id,
        format=wanted.format,
        reason=wanted.reason,
        people=made.people,
        held_back=issue.people - made.people,
        digest=made.digest,
    )
    db.session.add(pull)
    return pull


def _prepared(actor: Actor, wanted: Wanted) -> Prepared:
    """Make the file at a watermark and write down, not yet sealed, who is in it."""
    grant, issue = allowed(actor, wanted)
    mark, named = handover.watermark(), Named()
    notes = files.Table("Ghi chú", ("Mục", "Nội dung"), _manifest(actor, wanted, grant, issue, named))
    content, digest = files.taken(wanted.format, _people(wanted, grant, issue, named), notes)
    with ExitStack() as undo:
        undo.callback(content.close)
        if not named.people and (words := _NOBODY.get(GOES_BY.get(wanted.format, wanted.format))):
            raise Conflict(words)
        to = grant.organisation_id
        what = handover.What(wanted.code, Purpose(issue.purpose), issue.channels)
        left = handover.prepare(to, what, mark, named.people)
        via = None
        if named.through:
            both = sorted({*named.through, *named.through.values()})
            via = handover.prepare(to, what._replace(purpose=Purpose.VIA_RELATIVE), mark, both, in_rows=False)
        made = Prepared(content, digest, len(named.people), left, via)
        undo.pop_all()
    return made


def _people(wanted: Wanted, grant: Grant, issue: Issue, named: Named) -> files.People:
    """Return the people of the file; `named` fills as its rows are read."""
    fields = [name for name in disclosure.REACH.columns if name in {"code", *grant.fields}]
    channels = [Channel(channel) for channel in issue.channels]
    # What is printed, or sent by a service, is to the people themselves.
    relayed = issue.via_relatives and wanted.format in TELLS_THROUGH
    pairs = weighing.through(issue.id) if relayed else None
    reached = disclosure.reach(Purpose(issue.purpose), channels, fields, issues.people(issue), pairs)

    held, more = issue.outreach_list.occasion, dict[str, Any](family=True) if issue.households else {}
    # Whoever opens a roster's file reads in each row why it has that person's data, and that they are to be told.
    more |= {"basis": f"{issue.basis}; {_TELL}"} if issue.basis else {}
    fields += ["basis"] if issue.basis else []
    answers = REPLY in grant.fields
    fields += [REPLY] if answers else []
    coming = turnout.coming(held) if wanted.format is Format.DOOR else None
    # They told whoever invited that they want no more contact, and a clerk has not recorded it yet.
    unheard = {*db.session.scalars(turnout.unheard(urgent=Purpose(issue.purpose) in URGENT))}
    # Nobody passes a word on who said so of anything, in an emergency either: it is for that that they once agreed.
    silent = unheard | {*db.session.scalars(turnout.unheard())} if relayed else unheard

    def rows() -> Iterator[Sheet]:
        for person_id, row, via in tracing.strewn(reached) if wanted.format in STREWN else reached:
            expected = coming is None or person_id in coming
            if expected and person_id not in unheard and files.has_place(row, wanted.format):
                named.people.append(person_id)
                asked = via if via and via.id not in silent else None
                if asked:
                    named.through[person_id] = asked.id
                told: Sheet = {"via": asked and asked.sheet} if relayed else {}
                if answers:
                    told[REPLY] = f"{wanted.site}/r/{links.written(wanted.code, len(named.people) - 1)}"
                yield row | ({} if coming is None else {"companions": coming[person_id]}) | told | more

    sender = db.session.scalar(select(Organisation.name).where(Organisation.id == grant.organisation_id)) or ""
    letters = _letters(wanted, issue, sender) if wanted.format is Format.LETTERS else None
    about = invitations.told(held, sender)
    whom = files.People(rows(), fields, channels, wanted.language, wanted.code, sender, held.title, about, letters)
    return replace(whom, relayed=relayed)


def _letters(wanted: Wanted, issue: Issue, sender: str) -> invitations.Letters:
    """Return how the letters of an issue are written: as its approver could see, and in no later words."""
    held = issue.outreach_list.occasion
    if stationery.digests(held) != (issue.letters or {}):
        raise Conflict(_("The letter was changed since this issue was published: the next issue has it"))
    return invitations.of(held, sender, wanted.code)


def _manifest(actor: Actor, wanted: Wanted, grant: Grant, issue: Issue, named: Named) -> Iterator[tuple[str, str]]:
    """Say what this file is and on what terms. How many are in it is known once they are written."""
    yield "Lượt tải", wanted.code
    yield "Danh sách", issue.outreach_list.title
    yield "Bản phát hành", f"{issue.code}, số {issue.number}"
    yield "Mục đích", ASKED_FOR.label(issue.purpose)
    if issue.whom:
        yield "Lọc theo", issue.whom
    yield "Số người", str(len(named.people))
    if issue.households:
        yield "Lời mời", "Một lời mời cho mỗi gia đình"
    if named.through:
        yield "Qua thân nhân", f"{len(named.through)} người; thân nhân chỉ nhận lời nhắn giúp, không được mời"
    yield "Căn cứ", issue.basis or _BASIS[Purpose(issue.purpose) in URGENT]
    yield "Thời điểm", clock.now().astimezone(clock.HANOI).strftime("%d/%m/%Y %H:%M")
    yield "Người tải", actor.name
    yield "Lý do", wanted.reason
    yield "Thỏa thuận bàn giao", agreements.title(grant.agreement)
    told = f"{_TELL}; " if Purpose(issue.purpose) in URGENT else ""
    yield "Điều kiện", f"Chỉ dùng cho mục đích trên; {told}ngừng liên hệ ngay khi có thông báo; xóa khi xong việc"
