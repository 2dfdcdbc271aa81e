"""What nobody should guess: how long it is, that it never comes twice, and for how long it holds."""

import re

import pytest

from kieubao.access import factors, sessions
from kieubao.db import db
from kieubao.entry.door import fresh_challenge
from kieubao.ground import codes
from tests import factories

# 32 bytes in base64 without its padding.
LONG = r"[\w-]{43}"
MADE = {
    "a recovery code": (codes.secret, r"([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}"),
    "half an invitation": (
        lambda: codes.fresh("MA"),
        r"MA-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]",
    ),
    "the secret of an app": (factors.fresh_totp, r"[A-Z2-7]{32}"),
}


@pytest.mark.parametrize("kind", MADE)
def test_what_people_type_is_random_and_never_comes_twice(kind):
    make, form = MADE[kind]
    made = [make() for _time in range(2_000)]
    assert len(set(made)) == 2_000
    assert all(re.fullmatch(form, one) for one in made)


def test_what_machines_keep_has_256_bits(app):
    holder = factories.actor("clerk")
    db.session.rollback()
    made = [sessions.open_for(holder.account_id, "x") for _time in range(20)]
    tokens = [factories.token(holder).removeprefix("kb_") for _time in range(20)]
    with app.test_request_context():
        challenges = [fresh_challenge() for _time in range(20)]
    assert len({*made, *tokens, *challenges}) == 60
    assert all(re.fullmatch(LONG, one) for one in (*made, *tokens))
    assert {len(one) for one in challenges} == {32}
