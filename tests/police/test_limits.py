"""How much may be asked and shown: never one more, however many ask at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import func, select

from kieubao.db import db, writing
from kieubao.ground import clock
from kieubao.ground.errors import KieubaoError, TooMany
from kieubao.people import erasure, releases
from kieubao.police import clocks, limits, office, service, works
from kieubao.police.models import DisclosureRequest
from kieubao.traces import tombstones
from kieubao.walls import Sight, confined
from tests import factories
from tests.police.asking import POLICE, asked, at, desk, entered, filed, gives, one, released

EVERYONE = Sight(everyone=True)
NUMBERS = count(1)
# The middle of a month, in the morning.
NOON = datetime(2026, 10, 12, 5, 0, tzinfo=UTC)


@pytest.fixture
def d(app, monkeypatch):
    with at(monkeypatch, NOON):
        yield desk()


def officer_of(unit):
    """One more officer of a unit, by another name."""
    return factories.actor("police", organisation=unit, name=f"Lê Văn {next(NUMBERS)}")


def day(number):
    return NOON + timedelta(days=number)


def count():
    with confined(EVERYONE):
        writing()
        found = db.session.scalar(select(func.count()).select_from(DisclosureRequest))
        db.session.rollback()
    return found


def file_all(actor, times):
    for _ in range(times):
        service.file(actor, asked())


def test_an_officer_asks_five_times_a_day_and_twenty_a_month(d, monkeypatch):
    for number in range(4):
        with at(monkeypatch, day(number)):
            file_all(d.officer, 5)
            with pytest.raises(TooMany) as refusal:
                service.file(d.officer, asked())
            assert 0 < refusal.value.wait <= (31 if number == 3 else 1) * 24 * 60 * 60
    with at(monkeypatch, day(5)):
        with pytest.raises(TooMany):
            service.file(d.officer, asked())
        file_all(officer_of(POLICE), 5)
    with at(monkeypatch, datetime(2026, 11, 2, 5, 0, tzinfo=UTC)):
        file_all(d.officer, 5)


def test_what_is_refused_at_once_counts_too(d):
    for _ in range(5):
        service.file(d.officer, asked(one("Nguyễn")))
    with pytest.raises(TooMany):
        service.file(d.officer, asked())


def test_a_unit_asks_sixty_times_a_month_whoever_asks(d):
    officers = [officer_of(POLICE) for _ in range(12)]
    for officer in officers:
        file_all(officer, 5)
    assert count() == 60
    with pytest.raises(TooMany):
        service.file(officer_of(POLICE), asked())
    with pytest.raises(TooMany):
        entered(d)
    file_all(officer_of("Công an tỉnh Quảng Trị"), 1)


def test_on_paper_an_officer_is_who_is_named_there(d):
    for _ in range(5):
        entered(d, officer="Lê Văn Cảnh")
    for spelled in ("Lê Văn Cảnh", "le van canh", "LÊ  VĂN CẢNH"):
        with pytest.raises(TooMany):
            entered(d, officer=spelled)
    entered(d, officer="Lê Văn Cành Khác")


def test_no_more_than_twenty_people_are_shown_a_quarter(d, monkeypatch):
    dao = factories.person(born="1968")
    others = [officer_of(POLICE) for _ in range(5)]
    monkeypatch.setattr("kieubao.police.vocabulary.OFTEN", 99)
    monkeypatch.setattr("kieubao.police.judging.OFTEN", 99)
    for officer in others[:4]:
        d.officer = officer
        for _ in range(5):
            released(d, dao)
    d.officer = others[4]
    code = filed(d)
    with pytest.raises(TooMany):
        office.decide(d.protection, code, [gives(dao, items=("name",))], None)
    office.decide(d.protection, code, [gives(dao)], None)


def test_a_quarter_begins_anew(d, monkeypatch):
    monkeypatch.setattr(limits, "LEAST_A_QUARTER", 1)
    released(d, factories.person(born="1968"))
    with pytest.raises(TooMany):
        released(d, factories.person(born="1968"))
    with at(monkeypatch, datetime(2027, 1, 1, 5, 0, tzinfo=UTC)):
        released(d, factories.person(born="1968"))


def test_of_a_large_registry_it_is_a_thousandth(d, monkeypatch):
    monkeypatch.setattr(releases, "on_record", lambda: 45_999)
    limits.refuse_beyond_share(45)
    with pytest.raises(TooMany):
        limits.refuse_beyond_share(46)


def test_an_officer_has_one_count_by_whichever_way_they_ask(d):
    file_all(d.officer, 5)
    with pytest.raises(TooMany):
        entered(d, officer=d.officer.name.upper())


def test_who_was_shown_counts_though_they_are_erased_since(d, monkeypatch, app, tmp_path):
    app.config["TOMBSTONES"] = str(tmp_path / "tombstones")
    monkeypatch.setattr(limits, "LEAST_A_QUARTER", 1)
    dao = factories.person(born="1968")
    released(d, dao)
    works.attend()
    for waits in office.queue(d.protection)["to_tell"]:
        office.told_by_hand(d.protection, waits["id"], "letter")
    with confined(EVERYONE):
        writing()
        erasure.erase([dao.id], tombstones())
        db.session.commit()
    code = filed(d)
    with pytest.raises(TooMany):
        office.decide(d.protection, code, [gives(factories.person(born="1968"), items=("name",))], None)


QUARTERS = {
    "2026-01-01": "2026-01-01",
    "2026-03-31": "2026-01-01",
    "2026-10-12": "2026-10-01",
    "2026-12-31": "2026-10-01",
}


@pytest.mark.parametrize("of", QUARTERS)
def test_quarters(of):
    begun = datetime.fromisoformat(of).date()
    assert clocks.quarter_begins(begun).isoformat() == QUARTERS[of]
    assert clocks.quarter_begins(clocks.quarter_ends(begun)) == clocks.quarter_ends(begun)
    assert clocks.quarter_ends(begun) > begun


def at_once(app, threads, act):
    """Do something in so many threads, all let go together; return how many got through."""
    gate, through = threading.Barrier(threads), []

    def run(number):
        with app.app_context():
            gate.wait()
            try:
                act(number)
                through.append(number)
            except KieubaoError:
                pass
            finally:
                db.session.remove()

    db.session.remove()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, range(threads)))
    return len(through)


def raced(app, d, trials):
    """Have 32 threads ask as one officer, again and again; return by how much most got through."""
    most = []
    for _ in range(trials):
        officer = officer_of(f"Công an {len(most)}")
        most.append(at_once(app, 32, lambda _number, officer=officer: service.file(officer, asked())))
    return most


def test_a_limit_holds_when_32_ask_at_once(app, d):
    assert raced(app, d, 3) == [5] * 3


@pytest.mark.slow
@pytest.mark.timeout(7_200)
def test_a_limit_holds_in_a_thousand_trials_of_32_threads(app, d):
    assert {*raced(app, d, 1_000)} == {5}


def test_it_is_shown_three_times_when_32_ask_at_once(app, d):
    dao = factories.person(born="1968")
    code = released(d, dao)
    assert at_once(app, 32, lambda _number: service.open(d.officer, code)) == 3
    assert clock.now() == NOON
