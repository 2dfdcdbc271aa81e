"""Four processes pull one issue while people say no and yes, are merged and parted, and processes are killed.

`pytest -s -m slow tests/outreach/test_race.py` tells how many pulls, changes and kills that were.
"""

import json
import random
import subprocess
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import select

from kieubao.access import trail
from kieubao.access.models import AuditEntry
from kieubao.consent import ledger, notices, retention, unions
from kieubao.consent.models import Handover, HandoverPerson
from kieubao.consent.vocabulary import Matter
from kieubao.db import db
from kieubao.outreach import organizer, service
from kieubao.outreach.models import Pull
from tests import factories
from tests.campaigns import some
from tests.databases import KEYS

ROOT = Path(__file__).parents[2]
RACERS, ALONE = 4, 3
YES = {"given", "renewed"}
SHORT, LONG = [pytest.mark.timeout(300)], [pytest.mark.slow, pytest.mark.timeout(3_600)]
FOREVER = float("inf")
# In bytes of what a process writes down: some pulls.
FEW = 3_000


class Running(NamedTuple):
    """A process, and how much it had written down when it was started."""

    process: subprocess.Popen
    size: int


@dataclass
class Race:
    """Everybody on the issue, who changes their mind alone, and what each process wrote down."""

    folder: Path
    by_subject: dict
    by_id: dict
    alone: set
    kills: int = 0
    told: list = field(default_factory=list)

    def run(self, *, killing):
        """Start every process; kill one now and then, and start it anew; until each has made its pulls."""
        chance = random.Random()
        running = {number: self.started(number) for number in range(RACERS)}
        try:
            while any(one.process.poll() is None for one in running.values()):
                time.sleep(chance.uniform(0.2, 3) if killing else 0.1)
                number = chance.randrange(RACERS)
                # One that did nothing yet would be killed again and again while it is coming up.
                if killing and self.size(number) > running[number].size + FEW and ended(running[number]):
                    running[number] = self.started(number)
                    self.kills += 1
        finally:
            left = [one for one in running.values() if ended(one)]
        assert left == []
        said = [one.process.communicate()[1] for one in running.values()]
        assert not any(said), said
        for number in range(RACERS):
            lines = (self.folder / f"{number}.jsonl").read_text().splitlines()
            self.told.append(paired(map(json.loads, lines)))

    def started(self, number):
        command = [sys.executable, "-W", "ignore", "-m", "tests.outreach.racing", str(number), str(self.folder)]
        return Running(subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True), self.size(number))

    def size(self, number):
        log = self.folder / f"{number}.jsonl"
        return log.stat().st_size if log.exists() else 0

    def acts(self):
        return [act for told in self.told for act in told]

    def pulls(self):
        return [act for act in self.acts() if "pull" in act]


def ended(one):
    """Kill a process that is running; tell whether it was."""
    if one.process.poll() is not None:
        return False
    one.process.kill()
    one.process.communicate()
    return True


def paired(lines):
    """Return what was begun with what came of it; of what was killed nothing is known."""
    acts = []
    for line in lines:
        if "begun" in line:
            acts.append({"what": line["begun"], "who": line.get("who"), "from": line["at"], "to": None})
        else:
            acts[-1] |= {"to": line["at"], **line}
    return acts


