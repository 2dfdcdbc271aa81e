"""One person through everything there is, then forgotten: nothing of them is left, and nothing brings them back."""

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from kieubao import worker
from kieubao.consent.statements import Spoken
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.db import db
from kieubao.ground import clock
from kieubao.intake import service as intake
from kieubao.intake.vocabulary import RowState
from kieubao.outreach import organizer
from kieubao.outreach.vocabulary import Format
from kieubao.people import enrolment
from kieubao.people import service as people
from kieubao.people.records import Contact
from kieubao.people.schemas import EnrolForm
from kieubao.retention import service as retention
from kieubao.retention.deletions import Reprieved
from kieubao.rights import service
from kieubao.rights.requests import Asked
from kieubao.rights.steps import News
from kieubao.rights.vocabulary import Kind, Step, Way
from kieubao.visits import service as visits
from tests import canaries, factories
from tests.backup.hosts import KINDS
from tests.canaries import Scan
from tests.test_at_rest import but_chance, digits, files_of, spaced
from tests.visits.coming import NAMED, SITE, proved


class Canary:
    """Words that stand nowhere else: of the record, of what was asked and answered, of the file it came back in."""

    def __init__(self):
        self.name = f"Quách Thị {canaries.token(9).title()}"
        self.mail = f"{canaries.token()}@example.com"
        self.phone = f"+420 {spaced('60' + digits(7))}"
        self.wished = f"{canaries.token()}@example.com"
        for one in ("address", "workplace", "note", "source", "evidence", "wish", "proof", "remark", "cell", "again"):
            setattr(self, one, f"Ngõ {canaries.token()}")

    def form(self):
        points = [{"channel": "email", "value": self.mail, "verified_on": "2026-01-05"}]
        points += [{"channel": "phone", "value": self.phone}]
        own = {name: getattr(self, name) for name in ("address", "workplace", "note", "source")}
        return EnrolForm().load(factories.form(self.name, born="1950-05-17", contact_points=points, **own))


def live(cast, canary, office, app):
    """Record them, search, hear a yes, publish and pull, change them, send a file with them in it, make a backup."""
    clerk = cast["clerk"]
    code = enrolment.enrol(clerk, canary.form())["code"]
    people.search(clerk, text=canary.name, wanted={})
    people.search(clerk, text=canary.mail, wanted={})
    factories.notice()
    said = {"method": "paper", "evidence": canary.evidence}
    people.record_consent(
        clerk, code, Spoken([Purpose.EVENTS], [Channel.EMAIL], State.GIVEN, date(2026, 1, 5), said, "events/1")
    )
    people.amend(clerk, code, version=1, changes={"note": canary.remark})
    issue = factories.published(clerk, cast["approver"], cast["organizer"])
    for wanted in (Format.CSV, Format.XLSX):
        with organizer.pull(cast["organizer"], issue.code, reason="in giấy mời", format=wanted).content as content:
            assert content.read()
    factories.taken(clerk, factories.line(canary.name, canary.mail, born="17/05/1950", number=canary.cell))
    visit(cast, canary, code)
    return code, office.create(app)


def visit(cast, canary, code):
    """Have them come by their own link, and wish to be reached otherwise: they are to be told of it."""
    person = SimpleNamespace(code=code)
    wished = Contact(Channel.EMAIL, canary.wished, canary.wished)
    visits.add_contact(proved(cast, person), wished, {**NAMED, "vi": canary.remark}, SITE)
    visits.take(proved(cast, person))
    service.keep_scan(cast["clerk"], code, f"%PDF-1.7 {canary.evidence} {canary.name}".encode())
    kept = Reprieved(clock.today() + timedelta(days=9), "dispute", canary.proof)
    retention.keep(cast["protection_officer"], code, kept)


def forget(cast, canary, code):
    """Have them ask for it and be forgotten, and the night pass."""
    asked = Asked(Kind.DELETE, Way.LETTER, clock.today(), canary.wish)
    request = service.file(cast["clerk"], code, asked)["code"]
    for step, remark in ((Step.IDENTIFIED, canary.proof), (Step.PROPOSED, canary.again)):
        service.act(cast["protection_officer"], request, News(step, remark))
    service.erase(cast["approver"], request)
    db.session.remove()
    worker.do_chores()


def found(url, office, canary):
    """What of them stands in any file of the database, in its rows as text, and in the office's folder."""
    files = {**files_of(url), **{one.name: one.read_bytes() for one in Path(office.folder).rglob("*") if one.is_file()}}
    scan = Scan(set(vars(canary).values()))
    return {(name, value) for name, content in files.items() for value in scan(but_chance(content))}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_whoever_is_forgotten_is_left(office, hosts, kind):
    canary = Canary()
    with office.host(url := hosts(kind)) as app:
        cast = {name: factories.actor(name) for name in ("clerk", "approver", "organizer", "protection_officer")}
        code, older = live(cast, canary, office, app)
        # What is plain by design is seen by this search, and what is sealed is not.
        assert {value for _file, value in found(url, office, canary)} == {canary.name, canary.workplace}
        forget(cast, canary, code)
        assert found(url, office, canary) == set()
        again = factories.sent(cast["clerk"], factories.line(canary.name, canary.mail, number=canary.cell))
        assert intake.read(cast["clerk"], again)["counts"][RowState.WAITING] == 1
    with office.host(other := hosts(kind)):
        assert office.restore(older.path, graves=office.graves)["erased_again"] == 1
        assert found(other, office, canary) == set()
