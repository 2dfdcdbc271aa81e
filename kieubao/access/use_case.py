"""Every use case is permitted, recorded, and done whole or not at all: here, and only here.

A *change* takes the right to write, decides, writes, appends its line and commits. A *read* reads,
appends its line in a transaction of its own, and answers only then. A *seal* prepares what will
leave, takes the right to write by itself (`consent.handover.seal`), and ends like a change.

`confirmed`: only for who has just proved who they are. `opens`: gives somebody's whole record, and `finds` looks for
people, of which a day has only so many.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from enum import Enum
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy.exc import DBAPIError, NoResultFound, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError

from kieubao.access import limits, trail
from kieubao.access.models import Account
from kieubao.access.roles import (
    ACTS_A_MINUTE,
    AND_NOWHERE,
    AT_DESK,
    BY_GRANT,
    BY_ROLE,
    BY_SCOPE,
    BY_UNIT,
    FOUND_A_DAY,
    GRANTS,
    NOWHERE,
    OPENED_A_DAY,
    Actor,
    Permission,
    Role,
)
from kieubao.access.trail import Line
from kieubao.db import db, reading, writing
from kieubao.ground import clock
from kieubao.ground.errors import KieubaoError, NotFound, Stale, TooMany, Unrecorded, Walled, _
from kieubao.walls import Sight, confined, is_held_back

P = ParamSpec("P")
R = TypeVar("R")
UseCase = Callable[Concatenate[Actor, P], R]


# The use cases that open a record, and those that ask for a fresh proof, by their names in the trail.
OPENING: set[str] = set()
# Of those, what only shows it; and whatever changes anything.
LOOKS: set[str] = set()
CHANGES: set[str] = set()
CONFIRMED: set[str] = set()
# Those that look for people, or show who may be meant.
FINDING: set[str] = set()
# Those that are a part of a job, of which no hand does so many.
WORKED: set[str] = set()
# Who may be about all people, where a use case says that it is, and shows none.
_OF_ALL = {Role.SYSTEM, Role.ADMIN, Role.PROTECTION_OFFICER}


class Shape(Enum):
    CHANGE = "change"
    READ = "read"
    SEAL = "seal"


def use_case(  # noqa: PLR0913 - each is a promise, and has its name
    permission: Permission,
    shape: Shape = Shape.CHANGE,
    *,
    confirmed: bool = False,
    opens: bool = False,
    finds: bool = False,
    everyone: bool = False,
    of_job: bool = False,
) -> Callable[[UseCase[P, R]], UseCase[P, R]]:
    """Make a function a use case: it takes the actor first and is refused without the permission.

    The database shows it no more people than its permission is about; `everyone`: it deals with all, and shows none.
    `of_job`: it is one of the many parts of a job, which count for no limit.
    """

    def decorate(function: UseCase[P, R]) -> UseCase[P, R]:
        action = f"{function.__module__.split('.')[1]}.{function.__name__}"
        OPENING.update([action] if opens else [])
        LOOKS.update([action] if opens and shape is Shape.READ else [])
        CHANGES.update([action] if shape is Shape.CHANGE else [])
        CONFIRMED.update([action] if confirmed else [])
        FINDING.update([action] if finds else [])
        WORKED.update([action] if of_job else [])

        @wraps(function)
        def run(actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
            with _recorded(Line(actor, action)) as line, _still_there():
                with confined(_sight(actor, permission, everyone=everyone)):
                    (writing if shape is Shape.CHANGE else reading)()
                    actor.require(permission)
                    if confirmed:
                        actor.require_confirmed()
                    if not of_job:
                        _within_limits(actor, opens=opens, finds=finds)
                    result = function(actor, *args, **kwargs)
                _close(line, afresh=shape is Shape.READ)
            return result

        run.permission, run.shape = permission, shape  # type: ignore[attr-defined]
        return run

    return decorate


def note(
    *,
    subject: UUID | None = None,
    also: Collection[UUID] = (),
    found: int | None = None,
    purpose: str | None = None,
    own: Mapping[str, Any] | None = None,
    **details: Any,
) -> None:
    """Add to the record of the use case that is running: ids, counts and field names, never values.

    `also`: whom it is about as much as its subject, so that it is told, and counted, of each; `own`: what is told of
    its subject, and of none of them.
    """
    line: Line = db.session.info["line"]
    line.subject = subject or line.subject
    line.also = also or line.also
    line.found = line.found if found is None else found
    line.purpose = purpose or line.purpose
    line.own.update(own or {})
    line.details.update(details)


def only_showed(action: str) -> None:
    """Have the record say that this showed what it might have changed: it is a look, and counts as one."""
    db.session.info["line"].action = action


def is_by(account: Account) -> None:
    """Have the record say whose deed it is, once a knock at the door turns out to be somebody's."""
    line: Line = db.session.info["line"]
    line.actor = Actor(account.id, Role(account.role), organisation_id=account.organisation_id)


