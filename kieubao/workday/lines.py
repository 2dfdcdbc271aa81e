"""The work there is, and how much of it waits for whom: one line for each queue."""

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import or_

from kieubao import outbox
from kieubao.access import changes
from kieubao.access.roles import Actor, Permission
from kieubao.consent import agreements, notices
from kieubao.ground import clock
from kieubao.ground.errors import _
from kieubao.intake import inbox
from kieubao.occasions import turnout
from kieubao.outreach import groups, issues, lists, pulls
from kieubao.outreach.vocabulary import ListState
from kieubao.oversight import breaches, findings, reviews
from kieubao.people import contacts, disclosure, filters, freshness, homes, pairs
from kieubao.people.freshness import Found
from kieubao.people.vocabulary import PairState
from kieubao.registrations import arrived
from kieubao.retention import deletions
from kieubao.rights import requests
from kieubao.todo import Line, Waits
from kieubao.visits import passes, pleas
from kieubao.worktime import calendar

# So many days before an agreement ends the office is to make another.
_ENDING_DAYS: Final = 30


def _breaches(_actor: Actor) -> Waits:
    running = breaches.running()
    due = clock.day_of(running[0]["due_at"]) if running else None
    return Waits(len(running), due, late=any(one["due_at"] < clock.now() for one in running))


def _requests(actor: Actor) -> Waits:
    found = requests.queue(actor.scope, calendar())
    late = any(one["late"] or one["answer_late"] for one in found)
    return Waits(len(found), found[0]["next_on"] if found else None, late)


def _stop_notices(actor: Actor) -> Waits:
    found = pulls.to_acknowledge(actor.organisation_id)
    return Waits(sum(one["waiting"] for one in found), late=any(one["overdue"] for one in found))


def _issues(actor: Actor) -> Waits:
    found = [issue for _grant, issue in issues.open_to(actor.organisation_id)]
    return Waits(sum(not pulls.of(issue, actor.organisation_id) for issue in found))


def _to_approve(actor: Actor) -> Waits:
    found = lists.seen(actor.scope, ListState.SUBMITTED)
    return Waits(sum(one.author_id != actor.id for one in found))


def _to_publish(actor: Actor) -> Waits:
    return Waits(sum(lists.is_ready(one) for one in lists.seen(actor.scope, ListState.APPROVED)))


def _sent_back(actor: Actor) -> Waits:
    found = lists.seen(actor.scope, ListState.DRAFT)
    return Waits(sum(bool(one.remarks) and one.author_id == actor.id for one in found))


def _rosters(actor: Actor) -> Waits:
    found = [one for one in lists.rosters() if groups.covers(actor.scope, one.scope)]
    return Waits(sum(not lists.is_spent(one) and one.co_approver_id is None for one in found))


def _pleas(actor: Actor) -> Waits:
    return Waits(len(pleas.waiting()) if actor.scope.provinces else 0)


def _registrations(actor: Actor) -> Waits:
    return Waits(arrived.count(actor.scope))


def _messages(actor: Actor) -> Waits:
    waits = outbox.by_hand()
    today = passes.whose({whose for _number, whose, *_rest in waits})
    seen = disclosure.codes_by_id(actor.scope, {*today.values()})
    ends = [until for _number, whose, _channel, until in waits if today[whose] in seen]
    return Waits(len(ends), clock.day_of(ends[0]) if ends else None)


def _answers(actor: Actor) -> Waits:
    people = filters.everybody(actor.scope)
    whom = people.selected_columns[0]
    unheard = (turnout.unheard(), turnout.unheard(urgent=True))
    left = (*unheard, contacts.unmended(turnout.unreached()))
    return Waits(disclosure.count(people.where(or_(*(whom.in_(some) for some in left)))))


def _doubles(actor: Actor) -> Waits:
    return Waits(pairs.totals(actor.scope)[PairState.OPEN])


def _merges(actor: Actor) -> Waits:
    return Waits(pairs.totals(actor.scope)[PairState.PROPOSED])


def _homes(actor: Actor) -> Waits:
    return Waits(homes.totals(actor.scope)[0] if actor.scope.provinces else 0)


def _files(actor: Actor) -> Waits:
    return Waits(inbox.unfinished(actor))


def _rows(actor: Actor) -> Waits:
    return Waits(inbox.undecided(actor))


def _untold(actor: Actor) -> Waits:
    found = freshness.untold(actor.scope, 1)
    due = found.people[0]["due_on"] if found.people else None
    return _counted(found)._replace(due_on=due, late=bool(due and due < clock.today()))


