"""The only writer of what waits to be said once more: a yes by text message counts by the code of the answer.

Whose number a message is from the network says, and anybody can have it say another's: the answer goes to its owner.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import delete, select

from kieubao import tokens
from kieubao.db import db
from kieubao.ground import clock, codes
from kieubao.texts.models import TextWish

_CODE: Final = "text code"
# For how long a code holds, and an answer is worth telling.
HOLDS: Final = timedelta(hours=24)
_MOST_TRIES: Final = 5


class Asked(NamedTuple):
    """What was written, and to which notice of each purpose it was said, by its reference."""

    text: str
    notices: Mapping[str, str]


def ask(person_id: int, asked: Asked) -> tuple[str, str, datetime]:
    """Have a yes wait for its code; return its name, the code and until when. What waited before is forgotten."""
    forget(person_id)
    name, code, until = codes.fresh("TN"), tokens.fresh_code(), clock.now() + HOLDS
    digest = tokens.sealed_code(_CODE, name, code)
    told = json.dumps(asked._asdict())
    db.session.add(TextWish(code=name, person_id=person_id, told=told, code_digest=digest, until=until))
    db.session.flush()
    return name, code, until


def said(person_id: int, code: str) -> tuple[str, datetime, Asked] | None:
    """Return what was said by the right code, its name and when: it waits no more. A wrong one is counted."""
    waits = select(TextWish).where(TextWish.person_id == person_id, TextWish.until > clock.now()).with_for_update()
    found = db.session.scalars(waits).one_or_none()
    if found is None or found.tries >= _MOST_TRIES:
        return None
    if not tokens.is_code(_CODE, found.code, code, found.code_digest):
        found.tries += 1
        return None
    told: dict[str, Any] = json.loads(found.told)
    db.session.delete(found)
    return found.code, found.asked_at, Asked(**told)


def forget(person_id: int) -> None:
    """Have what somebody agreed to wait no more."""
    db.session.execute(delete(TextWish).where(TextWish.person_id == person_id))


def drop_late() -> None:
    """Remove what was not said once more in time."""
    db.session.execute(delete(TextWish).where(TextWish.until <= clock.now()))