def _within_limits(actor: Actor, *, opens: bool, finds: bool) -> None:
    """Raise TooMany where the trail says that the actor has done enough; the door counts for itself."""
    if actor.id is None:
        return
    spent = limits.spent(actor.id, WORKED, FINDING if finds else ())
    if spent.acts >= ACTS_A_MINUTE:
        raise TooMany(_("Too many requests: wait a minute"), wait=60)
    if opens and limits.opened(actor.id, OPENING) >= OPENED_A_DAY:
        sentence = _("You have opened %(most)s people today, and no more can be opened before tomorrow")
        raise TooMany(sentence, wait=clock.until_midnight(), most=OPENED_A_DAY)
    if spent.found >= FOUND_A_DAY:
        sentence = _("You have found %(most)s people today, and no more can be found before tomorrow")
        raise TooMany(sentence, wait=clock.until_midnight(), most=FOUND_A_DAY)


def _sight(actor: Actor, permission: Permission, *, everyone: bool) -> Sight:
    if everyone and actor.role in _OF_ALL:
        return Sight(everyone=True)
    shown = actor.permissions & GRANTS[actor.role] if permission in BY_ROLE else {permission}
    more = [NOWHERE] if permission in AND_NOWHERE else []
    by_scope = shown & BY_SCOPE
    return Sight(
        [*actor.scope.provinces, *more] if by_scope else (),
        actor.scope.communes if by_scope else (),
        organisation_id=actor.organisation_id if shown & BY_GRANT else None,
        unit_id=actor.organisation_id if shown & BY_UNIT else None,
        desk=bool(shown & AT_DESK),
        own_id=actor.scope.person if by_scope else None,
    )


def admit(actor: Actor, permission: Permission) -> Actor:
    """Let an actor to a form that shows nobody's data. A refusal leaves its line, an admission none.

    Raises Forbidden, like the act that the form is for.
    """
    with _recorded(Line(actor, "access.admit")):
        note(permission=permission)
        actor.require(permission)
    return actor


def unless_recorded(undo: Callable[[], object]) -> None:
    """Have something done where the use case that is running ends in anything but a line and an answer."""
    db.session.info["undo"].callback(undo)


@contextmanager
def _still_there() -> Iterator[None]:
    """Tell of what went away or was changed on the way, as by an erasure: it is no fault of the act."""
    try:
        yield
    except NoResultFound as error:
        raise NotFound(_("There is nothing here")) from error
    except StaleDataError as error:
        raise Stale(_("Somebody changed this in the meantime"), theirs={}, yours={}) from error
    except DBAPIError as error:
        if not is_held_back(error):
            raise
        raise Walled(_("There is nothing here")) from error


@contextmanager
def _recorded(line: Line) -> Iterator[Line]:
    if "line" in db.session.info:
        raise RuntimeError(f"{line.action} was called from {db.session.info['line'].action}")
    db.session.info["line"] = line
    try:
        with ExitStack() as undo:
            db.session.info["undo"] = undo
            yield line
            undo.pop_all()
    except Unrecorded:
        db.session.rollback()
        raise
    except BaseException as error:
        line.outcome = error.code if isinstance(error, KieubaoError) else "failed"
        _close(line, afresh=True)
        raise
    finally:
        del db.session.info["line"]


def _each(line: Line) -> Iterator[Line]:
    """Give a line for each whom it is about, which names the others."""
    if not line.also:
        yield replace(line, details={**line.details, **line.own})
        return
    everybody = (line.subject, *line.also)
    for subject in everybody:
        others = [str(one) for one in everybody if one != subject]
        own = line.own if subject == line.subject else {}
        yield replace(line, subject=subject, details={**line.details, **own, "subjects": others})


def _close(line: Line, *, afresh: bool = False) -> None:
    """Append the line and commit; no line, no answer. The work is flushed first: its faults are its own."""
    if not afresh:
        db.session.flush()
    try:
        if afresh:
            writing(alone=not line.also)
        for one in _each(line):
            trail.append(one)
        db.session.commit()
    except SQLAlchemyError as error:
        db.session.rollback()
        raise Unrecorded(_("This could not be recorded, so it was not done. Try again in a moment")) from error
