"""What a browser keeps of a visit, and who asks by it."""

from dataclasses import replace

from flask import session

from kieubao.access.roles import GRANTS, SUBJECT, UNPROVED, Actor, Role, Scope
from kieubao.db import db, reading, writing
from kieubao.visits import passes

# The name under which the cookie keeps a visit's secret.
SECRET = "visit"  # noqa: S105


def keep(secret: str) -> None:
    session[SECRET] = secret


def forget() -> None:
    session.pop(SECRET, None)


def visitor() -> tuple[Actor, bool]:
    """Return who asks by a link of their own, and whether it is shown that it is they.

    Raises NotFound where no visit goes on.
    """
    reading()
    come = passes.current(session.get(SECRET, ""))
    if come is None:
        raise passes.ended()
    proved = come.visit.proved_at is not None
    may = GRANTS[Role.SUBJECT] if proved else UNPROVED
    actor = replace(SUBJECT, scope=Scope(person=come.person_id), session=come.visit.id, permissions=may)
    if until := passes.lasts(come):
        writing()
        passes.see(come, until)
        db.session.commit()
    return actor, proved
