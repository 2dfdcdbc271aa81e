"""What the protection officer does: reads the trail, decides on findings, reviews accounts, keeps the registers."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent import agreements
from kieubao.outreach import tracing
from kieubao.oversight import breaches, entries, findings, register, reviews, watch
from kieubao.oversight.vocabulary import OPEN, Outcome, Verdict
from kieubao.people import disclosure

Sheet = dict[str, Any]
# So many people make a list that somebody found.
_LEAST: Final = 5
# What one file of the trail, one page of findings, and the warning of an agreement's end hold.
FILE_ENTRIES: Final = 10_000
FINDINGS: Final = 200
ENDING_DAYS: Final = 30


@use_case(Permission.AUDIT_READ, Shape.READ)
def search_trail(
    actor: Actor, *, wanted: Mapping[str, Any], after: Sequence[Any] | None = None, size: int = 30
) -> Sheet:
    """Return a page of the trail, the newest first, and whose entries can be asked for."""
    page = entries.page(actor.scope, _asked(actor, wanted), after=after, size=size)
    note(found=len(page.entries))
    return {**vars(page), **entries.choices()}


@use_case(Permission.AUDIT_READ, Shape.READ)
def take_trail(actor: Actor, *, wanted: Mapping[str, Any]) -> list[Sheet]:
    """Return all entries that match, to be written to a file; raise Invalid where they are too many for one."""
    taken = entries.everything(actor.scope, _asked(actor, wanted), FILE_ENTRIES)
    note(found=len(taken))
    return taken


@use_case(Permission.OVERSIGHT_READ, everyone=True)
def keep_watch(actor: Actor, *, every: timedelta = timedelta()) -> int:
    """Watch the trail until now, by every rule of unusual reading; return how many findings are new."""
    new = watch.keep(every)
    note(found=new)
    return new


@use_case(Permission.OVERSIGHT_READ, Shape.READ)
def desk(actor: Actor) -> Sheet:
    """Return what waits: findings, clocks, reviews, agreements that end, and the trail's last verdict."""
    return {
        "watched_at": watch.watched_at(),
        "findings": dict(findings.open_by_rule()),
        "clocks": breaches.running(),
        "reviews": [{"quarter": quarter, "overdue": reviews.is_overdue(quarter)} for quarter in reviews.due()],
        "agreements": agreements.ending(ENDING_DAYS),
        "verdict": entries.last_of("access.verify_trail"),
    }


@use_case(Permission.OVERSIGHT_READ, Shape.READ)
def all_findings(actor: Actor, *, state: str = OPEN) -> list[Sheet]:
    """Return the findings in a state, or all of them, the newest first."""
    return findings.queue(state, FINDINGS)


@use_case(Permission.OVERSIGHT_READ, Shape.READ)
def finding(actor: Actor, finding_id: int) -> Sheet:
    """Return a finding with its entries of the trail and what was decided."""
    sheet = findings.one(finding_id)
    note(finding=finding_id, found=len(sheet["entries"]))
    return {**sheet, "entries": entries.numbered(actor.scope, sheet["entries"])}


@use_case(Permission.OVERSIGHT_KEEP)
def decide(actor: Actor, finding_id: int, *, outcome: Outcome, remark: str) -> None:
    """Say what became of a finding, and why."""
    decided = findings.decide(finding_id, outcome, remark, actor.account_id)
    note(finding=finding_id, rule=decided.rule, state=outcome)


@use_case(Permission.OVERSIGHT_READ, Shape.READ)
def trace(actor: Actor, *, rows: Sequence[str]) -> Sheet:
    """Return the pulls that a list is likeliest of which somebody found, by its rows; it tells whom none of them.

    Where they are of fewer than five people on record it is told of none: to ask of one would be to look somebody up.
    """
    found = tracing.traced(actor.scope, rows)
    if found["known"] < _LEAST:
        found |= {"known": 0, "pulls": []}
    note(found=len(found["pulls"]), rows=len(rows), pulls=[one["pull"] for one in found["pulls"]])
    return found


@use_case(Permission.OVERSIGHT_READ, Shape.READ)
def all_reviews(actor: Actor) -> Sheet:
    """Return the rounds with their progress, and the quarters that have none."""
    rounds = reviews.rounds()
    begun = {one["quarter"] for one in rounds}
    return {"rounds": rounds, "due": [quarter for quarter in reviews.due() if quarter not in begun]}


