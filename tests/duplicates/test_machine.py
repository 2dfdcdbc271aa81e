"""Imports, words about contact, merges, undoing, erasing, in whatever order: nothing is lost, doubled or forgotten."""

from collections import defaultdict
from contextlib import suppress
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test
from sqlalchemy import select

from kieubao import worker
from kieubao.access.roles import SYSTEM
from kieubao.consent import ledger, unions
from kieubao.consent.models import ConsentEvent, Standing
from kieubao.consent.rules import may_contact
from kieubao.consent.vocabulary import YES, Channel, Purpose, State
from kieubao.db import db
from kieubao.duplicates import service
from kieubao.ground import clock
from kieubao.ground.ciphers import Keyring
from kieubao.ground.errors import Conflict, NotFound
from kieubao.ground.tombstones import Tombstones
from kieubao.intake import batches
from kieubao.intake import service as intake
from kieubao.intake.models import Intake, IntakeRow
from kieubao.intake.vocabulary import RowState
from kieubao.people import disclosure, erasure, registry
from kieubao.people import service as people
from kieubao.people.models import ContactKey, ContactPoint, Person
from tests import factories
from tests.databases import application

NAMES = st.sampled_from(["Nguyễn Thị Đào", "Nguyen Thi Dao", "Đào Nguyễn", "Lê Văn Ba", "Hồ Hải"])
MAILS = st.sampled_from(["a@example.com", "b@example.com", "c@example.com"])
# Few people, so that much happens to each.
MOST = 6
OF_EVENTS = (ConsentEvent.purpose == Purpose.EVENTS, ConsentEvent.channel == Channel.EMAIL)
ANSWERS, CITIES = st.sampled_from(["có", "không", ""]), st.sampled_from(["Praha", "Brno"])
ABOUT = {**factories.AMENDS, "ignored": ["Tệp"]}
DAYS, STATES = st.integers(1, 900), st.sampled_from([State.GIVEN, State.REFUSED, State.WITHDRAWN])


