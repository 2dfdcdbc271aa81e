"""Signing in, as the tests do it: with factors that are known, or straight into a session."""

from datetime import timedelta

import pyotp
from sqlalchemy import select

from kieubao.access import accounts, factors, sessions
from kieubao.access.session import SECRET
from kieubao.consent.models import Standing
from kieubao.db import db, writing
from kieubao.ground import clock
from kieubao.visits import passes
from kieubao.visits.door import SECRET as VISIT
from kieubao.visits.models import PersonalLink
from kieubao.visits.vocabulary import Handed
from kieubao.walls import Sight, confined
from tests.factories import PASSWORD

TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def equip(username, password=PASSWORD):
    """Give an account a password and a code; return its recovery codes."""
    codes = factors.equip(accounts.account(username), password, TOTP)
    db.session.commit()
    return codes


def code(steps=0):
    """The code that is right now, or some half minutes away."""
    return pyotp.TOTP(TOTP).at(clock.now() + timedelta(seconds=30 * steps))


def rewind(username):
    """Forget which codes were used and who tried, so that the next try is the first."""
    db.session.rollback()
    accounts.account(username).totp_step = None
    db.session.commit()


def sign_in(client, username, password=PASSWORD, **sent):
    return client.post("/sign-in", data={"username": username, "password": password, "code": code(), **sent})


def secret_of(account_id):
    """Open a session for an account; return its secret."""
    # It writes, and a transaction which has read before could not write on SQLite.
    db.session.rollback()
    secret = sessions.open_for(account_id, "test")
    db.session.commit()
    return secret


# Who has no account: whoever came by a link of their own, with a code and without.
BY_LINK = ("subject", "newcomer")


def kept(username):
    """Return what a browser keeps of whoever comes: of an account, a session; else of a visit."""
    return {VISIT: _visit(username)} if username in BY_LINK else {SECRET: secret_of(accounts.account(username).id)}


def let_in(client, username):
    """Have a client's cookie hold a session of an account, or a visit."""
    held = kept(username)
    with client.session_transaction() as cookie:
        cookie.update(held)
    return client


def _visit(username):
    """Have somebody come who was given a link before, by another; return their visit's secret."""
    db.session.rollback()
    with confined(Sight(everyone=True)):
        writing()
        whose, by = db.session.execute(select(PersonalLink.person_id, PersonalLink.made_by).limit(1)).one()
        if username != "subject":
            # A new link of the same person would end the visit of whoever came by the one before.
            living = (Standing.successor_id.is_(None), Standing.deceased_on.is_(None), Standing.erased_at.is_(None))
            others = select(Standing.person_id).where(Standing.person_id != whose, *living)
            whose = db.session.scalars(others.order_by(Standing.person_id).limit(1)).one()
        given = passes.give(whose, Handed.COUNTER, by)
        secret, come = passes.arrive(given.link)
        secret = passes.prove(come, given.secret) if username == "subject" else secret
        db.session.commit()
    return secret
