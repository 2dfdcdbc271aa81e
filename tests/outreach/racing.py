"""One process of the race: it pulls an issue again and again, and between that its own people change their minds.

    python -m tests.outreach.racing NUMBER FOLDER

`FOLDER/plan.json` says who it is; it writes what it begins, and then what came of that, to `FOLDER/NUMBER.jsonl`.
"""

import csv
import json
import random
import sys
import time
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import false, select

from kieubao.access.models import Account
from kieubao.access.session import actor_for
from kieubao.consent import handover
from kieubao.consent.models import HandoverPerson, Standing
from kieubao.consent.statements import Spoken
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.db import db
from kieubao.duplicates import service as duplicates
from kieubao.ground.errors import Conflict, Stale
from kieubao.outreach import organizer, pulls
from kieubao.outreach.vocabulary import Format
from kieubao.people import disclosure
from kieubao.people import service as people
from kieubao.people.models import Merge
from tests.databases import application

# Each word of a process is of a later day than the one before; the notice that was shown is of the day before.
FIRST = date(2020, 1, 2)
PULLS, ALONE = 0.85, 0.6


class Racer:
    def __init__(self, plan, number, log):
        self.issue, self.notice, self.log = plan["issue"], plan["notice"], log
        mine = plan["racers"][number]
        self.clerk, self.approver, self.organizer = (
            actor_for(db.session.get(Account, one)) for one in mine["accounts"]
        )
        self.alone, self.pair = mine["alone"], mine["pair"]
        told = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        # Whatever became of what was begun before it was killed: the next word is of a later day.
        self.days = sum("who" in one for one in told)
        self.left = mine["pulls"] - sum("pull" in one for one in told)

    def race(self):
        chance = random.Random()
        while self.left:
            if chance.random() < PULLS:
                self.left -= self.tell("pull", self.pulled)
            elif chance.random() < ALONE:
                self.say(chance, chance.choice(self.alone))
            else:
                chance.choice((self.say, self.say, self.unite_or_part))(chance, chance.choice(self.pair))

    def tell(self, what, act, **about):
        """Write down what is begun, do it, and write down what came of it; return whether it was done."""
        self.write({"begun": what, "at": time.monotonic_ns(), **about})
        try:
            came = {"done": what, **act()}
        except (Conflict, Stale) as error:
            came = {"refused": type(error).__name__}
        self.write({**came, "at": time.monotonic_ns()})
        db.session.rollback()
        return "done" in came

    def write(self, line):
        with self.log.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def pulled(self):
        taken = organizer.pull(self.organizer, self.issue, reason="race", format=Format.CSV)
        with taken.content as content:
            rows = csv.DictReader(content.read().decode("utf-8-sig").splitlines())
            return {"pull": taken.pull, "people": [row["Mã"] for row in rows]}

    def say(self, chance, who):
        state = chance.choice((State.GIVEN, State.WITHDRAWN))
        self.days += 1
        words = {"method": "paper", "evidence": "phiếu 12"}
        spoken = Spoken([Purpose.EVENTS], [Channel.EMAIL], state, FIRST + timedelta(days=self.days), words, self.notice)
        self.tell(state, lambda: people.record_consent(self.clerk, who, spoken) and {}, who=who)

    def unite_or_part(self, _chance, _who):
        merged = db.session.scalar(select(Merge.gone_id).where(Merge.code == self.pair[1]))
        db.session.rollback()
        self.tell("part" if merged else "unite", self.parted if merged else self.united)

    def parted(self):
        return duplicates.undo(self.approver, self.pair[1]) and {}

    def united(self):
        kept, gone = self.pair
        versions = [people.read(self.clerk, code)["version"] for code in (kept, gone)]
        duplicates.propose(self.clerk, kept, gone, taken=(), versions=versions)
        proposal = duplicates.one_pair(self.approver, kept, gone)["proposal"]["digest"]
        duplicates.merge(self.approver, kept, gone, proposal=proposal)
        return {}


def look_no_more():
    """Seal without looking who said no meanwhile; the pause is what a large file takes."""
    prepare = handover.prepare

    def slow(*args):
        made = prepare(*args)
        time.sleep(0.01)
        return made

    handover.prepare = slow
    handover._changed_since = lambda _made: select(HandoverPerson.person_id).where(false())


def ask_no_more():
    """Give whoever was published, without asking again who may be contacted."""
    disclosure.may_contact = lambda *_asked: select(Standing.person_id)


NAIVE = {"look": look_no_more, "ask": ask_no_more}


def main(number, folder):
    plan = json.loads((folder / "plan.json").read_text())
    if plan["naive"]:
        NAIVE[plan["naive"]]()
    pulls.TRIES = 50
    with application(plan["database"], KEYS=plan["keys"]).app_context():
        Racer(plan, number, folder / f"{number}.jsonl").race()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