def _unconfirmed(actor: Actor) -> Waits:
    return _counted(freshness.unconfirmed(actor.scope, 1))


def _expired(actor: Actor) -> Waits:
    return _counted(freshness.expired(actor.scope, deletions.spared(), 1))


def _erasures(actor: Actor) -> Waits:
    return Waits(len(disclosure.codes_by_id(actor.scope, deletions.by_others(actor.account_id))))


def _changes(actor: Actor) -> Waits:
    return Waits(sum(one.proposed_by != actor.id for one in changes.waiting()))


def _notices(actor: Actor) -> Waits:
    return Waits(sum(one["written_by"] != actor.id for one in notices.drafts()))


def _findings(_actor: Actor) -> Waits:
    return Waits(findings.open_by_rule().total())


def _reviews(_actor: Actor) -> Waits:
    due = reviews.due()
    return Waits(len(due), late=any(map(reviews.is_overdue, due)))


def _agreements(_actor: Actor) -> Waits:
    ending = agreements.ending(_ENDING_DAYS)
    return Waits(len(ending), min((one["valid_until"] for one in ending), default=None))


def _counted(found: Found) -> Waits:
    return Waits(found.total, more=found.more)


_P = Permission
_TABLE: Final[Sequence[tuple[Permission, str, str, Callable[[Actor], Waits]]]] = (
    (_P.OVERSIGHT_READ, "oversight_pages.all_breaches", _("Breaches to report"), _breaches),
    (_P.LIST_PULL, "outreach_pages.granted", _("People to stop contacting"), _stop_notices),
    (_P.LIST_PULL, "outreach_pages.granted", _("Issues to download"), _issues),
    (_P.REQUEST_READ, "rights_pages.queue", _("Requests about people's own data"), _requests),
    (_P.PLEA_PLACE, "visits_pages.all_pleas", _("Requests to be left alone, of whom it is not known"), _pleas),
    (_P.RESPONSE_RECORD, "responses_pages.left_to_do", _("People whose answer leaves something to do"), _answers),
    (_P.LIST_APPROVE, "outreach_pages.all_lists", _("Lists to approve"), _to_approve),
    (_P.LIST_APPROVE, "outreach_pages.all_lists", _("Lists to publish"), _to_publish),
    (_P.LIST_DRAFT, "outreach_pages.all_lists", _("Lists sent back to you"), _sent_back),
    (_P.ROSTER_APPROVE, "outreach_pages.all_rosters", _("Rosters to approve too"), _rosters),
    (_P.PERSON_MERGE, "duplicates_pages.queue", _("Merges to confirm"), _merges),
    (_P.INTAKE_DECIDE, "intake_pages.imports", _("Files with rows to decide on"), _rows),
    (_P.RETENTION_ERASE, "retention_pages.expired", _("Erasures to decide"), _erasures),
    (_P.NOTICE_APPROVE, "consent_pages.all_notices", _("Notices to approve"), _notices),
    (_P.ACCOUNT_CONFIRM, "access_pages.changes", _("Changes of accounts to decide"), _changes),
    (_P.REGISTRATION_DECIDE, "registrations_pages.waiting", _("Registrations to look at"), _registrations),
    (_P.INTAKE_RUN, "intake_pages.imports", _("Your files that are not taken in yet"), _files),
    (_P.MESSAGE_TELL, "visits_pages.to_tell", _("Messages to tell by hand"), _messages),
    (_P.PERSON_WRITE, "retention_pages.untold", _("People to be told that their data is held"), _untold),
    (_P.PERSON_WRITE, "duplicates_pages.queue", _("Pairs that may be one person"), _doubles),
    (_P.PERSON_WRITE, "homes_pages.queue", _("Home places to settle"), _homes),
    (_P.PERSON_WRITE, "retention_pages.unconfirmed", _("Records to confirm anew"), _unconfirmed),
    (_P.OVERSIGHT_READ, "oversight_pages.all_findings", _("Findings to decide on"), _findings),
    (_P.OVERSIGHT_READ, "oversight_pages.all_reviews", _("Reviews of accounts"), _reviews),
    (_P.RETENTION_WRITE, "retention_pages.expired", _("Records whose time is over"), _expired),
    (_P.AGREEMENT_WRITE, "consent_pages.all_agreements", _("Hand-over agreements that end soon"), _agreements),
)
LINES: Final = tuple(Line(*one) for one in _TABLE)
