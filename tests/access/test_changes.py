"""What is changed of an account takes two people; what is taken from it, one."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import text

from kieubao.access import accounts, changes, service
from kieubao.access.changes import Kind
from kieubao.access.models import Account, AccountChange
from kieubao.access.roles import ASSIGNABLE, SYSTEM, Role
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.ciphers import Keyring
from kieubao.ground.errors import Conflict, Forbidden, Invalid, NotFound
from kieubao.ground.keyfile import Held
from tests import factories
from tests.signing import equip


@pytest.fixture
def lan(cast):
    return factories.account(username="lan")


def propose(cast, kind, username="lan", **details):
    return service.propose(cast["admin"], kind, username, details)


def decide(cast, change, *, confirm=True, by="protection_officer"):
    return service.decide(cast[by], change["id"], confirm=confirm)


def test_nothing_holds_before_it_is_confirmed(cast, lan):
    change = propose(cast, Kind.ROLE, role="approver")
    assert accounts.account("lan").role == "clerk"
    assert [one["username"] for one in service.waiting(cast["protection_officer"])] == ["lan"]
    decide(cast, change)
    assert accounts.account("lan").role == "approver"
    assert service.waiting(cast["protection_officer"]) == []


def test_a_change_that_is_refused_changes_nothing_and_is_over(cast, lan):
    change = propose(cast, Kind.ROLE, role="approver")
    assert decide(cast, change, confirm=False)["outcome"] == "refused"
    assert accounts.account("lan").role == "clerk"
    with pytest.raises(NotFound):
        decide(cast, change)


def test_a_scope_is_changed_by_two(cast, lan):
    change = propose(cast, Kind.SCOPE, units=["18673", "18676"])
    decided = decide(cast, change)
    assert (change["half"], decided["half"], accounts.account("lan").invited_until) == (None, None, None)
    assert {row.unit for row in accounts.account("lan").scope} == {"18673", "18676"}


def test_a_role_that_changes_ends_what_the_old_one_had_open(client, cast, lan):
    headers = factories.bearer(factories.actor_for(lan))
    assert client.get("/api/v1/me", headers=headers).status_code == 200
    decide(cast, propose(cast, Kind.ROLE, role="approver"))
    assert client.get("/api/v1/me", headers=headers).status_code == 401


def test_an_account_that_was_closed_is_opened_by_two_and_joined_anew(cast, lan):
    equip("lan")
    service.disable(cast["admin"], "lan")
    change = propose(cast, Kind.ENABLE)
    second = decide(cast, change)["half"]
    opened = accounts.account("lan")
    assert (opened.active, opened.password) == (True, None)
    assert accounts.invited("lan", change["half"], second) is opened


@pytest.mark.parametrize("role", sorted(ASSIGNABLE - {Role.PROTECTION_OFFICER}))
def test_only_a_protection_officer_confirms(cast, lan, role):
    change = propose(cast, Kind.ROLE, role="approver")
    with pytest.raises(Forbidden):
        decide(cast, change, by=role)


def test_nobody_confirms_what_they_proposed(cast, lan):
    """Not even where a role would ever have both permissions: the table itself refuses it."""
    change = propose(cast, Kind.ROLE, role="approver")
    with pytest.raises(Exception, match="two_people"):
        db.session.execute(text("UPDATE account_change SET decided_by = proposed_by"))
    db.session.rollback()
    assert change["proposed_by"] == cast["admin"].id


def test_one_change_of_an_account_waits_at_a_time(cast, lan):
    propose(cast, Kind.ROLE, role="approver")
    with pytest.raises(Conflict):
        propose(cast, Kind.SCOPE, units=["42"])


REFUSED = [
    (Kind.ROLE, {"role": "root"}, Invalid),
    (Kind.SCOPE, {"units": ["99"]}, Invalid),
    (Kind.ENABLE, {}, Conflict),
]


@pytest.mark.parametrize(("kind", "details", "error"), REFUSED)
def test_a_change_that_could_not_be_made_is_not_proposed(cast, lan, kind, details, error):
    with pytest.raises(error):
        propose(cast, kind, **details)
    with pytest.raises(NotFound):
        propose(cast, kind, "nobody", **details)


@pytest.mark.parametrize(
    ("kind", "details"), [(Kind.ROLE, {"role": "approver"}), (Kind.SCOPE, {"units": ["42"]}), (Kind.RESET, {})]
)
def test_of_an_account_that_is_closed_nothing_is_changed_but_that(cast, lan, kind, details):
    with pytest.raises(Conflict, match="open already"):
        propose(cast, Kind.ENABLE)
    service.disable(cast["admin"], "lan")
    with pytest.raises(Conflict, match="is closed"):
        propose(cast, kind, **details)
    assert service.waiting(cast["protection_officer"]) == []


def test_a_decision_is_somebody_elses_and_says_whose_and_when(cast, lan):
    change, other = propose(cast, Kind.ROLE, role="approver"), propose(cast, Kind.RESET, factories.account().username)
    with pytest.raises(Conflict, match="Somebody else"):
        changes.decide(cast["admin"], change["id"], confirm=True)
    decided = decide(cast, change)
    db.session.rollback()
    made, waits = (db.session.get_one(AccountChange, one["id"]) for one in (decided, other))
    assert (made.outcome, made.proposed_by, made.decided_by) == (
        "confirmed",
        cast["admin"].id,
        cast["protection_officer"].id,
    )
    assert clock.now() - timedelta(minutes=1) < made.decided_at <= clock.now()
    assert (waits.outcome, waits.decided_by, waits.decided_at) == (None, None, None)


def test_a_name_that_was_taken_meanwhile_is_not_taken_twice(cast):
    details = {"name": "Lan", "role": "clerk", "organisation": "Sở", "units": []}
    change = service.propose(cast["admin"], Kind.OPEN, "lan", details)
    factories.account(username="lan")
    with pytest.raises(Conflict):
        decide(cast, change)


def test_nobody_mistakes_one_half_of_an_invitation_for_the_other(cast, lan):
    change = propose(cast, Kind.RESET)
    assert [half[:3] for half in (change["half"], decide(cast, change)["half"])] == ["MA-", "MB-"]


def test_who_waits_longest_is_seen_first(cast, lan):
    """And every account by its name."""
    factories.account(username="an")
    for username in ("lan", "an"):
        propose(cast, Kind.SCOPE, username, units=["18673"])
    seen = service.all_accounts(cast["admin"])
    names = [one["username"] for one in seen["accounts"]]
    assert (names, {"an", "lan"} <= set(names)) == (sorted(names), True)
    assert [one["username"] for one in seen["waiting"]] == ["lan", "an"]


def test_neither_half_of_an_invitation_is_kept(cast):
    details = {"name": "Lan", "role": "clerk", "organisation": "Sở", "units": []}
    change = service.propose(cast["admin"], Kind.OPEN, "lan", details)
    second = decide(cast, change)["half"]
    for table in ("account", "account_change", "audit_entry"):
        kept = str(db.session.execute(text(f"SELECT * FROM {table}")).all())
        assert not [half for half in (change["half"], second) if half in kept or half[3:] in kept]


def test_an_invitation_is_kept_under_a_key_that_the_data_does_not_hold(app, cast):
    """A half is short enough to be found by trying, were its digest one that anybody can make."""
    details = {"name": "Lan", "role": "clerk", "organisation": "Sở", "units": []}
    change = service.propose(cast["admin"], Kind.OPEN, "lan", details)
    halves = change["half"], decide(cast, change)["half"]
    assert accounts.invited("lan", *halves)
    ours, app.extensions["kieubao.keyring"] = app.extensions["kieubao.keyring"], Held(Keyring.fresh().to_json())
    assert accounts.invited("lan", *halves) is None
    app.extensions["kieubao.keyring"] = ours
    assert accounts.invited("lan", *halves)


def test_an_invitation_holds_for_less_than_72_hours(cast):
    details = {"name": "Lan", "role": "clerk", "organisation": "Sở", "units": []}
    with time_machine.travel(clock.now(), tick=False) as time:
        change = service.propose(cast["admin"], Kind.OPEN, "lan", details)
        halves = change["half"], decide(cast, change)["half"]
        time.shift(timedelta(hours=72, seconds=-1))
        assert accounts.invited("lan", *halves)
        time.shift(timedelta(seconds=1))
        assert accounts.invited("lan", *halves) is None


def test_the_console_gives_way_to_two_people(cast):
    details = {"name": "Lan", "role": "clerk", "organisation": "Sở", "units": []}
    with pytest.raises(Conflict):
        service.set_up(cast["admin"], Kind.OPEN, "lan", details)
    first, second = service.set_up(SYSTEM, Kind.OPEN, "lan", details)["invitation"]
    assert accounts.invited("lan", first, second)
    db.session.rollback()
    for role in ("admin", "protection_officer"):
        equip(db.session.get_one(Account, cast[role].id).username)
    with pytest.raises(Conflict):
        service.set_up(SYSTEM, Kind.RESET, "lan", {})
    service.disable(cast["admin"], db.session.get_one(Account, cast["protection_officer"].id).username)
    assert service.set_up(SYSTEM, Kind.RESET, "lan", {})["invitation"]
