"""Pairs looked at and decided on; merges proposed, confirmed by somebody else, and undone; the sweep asked for."""

from collections.abc import Sequence
from typing import Any

from kieubao import jobs
from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, only_showed, use_case
from kieubao.ground.errors import Forbidden, _
from kieubao.people import disclosure, merges, pairs
from kieubao.people.disclosure import Located
from kieubao.people.merges import Pair
from kieubao.people.pairs import Found, Proposal
from kieubao.people.vocabulary import WAITING, PairState

Sheet = dict[str, Any]
SIZE, MERGES = 50, 200
SWEEP = "duplicates.sweep"
# Who says again what stands already has worked on neither of the two: it counts as a look at them.
LOOK = "duplicates.one_pair"


@use_case(Permission.PERSON_READ, Shape.READ)
def all_pairs(
    actor: Actor, *, states: Sequence[PairState] = WAITING, after: Sequence[int] | None = None, size: int = SIZE
) -> Sheet:
    """Return the pairs within scope that wait, the likeliest first, how many there are, and where the next begin."""
    found = pairs.waiting(actor.scope, states, size, after)
    shown = found[:size]
    ids = sorted({person for one in shown for person in (one.one, one.other)})
    cards = disclosure.cards(ids)
    by_id = dict(zip(ids, cards, strict=True))
    note(found=len(shown), subjects=[str(subject) for subject, _card in cards])
    last = shown[-1] if len(found) > size else None
    return {
        "pairs": [{**_told(one), "people": [by_id[one.one][1], by_id[one.other][1]]} for one in shown],
        "counts": pairs.totals(actor.scope),
        "more": (-last.score, last.one, last.other) if last else None,
    }


@use_case(Permission.PERSON_READ, Shape.READ, opens=True)
def one_pair(actor: Actor, one: str, other: str) -> Sheet:
    """Return two records side by side: why they seem to be of one person, in what they differ, what was decided."""
    people = [disclosure.locate(actor.scope, code) for code in (one, other)]
    note(subject=people[0].subject, also=[people[1].subject])
    records = [disclosure.record(actor.scope, person.id) for person in people]
    found = pairs.of(*people)
    proposal = pairs.proposed(*people) if found and found.state == PairState.PROPOSED else None
    return {
        "people": records,
        "pair": _told(found) if found else None,
        "differing": merges.differing(*records),
        "choices": merges.CHOICES,
        "proposal": _proposed(proposal, people, records) if proposal else None,
        "mine": bool(proposal and proposal.by == actor.id),
    }


@use_case(Permission.PERSON_WRITE)
def decide(actor: Actor, one: str, other: str, *, state: PairState) -> None:
    """Say that two records are of two people, or that one cannot tell; it is remembered."""
    people = _both(actor, one, other)
    if not pairs.decide(*people, state, actor.id):
        only_showed(LOOK)
    note(subject=people[0].subject, also=[people[1].subject], state=state)


@use_case(Permission.PERSON_WRITE)
def propose(actor: Actor, kept: str, gone: str, *, taken: Sequence[str], versions: Sequence[int]) -> None:
    """Say that two records are of one person: which of them stays, and what it takes from the other, as it was seen."""
    into, away = _both(actor, kept, gone)
    if not pairs.propose(into, away, Proposal(into.id, taken, versions, actor.account_id)):
        only_showed(LOOK)
    note(subject=into.subject, also=[away.subject], fields=sorted(taken))


@use_case(Permission.PERSON_MERGE)
def merge(actor: Actor, one: str, other: str, *, proposal: str) -> str:
    """Merge two records as a clerk proposed, told by its digest; return the code of the one that stays.

    Raises Forbidden to whoever proposed it, Stale where either was changed since.
    """
    people = {person.id: person for person in _both(actor, one, other)}
    how = pairs.confirmed(*people.values(), shown=proposal)
    if how.by == actor.id:
        raise Forbidden(_("Somebody else has to confirm what you proposed"))
    kept = people.pop(how.kept)
    (gone,) = people.values()
    merges.merge(actor, Pair(kept.id, how.versions[0], gone.id, how.versions[1]), how.taken)
    pairs.settle(kept.id, gone.id, PairState.MERGED, actor.id)
    note(subject=kept.subject, also=[gone.subject], fields=sorted(how.taken))
    return disclosure.codes_by_id(actor.scope, [kept.id])[kept.id]


@use_case(Permission.PERSON_MERGE)
def decline(actor: Actor, one: str, other: str, *, proposal: str) -> None:
    """Leave two records as they are, though a clerk would have them merged so: the pair waits again."""
    people = _both(actor, one, other)
    pairs.confirmed(*people, shown=proposal)
    pairs.decide(*people, PairState.UNSURE, actor.id)
    note(subject=people[0].subject, also=[people[1].subject])


@use_case(Permission.PERSON_READ, Shape.READ)
def all_merges(actor: Actor) -> list[Sheet]:
    """Return the latest merges of people within scope."""
    found = merges.of(actor.scope, MERGES)
    note(found=len(found), subjects=[str(one.pop("subject")) for one in found])
    return found


@use_case(Permission.PERSON_MERGE)
def undo(actor: Actor, code: str) -> Sheet:
    """Undo a merge, by the code of the record that went; return the fields that stay, for they were changed since."""
    undone = merges.undo(actor, code)
    pairs.settle(undone.kept, undone.gone, PairState.UNSURE, actor.id)
    gone = disclosure.locate(actor.scope, undone.code)
    kept = disclosure.subjects(actor.scope, [undone.kept])
    note(subject=gone.subject, also=[*kept.values()], stays=list(undone.stays))
    return {"code": undone.code, "stays": list(undone.stays)}


@use_case(Permission.DUPLICATE_SWEEP)
def have_swept(actor: Actor) -> Sheet:
    """Have everybody compared by the worker; return the job. Who is like whom each sees within scope."""
    job = jobs.ask(SWEEP, actor.account_id)
    note(job=job.code)
    return jobs.told(job)


@use_case(Permission.DUPLICATE_SWEEP)
def allow_sweep(actor: Actor) -> None:
    """Let somebody have everybody compared at once, by whoever works at the server's console."""


@use_case(Permission.DUPLICATE_SWEEP, Shape.READ)
def last_swept(actor: Actor) -> Sheet | None:
    """Return the last job by which the actor had everybody compared."""
    return next(map(jobs.told, jobs.latest(actor.account_id, SWEEP, most=1)), None)


def _both(actor: Actor, one: str, other: str) -> tuple[Located, Located]:
    return disclosure.locate(actor.scope, one), disclosure.locate(actor.scope, other)


def _told(found: Found) -> Sheet:
    return {"score": found.score / 10, "likely": found.likely, "reasons": list(found.reasons), "state": found.state}


def _proposed(proposal: Proposal, people: Sequence[Located], records: Sequence[Sheet]) -> Sheet:
    kept = next(record["code"] for person, record in zip(people, records, strict=True) if person.id == proposal.kept)
    return {"kept": kept, "taken": list(proposal.taken), "digest": proposal.digest}