class Registry(RuleBasedStateMachine):
    """What is done is done through the house; beside it stands what ought to come of it, told in the plainest way."""

    database, graves = "", None
    people = Bundle("people")
    files = Bundle("files")

    def __init__(self):
        super().__init__()
        self.app = application(self.database.copy(), WTF_CSRF_ENABLED=False)
        self.context = self.app.app_context()
        self.context.push()
        self.clerk, self.approver = factories.actor("clerk"), factories.actor("approver")
        factories.notice()
        self.codes, self.merged, self.gone = {}, {}, set()
        # Of each record that stays, at whose merge either stood at a no; and of each file, who came with it.
        self.blocked, self.made = defaultdict(set), {}
        # And of each file about somebody on record: who, and the record before; no two files are alike.
        self.about, self.number = {}, count()

    def teardown(self):
        db.session.remove()
        db.engine.dispose()
        self.context.pop()

    def root(self, one):
        return self.merged.get(one, one)

    def alive(self, one):
        return self.root(one) not in self.gone and one not in self.gone

    @rule(target=people, name=NAMES, mail=MAILS)
    def record(self, name, mail):
        if len(self.codes) >= MOST:
            return multiple()
        made = factories.person(name, born="1960", contact_points=[{"channel": "email", "value": mail}])
        self.codes[made.id] = made.code
        return made.id

    @rule(target=people, name=NAMES, mail=MAILS, answer=ANSWERS)
    def take_a_file(self, name, mail, answer):
        if len(self.codes) >= MOST:
            return multiple()
        before = set(db.session.scalars(select(Person.id)))
        cells = {"answer": answer, "relative": "Trần Thị Tư", "kinship": "mẹ", "born": f"19{len(self.made) + 10}"}
        file = factories.sent(self.clerk, factories.line(name, mail, **cells))
        intake.begin(self.clerk, file, ask=False)
        factories.works.take_in(self.clerk, file, factories.reached)
        made = sorted(set(db.session.scalars(select(Person.id))) - before)
        self.codes |= {one: code for one, code in db.session.execute(select(Person.id, Person.code)) if one in made}
        self.made[file] = made
        return multiple(*made)

    @rule(one=people, city=CITIES, answer=ANSWERS)
    def take_a_file_about(self, one, city, answer):
        if not self.alive(one):
            return
        before = people.read(self.clerk, self.codes[one])
        rows = f"Mã;Nơi;Đồng ý;Tệp\n{self.codes[one]};{city};{answer};{next(self.number)}"
        file = factories.sent(self.clerk, content=rows.encode(), said=ABOUT)
        if not intake.read(self.clerk, file)["counts"]["changed"]:
            return
        intake.begin(self.clerk, file, ask=False)
        factories.works.take_in(self.clerk, file, factories.reached)
        after = people.read(self.clerk, self.codes[one])
        assert (after["city"], after["version"]) == (city, before["version"] + 1)
        self.about[file] = (one, before)

    @rule(data=st.data())
    def take_a_file_about_somebody_back(self, data):
        if not self.about:
            return
        file = data.draw(st.sampled_from([*self.about]))
        one, before = self.about.pop(file)
        now = people.read(self.clerk, self.codes[one]) if self.alive(one) else None
        intake.undo(self.approver, file)
        while batches.unmake(SYSTEM, file, factories.PROVINCE):
            pass
        undone = intake.read(self.clerk, file)["counts"]["undone"]
        assert not undone or before["city"] == people.read(self.clerk, self.codes[one])["city"]
        assert undone or now is None or now == people.read(self.clerk, self.codes[one])

    @rule(data=st.data())
    def take_a_file_back(self, data):
        done = [file for file, made in self.made.items() if made]
        if done:
            file = data.draw(st.sampled_from(done))
            intake.undo(self.approver, file)
            while batches.unmake(SYSTEM, file, factories.PROVINCE):
                pass
            # Of another file about one of them, only what it changed may be undone.
            undone = select(IntakeRow.person_id, IntakeRow.relative_id).where(IntakeRow.state == RowState.UNDONE)
            undone = undone.join(Intake, Intake.id == IntakeRow.intake_id).where(Intake.code == file)
            self.gone |= {one for row in db.session.execute(undone) for one in row if one in self.made[file]}
            self.made[file] = []

    @rule(one=people, state=STATES, days=DAYS)
    def say(self, one, state, days):
        if self.alive(one):
            factories.consent(self.root(one), state, on=clock.today() - timedelta(days))

    @rule(one=people, other=people)
    def merge(self, one, other):
        kept, gone = self.root(one), self.root(other)
        if kept == gone or not (self.alive(one) and self.alive(other)):
            return
        versions = tuple(db.session.scalar(select(Person.version).where(Person.id == each)) for each in (kept, gone))
        db.session.rollback()
        pair = (self.codes[kept], self.codes[gone])
        service.propose(self.clerk, *pair, taken=["name"], versions=versions)
        has_others, before = gone in self.merged.values(), {self.stands(kept), self.stands(gone)}
        try:
            service.merge(self.approver, *pair, proposal=service.one_pair(self.approver, *pair)["proposal"]["digest"])
        except Conflict:
            assert has_others
            return
        assert not has_others
        if "no" in before:
            self.blocked[kept].add(gone)
        self.merged[gone] = kept

    @rule(data=st.data())
    def undo(self, data):
        merged = [gone for gone, kept in self.merged.items() if kept not in self.gone]
        if not merged:
            return
        gone = data.draw(st.sampled_from(merged))
        kept = self.merged.pop(gone)
        service.undo(self.approver, self.codes[gone])
        self.blocked[kept].discard(gone)

    @rule(one=people, city=CITIES)
    def amend(self, one, city):
        if self.alive(one):
            sheet = people.read(self.clerk, self.codes[one])
            people.amend(self.clerk, sheet["code"], version=sheet["version"], changes={"city": city})

    @rule(one=people)
    def erase(self, one):
        if self.alive(one):
            root = self.root(one)
            erasure.erase([root], self.graves)
            db.session.commit()
            self.gone |= {root, *(gone for gone, kept in self.merged.items() if kept == root)}

    @rule()
    def sweep(self):
        worker.run(service.have_swept(self.clerk)["code"])
        db.session.rollback()

    def stands(self, kept):
        """Say how somebody stands by the lines under their codes alone: no, once either did when they were merged."""
        records = [kept, *(gone for gone, into in self.merged.items() if into == kept)]
        lines = select(ConsentEvent.state, ConsentEvent.signed_at, ConsentEvent.id).join(
            Standing, Standing.subject == ConsentEvent.subject
        )
        said = db.session.execute(lines.where(Standing.person_id.in_(records), *OF_EVENTS)).all()
        db.session.rollback()
        if self.blocked[kept]:
            return "no"
        state = max(said, key=lambda line: (line.signed_at, line.state not in YES, line.id)).state if said else None
        return {None: "", True: "yes", False: "no"}[state and state in YES]

    @invariant()
    def the_last_words_are_what_the_lines_say(self):
        assert unions.replay() == ledger.kept()
        db.session.rollback()

    @invariant()
    def nobody_is_contacted_who_said_no_under_either_code(self):
        may = set(db.session.scalars(may_contact(Purpose.EVENTS, [Channel.EMAIL])))
        db.session.rollback()
        for one in self.codes:
            if not self.alive(one) or one in self.merged:
                assert one not in may
            elif self.stands(one) != "yes":
                assert one not in may, self.codes[one]

    @invariant()
    def every_code_leads_to_one_record_or_to_none(self):
        for one, code in self.codes.items():
            with suppress(NotFound):
                assert disclosure.locate(self.clerk.scope, code).id == self.root(one)
                assert self.alive(one)
        db.session.rollback()

    @invariant()
    def who_is_found_is_who_is_there(self):
        shown = people.search(self.clerk, text=None, wanted={}, size=100)
        assert {card["code"] for card in shown["people"]} == {
            code for one, code in self.codes.items() if self.alive(one) and one not in self.merged
        }

    @invariant()
    def every_contact_point_of_who_is_found_is_indexed_and_no_other(self):
        points = select(ContactPoint.id).join(Person, Person.id == ContactPoint.person_id).where(Person.province != "")
        assert set(db.session.scalars(select(ContactKey.contact_point_id))) == set(db.session.scalars(points))
        assert registry.outdated() == 0
        db.session.rollback()


def walked(sqlite, tmp_path, **how):
    machine = type(
        "Walk", (Registry,), {"database": sqlite, "graves": Tombstones(tmp_path / "graves", Keyring.fresh())}
    )
    run_state_machine_as_test(
        machine,
        settings=settings(
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
            derandomize=True,
            **how,
        ),
    )


def test_a_few_walks(sqlite, tmp_path):
    walked(sqlite, tmp_path, max_examples=6, stateful_step_count=20)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_many_walks(sqlite, tmp_path):
    walked(sqlite, tmp_path, max_examples=200, stateful_step_count=50)
