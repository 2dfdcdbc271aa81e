"""Signing in and out, joining, and proving once more who one is.

Whoever is refused learns no more than that; the trail knows which of them was wrong.
"""

from dataclasses import dataclass, replace
from typing import Any

from kieubao.access import accounts, attempts, factors, sessions
from kieubao.access.models import Account
from kieubao.access.roles import BY_PASSKEY, Actor, Permission, Role
from kieubao.access.use_case import Shape, is_by, note, use_case
from kieubao.db import db, keyring, writing
from kieubao.ground import clock, passkeys, passwords
from kieubao.ground.errors import Invalid, SignInRefused, _
from kieubao.ground.passkeys import Made, Site

# How many tries are free in 15 minutes: about one account from one device, and from one address about any.
FREE, FREE_HERE = 5, 50


@dataclass(frozen=True)
class Door:
    """What is known of who knocks: their address, what they come with, and the account their device has signed in to.

    `held`: the secret of a session their browser still has, which ends where they are let in anew. `sample`: in
    the demo province a code is enough for every role.
    """

    address: str
    device: str
    known: tuple[str, str] | None
    site: Site
    challenge: bytes
    held: str = ""
    sample: bool = False

    def wants_passkey(self, role: Role) -> bool:
        """Tell whether a role proves itself here with a passkey, and with no code but a recovery code."""
        return role in BY_PASSKEY and not self.sample

    def tries(self, username: str) -> dict[str, int]:
        """Return the buckets a try counts in. A device that is known has its own: nobody else can fill it."""
        if self.known and self.known[0] == username:
            return {attempts.bucket("device", *self.known): FREE}
        return {attempts.bucket("name", username): FREE, self.here: FREE_HERE}

    @property
    def here(self) -> str:
        return attempts.bucket("address", self.address)


@dataclass(frozen=True)
class Proof:
    """A password and a code (of the app, or a recovery code); or else a passkey's answer."""

    username: str = ""
    password: str = ""
    code: str = ""
    passkey: str = ""


@dataclass(frozen=True)
class Joining:
    """What somebody who joins brings: both halves of the invitation, and what they will sign in with."""

    username: str
    first: str
    second: str
    password: str = ""
    totp: str = ""
    code: str = ""
    passkey: str = ""


@use_case(Permission.SESSION_OPEN, Shape.SEAL)
def sign_in(actor: Actor, door: Door, proof: Proof) -> tuple[str, str]:
    """Open a session; return its secret and the sign-in name. Raises SignInRefused or TooMany."""
    account = _proven(door, proof)
    return _let_in(account, door), account.username


@use_case(Permission.ACCOUNT_SELF, Shape.SEAL)
def confirm(actor: Actor, door: Door, proof: Proof) -> str:
    """Prove once more who is asking, so that for ten minutes they may do what asks for it.

    Return the session's new secret.
    """
    own = db.session.get_one(Account, actor.id).username
    account = _proven(door, replace(proof, username=own))
    if account.id != actor.id or actor.session is None:
        note(wrong="another account")
        raise SignInRefused(passkeys.REFUSED)
    return sessions.confirm(actor.session)


@use_case(Permission.SESSION_OPEN, Shape.SEAL)
def refuse_token(actor: Actor, door: Door) -> None:
    """Record that a token was shown which does not hold; raise TooMany where that goes on."""
    note(address=door.here)
    attempts.reserve({attempts.bucket("token", door.address): FREE_HERE})
    # On SQLite who has read since another wrote may not write: without this, a few at once are a 503.
    writing()


@use_case(Permission.SESSION_OPEN, Shape.SEAL)
def be_invited(actor: Actor, door: Door, joining: Joining) -> dict[str, Any]:
    """Look an invitation over: whose it is, and whether they need a passkey. Raises SignInRefused or TooMany."""
    account = _invited(door, joining)
    return {
        "username": account.username,
        "name": account.name,
        "id": account.id,
        "passkey": door.wants_passkey(Role(account.role)),
    }


@use_case(Permission.SESSION_OPEN, Shape.SEAL)
def join(actor: Actor, door: Door, joining: Joining) -> tuple[str, list[str]]:
    """Set a password and a second factor, and sign in; return the session's secret and the recovery codes."""
    account = _invited(door, joining)
    step = factors.check_code(joining.totp, joining.code)
    made = _made(account, door, joining)
    codes = factors.equip(account, joining.password, joining.totp, made, used=step)
    note(passkeys=len(made))
    return _let_in(account, door), codes


