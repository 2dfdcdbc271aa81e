"""What proves who somebody is belongs to one account, and is good for as long as it says."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import time_machine
from sqlalchemy import func, select

from kieubao.access import accounts, factors
from kieubao.access.models import Passkey, RecoveryCode
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Invalid
from tests import factories
from tests.signing import TOTP, code, equip


@pytest.mark.parametrize(("steps", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_an_app_is_set_up_by_a_code_of_the_half_minutes_around(steps, is_right):
    with time_machine.travel(clock.now(), tick=False):
        if is_right:
            assert factors.check_code(TOTP, code(steps)) == clock.now().timestamp() // 30 + steps
        else:
            with pytest.raises(Invalid) as refused:
                factors.check_code(TOTP, code(steps))
            assert refused.value.field == "code"


def test_the_code_of_this_moment_is_what_an_app_shows_now():
    with time_machine.travel(clock.now(), tick=False):
        assert factors.code_now(TOTP) == code()
    assert len({factors.fresh_totp() for _n in range(3)}) == 3


def test_an_app_shows_whose_code_it_is_and_where():
    address = urlsplit(factors.provisioning(TOTP, "hoa.dang", "Kiều bào Hà Tĩnh"))
    assert (address.scheme, address.netloc, unquote(address.path)) == ("otpauth", "totp", "/Kiều bào Hà Tĩnh:hoa.dang")
    assert parse_qs(address.query) == {"secret": [TOTP], "issuer": ["Kiều bào Hà Tĩnh"]}


def test_a_code_is_used_up_for_its_account_alone(app):
    """Even where two apps were set up alike, nobody keeps another out by signing in."""
    both = [factories.account(username=name) for name in ("clerk", "lan")]
    for one in both:
        equip(one.username)
    with time_machine.travel(clock.now(), tick=False):
        tried = [[factors.takes_code(one, code(steps)) for one in both] for steps in (0, 0, -1, 1)]
    assert tried == [[True, True], [False, False], [False, False], [True, True]]


def test_no_code_is_right_for_who_has_no_app(app):
    nobody = factories.account()
    assert not any(factors.takes_code(nobody, typed) for typed in ("", "000000", code()))


def test_the_half_minute_one_was_equipped_by_is_used_up(app):
    clerk = factories.account(username="clerk")
    with time_machine.travel(clock.now(), tick=False):
        factors.equip(clerk, factories.PASSWORD, TOTP, used=factors.check_code(TOTP, code()))
        assert [factors.takes_code(clerk, code(steps)) for steps in (-1, 0, 1)] == [False, False, True]


def test_what_is_no_code_is_wrong_and_no_fault(app):
    clerk = factories.account(username="clerk")
    equip("clerk")
    assert not any(factors.takes_code(clerk, typed) for typed in ("", "١٢٣٤٥٦", "１２３４５６", "é", "\0"))


def test_a_recovery_code_is_its_holders_alone(app):
    clerk, _lan = (factories.account(username=name) for name in ("clerk", "lan"))
    _mine, theirs = equip("clerk"), equip("lan")
    assert not factors.takes_recovery_code(clerk, theirs[0])
    assert factors.takes_recovery_code(accounts.account("lan"), theirs[0])
    left = select(RecoveryCode.account_id, func.count()).group_by(RecoveryCode.account_id)
    assert sorted(count for _account, count in db.session.execute(left)) == [9, 10]


def test_equipped_anew_nobody_elses_factors_are_touched(app):
    for name in ("clerk", "lan"):
        factories.account(username=name)
        equip(name)
    before = accounts.account("lan").password
    codes = equip("clerk")
    assert len(set(codes)) == factors.RECOVERY_CODES == 10
    assert (accounts.account("lan").password, db.session.query(RecoveryCode).count()) == (before, 20)


def test_a_passkey_is_found_by_its_own_credential(app):
    for number in range(3):
        owner = factories.account()
        db.session.add(Passkey(account_id=owner.id, credential=bytes([number]), public_key=b"x", uses=0))
    db.session.commit()
    assert factors.passkey(b"\1").credential == b"\1"
    assert factors.passkey(b"9") is None
