"""What proves who somebody is: a password, a code that changes, a passkey, a code for a bad day. Their only writer."""

import hashlib
import secrets
from collections.abc import Sequence
from typing import Any, Final

import pyotp
from sqlalchemy import delete, or_, select, update

from kieubao.access.models import Account, Passkey, RecoveryCode
from kieubao.db import db
from kieubao.ground import clock, codes, passwords
from kieubao.ground.errors import Invalid, _
from kieubao.ground.passkeys import Made

RECOVERY_CODES: Final = 10
_STEP: Final = 30


def fresh_totp() -> str:
    return pyotp.random_base32()


def provisioning(totp: str, username: str, issuer: str) -> str:
    """Return the otpauth: address that an app reads from a QR code (RFC 6238; SHA-1, 6 digits, 30 s)."""
    return pyotp.TOTP(totp).provisioning_uri(name=username, issuer_name=issuer)


def code_now(totp: str) -> str:
    """Return the code that is right at this moment."""
    return pyotp.TOTP(totp).at(clock.now())


def equip(account: Account, password: str, totp: str, made: Sequence[Made] = (), used: int | None = None) -> list[str]:
    """Give an account its factors, and no others; return its recovery codes, which are kept as digests alone.

    `used`: the half minute whose code is used already.
    """
    strip(account)
    account.password, account.totp, account.totp_step = passwords.hashed(password), totp, used
    db.session.add_all(Passkey(account_id=account.id, **one._asdict()) for one in made)
    fresh = [codes.secret() for _number in range(RECOVERY_CODES)]
    db.session.add_all(RecoveryCode(account_id=account.id, digest=_digest(code)) for code in fresh)
    return fresh


def strip(account: Account) -> None:
    """Take every factor from an account, and the invitation to it."""
    account.password = account.totp = account.totp_step = account.invitation = account.invited_until = None
    for table in (Passkey, RecoveryCode):
        db.session.execute(delete(table).where(table.account_id == account.id))


def change_password(account: Account, password: str) -> None:
    account.password = passwords.hashed(password)


def takes_code(account: Account, code: str) -> bool:
    """Tell whether a code is right, a half minute early or late, and was not used before; it is used now."""
    return account.totp is not None and any(_advance(account.id, step) for step in _steps(account.totp, code))


def takes_recovery_code(account: Account, code: str) -> bool:
    """Tell whether a recovery code is right; it is used up."""
    spent: Any = db.session.execute(
        delete(RecoveryCode).where(RecoveryCode.account_id == account.id, RecoveryCode.digest == _digest(code))
    )
    return bool(spent.rowcount)


def passkey(credential: bytes) -> Passkey | None:
    """Return a passkey, held so that it is used by one at a time."""
    query = select(Passkey).where(Passkey.credential == credential)
    return db.session.scalars(query.with_for_update(of=Passkey)).one_or_none()


def check_code(totp: str, code: str) -> int:
    """Return which half minute a code is of; raise Invalid, field "code", where no app with this secret shows it."""
    if not (right := _steps(totp, code)):
        raise Invalid(
            _("This is not the code that the app shows now: look again, and see that the clock is right"), field="code"
        )
    return right[-1]


def _steps(totp: str, code: str) -> list[int]:
    """Return the half minutes, of this one and those beside it, whose code this is."""
    now, typed = int(clock.now().timestamp()) // _STEP, code.encode()
    return [step for step in (now - 1, now, now + 1) if secrets.compare_digest(_code(totp, step), typed)]


def _code(totp: str, step: int) -> bytes:
    return pyotp.TOTP(totp).generate_otp(step).encode()


def _advance(account_id: int, step: int) -> bool:
    """Move the last step used on; False where another has been there."""
    behind = or_(Account.totp_step.is_(None), Account.totp_step < step)
    moved: Any = db.session.execute(update(Account).where(Account.id == account_id, behind).values(totp_step=step))
    return bool(moved.rowcount)


def _digest(code: str) -> str:
    return hashlib.sha256(codes.letters(code).encode()).hexdigest()