@use_case(Permission.ACCOUNT_SELF, Shape.SEAL, confirmed=True)
def change_password(actor: Actor, door: Door, current: str, password: str) -> None:
    """Set a new password for the one that is now; every other session of one's own ends. Raises Invalid or TooMany."""
    tried = attempts.reserve(door.tries(db.session.get_one(Account, actor.id).username), attempts.AT_SIGN_IN)
    right = passwords.matches(db.session.get_one(Account, actor.id).password, current)
    writing()
    if not right:
        raise Invalid(_("This is not the password you have now"), field="current")
    attempts.take_back(tried)
    factors.change_password(db.session.get_one(Account, actor.id), password)
    note(ended=sessions.end(actor.account_id, but=actor.session))


@use_case(Permission.ACCOUNT_SELF)
def sign_out(actor: Actor) -> None:
    sessions.end(actor.account_id, only=actor.session)


@use_case(Permission.ACCOUNT_SELF, confirmed=True)
def end_sessions(actor: Actor, only: int | None = None) -> None:
    """End a session of one's own, or all but the one that asks."""
    note(ended=sessions.end(actor.account_id, only=only, but=None if only else actor.session))


def _let_in(account: Account, door: Door) -> str:
    """Open a session in place of the one this browser may still have; return its secret."""
    sessions.end_held(door.held)
    account.signed_in_at = clock.now()
    return sessions.open_for(account.id, door.device)


def _proven(door: Door, proof: Proof) -> Account:
    """Return the account that a proof is of, holding the right to write; raise SignInRefused for any other."""
    return _by_passkey(door, proof.passkey) if proof.passkey else _by_code(door, proof)


def _by_code(door: Door, proof: Proof) -> Account:
    tries = door.tries(proof.username)
    note(username=keyring().fingerprint("username", proof.username))
    tried = attempts.reserve(tries, attempts.AT_SIGN_IN)
    account = accounts.named(proof.username)
    right = passwords.matches(account.password if account else None, proof.password)
    writing()
    account = accounts.named(proof.username)
    if account is None:
        raise _wrong("name")
    note(account=account.id)
    _refuse_unless(right, "password")
    _refuse_unless(account.active, "closed")
    _take_code(account, door, proof.code)
    attempts.forgive(next(iter(tries)))
    attempts.take_back(tried)
    is_by(account)
    return account


def _take_code(account: Account, door: Door, code: str) -> None:
    """Take a code of the app from whom one is enough, or a recovery code from anybody."""
    plain = code.replace(" ", "")
    if plain.isdecimal():
        _refuse_unless(not door.wants_passkey(Role(account.role)), "passkey needed")
        _refuse_unless(factors.takes_code(account, plain), "code")
    else:
        _refuse_unless(factors.takes_recovery_code(account, code), "recovery code")
        note(recovery=True)


def _by_passkey(door: Door, answer: str) -> Account:
    tried = attempts.reserve({door.here: FREE_HERE})
    writing()
    found = factors.passkey(passkeys.named(answer))
    if found is None:
        raise _wrong("passkey")
    note(account=found.account_id)
    known = Made(found.credential, found.public_key, found.uses)
    found.uses = passkeys.used(door.site, door.challenge, answer, known)
    _refuse_unless(attempts.is_first(attempts.bucket("challenge", door.challenge.hex())), "used before")
    _refuse_unless(found.account.active, "closed")
    attempts.take_back(tried)
    is_by(found.account)
    return found.account


def _invited(door: Door, joining: Joining) -> Account:
    tried = attempts.reserve(door.tries(joining.username), attempts.AT_SIGN_IN)
    writing()
    account = accounts.invited(joining.username, joining.first, joining.second)
    if account is None:
        raise SignInRefused(_("This invitation does not hold: both halves, within 72 hours, and only once"))
    is_by(account)
    attempts.take_back(tried)
    return account


def _made(account: Account, door: Door, joining: Joining) -> list[Made]:
    if not joining.passkey and door.wants_passkey(Role(account.role)):
        raise Invalid(_("Your role signs in with a passkey: make one with the button"), field="passkey")
    return [passkeys.made(door.site, door.challenge, joining.passkey)] if joining.passkey else []


def _refuse_unless(right: bool, wrong: str) -> None:  # noqa: FBT001 - it reads as a sentence
    if not right:
        raise _wrong(wrong)


def _wrong(what: str) -> SignInRefused:
    note(wrong=what)
    return SignInRefused(passkeys.REFUSED)