@pytest.fixture
def raced(cast, database, tmp_path):
    """Give who prepares an issue with everybody on it, runs the race, and returns it."""

    def run(pulls, *, killing=True, naive=""):
        racers, people = [], []
        # What is said in the race is dated day by day from long ago: here nobody is out for being silent since.
        retention.decide(Matter.EVENTS, None)
        for number in range(RACERS):
            guests = [guest(f"{number}{one}") for one in range(ALONE + 2)]
            accounts = [factories.account(role).id for role in ("clerk", "approver")]
            codes = [one.code for one in guests]
            mine = {"accounts": [*accounts, cast["organizer"].id], "alone": codes[:ALONE], "pair": codes[ALONE:]}
            racers.append({**mine, "pulls": pulls // RACERS})
            people += guests
        issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"]).code
        grant = organizer.granted(cast["organizer"])[0]["grant"]
        service.widen(cast["protection_officer"], grant, rows=100, pulls_a_day=10**6)
        plan = {"database": database, "keys": KEYS, "issue": issue, "racers": racers, "naive": naive}
        plan["notice"] = notices.listed()[0]["reference"]
        (tmp_path / "plan.json").write_text(json.dumps(plan))
        db.session.rollback()
        alone = {code for one in racers for code in one["alone"]}
        race = Race(tmp_path, {one.subject: one.code for one in people}, {one.id: one.code for one in people}, alone)
        race.run(killing=killing)
        return race

    return run


def guest(number):
    made = factories.person(contact_points=[{"channel": "email", "value": f"khach{number}@example.com"}])
    factories.consent(made.id, on=date(2000, 1, 1))
    return made


class Minds:
    """The oracle: what everybody's words come to, kept by hand, one after the other.

    A word is (its day, whether it is a no, since when it is known): the later day outweighs. A no that either of two
    had said counts, once they are merged, as said on that day, which is after every day of the race.
    """

    def __init__(self, people):
        self.said = {one: [(0, False, 0)] for one in people}
        self.merged, self.turn = {}, 0

    def hear(self, act, who, told, by_subject):
        if act == "people.record_consent":
            self.say(who, told["state"])
        # Each of the two has an entry; that of the record that stays comes first, and last where they are parted.
        elif act == "duplicates.merge" and who not in self.merged:
            self.unite(who, by_subject[UUID(told["subjects"][0])])
        elif act == "duplicates.undo" and who in self.merged:
            self.part(who)

    def say(self, who, state):
        self.turn += 1
        self.said[who].append((self.turn, state not in YES, self.turn))

    def unite(self, kept, gone):
        self.turn += 1
        self.merged[gone] = (kept, self.turn, self.refuses(kept) or self.refuses(gone))

    def part(self, gone):
        kept, since, _refused = self.merged.pop(gone)
        self.said[gone] += [word for word in self.said[kept] if word[1] and word[2] > since]

    def refuses(self, who):
        words = [*self.said[who]]
        for gone, (kept, _since, refused) in self.merged.items():
            if kept == who:
                words += [*self.said[gone], *([(FOREVER, True, 0)] if refused else [])]
        return max(words)[1]

    def may(self):
        return {one for one in self.said if one not in self.merged and not self.refuses(one)}


def held(race):
    """Return who is in each pull, as the handovers have it."""
    query = select(Handover.source, HandoverPerson.person_id).join(Handover, Handover.id == HandoverPerson.handover_id)
    people = defaultdict(set)
    for source, person in db.session.execute(query.where(Handover.sealed_at.is_not(None))):
        people[source].add(race.by_id[person])
    return people


def out_of_audit_order(race):
    """Walk the trail: return who was in a file though it stood there already that they may not be contacted.

    And how often each act was done.
    """
    minds, people, wrong, acts = Minds(race.by_id.values()), held(race), [], Counter()
    done = select(AuditEntry).where(AuditEntry.outcome == "done").order_by(AuditEntry.id)
    for entry in db.session.scalars(done):
        acts[entry.action] += 1
        if entry.action == "outreach.pull":
            pull = entry.details["pull"]
            wrong += [(pull, one) for one in people[pull] - minds.may()]
        else:
            minds.hear(entry.action, race.by_subject.get(entry.subject), entry.details, race.by_subject)
    return wrong, acts


def out_of_real_time(race):
    """Ask the clocks: return who was in a file though nothing allowed it while it was made, or out though all did.

    Of those who change their mind alone: of two who are merged the trail is asked.
    """
    words = {who: [{"what": "given", "from": 0, "to": 0}] for who in race.alone}
    for act in race.acts():
        if act["who"] in words and "refused" not in act:
            words[act["who"]].append(act)
    states = {who: windows(said) for who, said in words.items()}
    return [
        (pull["pull"], who)
        for pull in race.pulls()
        for who in race.alone
        if (who in pull["people"])
        not in {yes for yes, start, end in states[who] if start <= pull["to"] and pull["from"] <= end}
    ]


def windows(said):
    """Return of each word whether it is a yes, and from when until when it may have been the last one."""
    found, end = [], FOREVER
    for word in reversed(said):
        found.append((word["what"] in YES, word["from"], end))
        end = end if word["to"] is None else word["to"]
    return found


@pytest.mark.parametrize(
    ("database", "pulls"),
    [
        pytest.param("postgresql", 240, marks=SHORT),
        *(pytest.param(kind, 20_000, marks=LONG) for kind in ("sqlite", "postgresql")),
    ],
    indirect=["database"],
)
def test_no_pull_holds_anybody_whose_no_stands_before_it(raced, pulls):
    race = raced(pulls)
    wrong, acts = out_of_audit_order(race)
    told = ", ".join(f"{count} × {act}" for act, count in sorted(acts.items()))
    sys.stdout.write(f"\n{told}; {race.kills} kills\n")
    assert wrong == []
    assert out_of_real_time(race) == []
    assert acts["outreach.pull"] >= pulls
    # Of a short one few are merged, and by chance none of them is parted again.
    asked = {"people.record_consent", "duplicates.merge", *(["duplicates.undo"] if pulls > 1_000 else [])}
    assert min(acts[act] for act in asked) > 0
    assert race.kills > 0
    assert ledger.kept() == unions.replay()
    assert trail.verify().whole
    people = held(race)
    assert all(people[pull["pull"]] == set(pull["people"]) for pull in race.pulls())
    sealed = set(db.session.scalars(select(Handover.source).where(Handover.sealed_at.is_not(None))))
    assert sealed == set(db.session.scalars(select(Pull.code)))


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.timeout(300)
@pytest.mark.parametrize("naive", some(["look", "ask"], {"look"}))
def test_the_same_race_catches_a_build_that_does_not_look_again_or_does_not_ask(raced, naive):
    """Who does not look again is out of the trail's order, who does not ask again out of the clocks' too."""
    race = raced(120, killing=False, naive=naive)
    wrong, _acts = out_of_audit_order(race)
    assert wrong
    assert bool(out_of_real_time(race)) == (naive == "ask")