@use_case(Permission.OVERSIGHT_READ, Shape.READ)
def review(actor: Actor, round_id: int) -> Sheet:
    note(review=round_id)
    return reviews.one(round_id)


@use_case(Permission.OVERSIGHT_READ, Shape.READ)
def reviewed(actor: Actor, round_id: int, account_id: int) -> Sheet:
    """Return one account as a round has it."""
    note(review=round_id, account=account_id)
    return reviews.line(round_id, account_id)


@use_case(Permission.OVERSIGHT_KEEP)
def begin_review(actor: Actor, *, quarter: str) -> Sheet:
    """Open a quarter's review over every open account."""
    opened = reviews.begin(quarter, actor.account_id)
    note(review=opened.id, quarter=quarter)
    return reviews.one(opened.id)


@use_case(Permission.OVERSIGHT_KEEP)
def settle(actor: Actor, round_id: int, account_id: int, *, verdict: Verdict, remark: str | None = None) -> Sheet:
    """Keep an account, or record the wish that it be changed, which two others then do."""
    reviews.settle(round_id, account_id, verdict, remark, actor.account_id)
    note(review=round_id, account=account_id, state=verdict)
    return reviews.one(round_id)


@use_case(Permission.OVERSIGHT_READ, Shape.READ)
def whole_register(actor: Actor) -> list[Sheet]:
    """Return the record of processing."""
    return register.whole()


@use_case(Permission.OVERSIGHT_READ, Shape.READ)
def registered(actor: Actor, purpose: str) -> Sheet:
    """Return one purpose of the register with every version of what was said of it."""
    about = register.purpose(purpose)
    note(purposes=[about])
    return register.one(about) | {"versions": register.versions(about)}


@use_case(Permission.OVERSIGHT_KEEP)
def write_register(actor: Actor, /, purpose: str, *, version: int, **said: Any) -> int:
    """Add the next version of what the office says of a purpose."""
    about = register.purpose(purpose)
    written = register.write(about, version, actor.account_id, **said)
    note(purposes=[about], version=written)
    return written


@use_case(Permission.OVERSIGHT_READ, Shape.READ)
def all_breaches(actor: Actor) -> list[Sheet]:
    return breaches.every()


@use_case(Permission.OVERSIGHT_READ, Shape.READ)
def breach(actor: Actor, code: str) -> Sheet:
    """Return a breach with its clock and every version of what was known."""
    note(breach=code)
    return breaches.one(code)


@use_case(Permission.OVERSIGHT_KEEP)
def find_breach(actor: Actor, /, **items: Any) -> Sheet:
    """Record a breach: the clock of 72 hours runs from when it was found."""
    found = breaches.find(actor.scope, actor.account_id, **items)
    note(breach=found.code)
    return breaches.one(found.code)


@use_case(Permission.OVERSIGHT_KEEP)
def amend_breach(actor: Actor, /, code: str, *, version: int, **items: Any) -> Sheet:
    """Add what is known by now."""
    breaches.amend(actor.scope, code, version, actor.account_id, **items)
    note(breach=code, version=version + 1)
    return breaches.one(code)


@use_case(Permission.OVERSIGHT_KEEP)
def report_breach(actor: Actor, code: str, *, reported_at: datetime, reported_to: str) -> Sheet:
    """Record that the authority was told."""
    breaches.report(code, reported_at, reported_to, actor.account_id)
    note(breach=code, late=breaches.one(code)["late"])
    return breaches.one(code)


@use_case(Permission.OVERSIGHT_KEEP)
def close_breach(actor: Actor, code: str, *, remark: str) -> Sheet:
    breaches.close(code, remark, actor.account_id)
    note(breach=code)
    return breaches.one(code)


def _asked(actor: Actor, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return a filter with a person's pseudonym for their code, and leave in the record what was asked by."""
    asked = {name: value for name, value in wanted.items() if name != "person"}
    note(filters=sorted(wanted))
    if wanted.get("person"):
        asked["subject"] = disclosure.locate(actor.scope, wanted["person"]).subject
        note(subject=asked["subject"])
    return asked
