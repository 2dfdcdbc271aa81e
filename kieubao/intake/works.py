"""What is done with a file, batch by batch: killed at any moment and done again, nobody is lost and nobody doubled."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from typing import Any, BinaryIO

from kieubao.access.roles import SYSTEM, Actor, Permission
from kieubao.access.session import actor_numbered
from kieubao.forms import office
from kieubao.ground.errors import Invalid
from kieubao.intake import batches, rows, workbooks
from kieubao.intake.files import Row
from kieubao.intake.readings import Desk
from kieubao.intake.verdicts import Plan
from kieubao.intake.vocabulary import RIGHT, Act, RowState
from kieubao.intake.workbooks import Begun, How, Line
from kieubao.jobs import Run
from kieubao.worker import Work

# Says how much is done, and of how much where that is known.
Reach = Callable[..., object]


def read(actor: Actor, code: str, reach: Reach) -> None:
    """Read the rows of a file that was sent."""
    content, how = batches.begin_reading(actor, code)
    with closing(workbooks.kept(content)) as file:
        try:
            stage(actor, code, file, how, reach)
        except Invalid as error:
            batches.give_up(actor, code, error)
            raise


def stage(actor: Actor, code: str, file: BinaryIO, how: How, reach: Reach) -> None:
    """Keep the rows of a file, sheet by sheet."""
    sheets: list[Begun] = []
    done = 0
    placed = _placed(workbooks.parts(file, how), sheets)
    while some := list(islice(placed, batches.BATCH)):
        actor = _today(actor)
        batches.stage(actor, code, some)
        done += len(some)
        reach(done)
    batches.end_reading(actor, code, sheets)


def try_out(actor: Actor, code: str, reach: Reach) -> Mapping[str, int]:
    """Say of every row what would become of it; nobody is recorded."""
    return _through(actor, code, (RowState.READ,), batches.judge, reach)


def take_in(actor: Actor, code: str, reach: Reach) -> Mapping[str, int]:
    """Record the people of the rows that are right, and amend the records that they change."""
    return _through(actor, code, RIGHT, batches.take_in, reach)


@contextmanager
def _unhindered() -> Iterator[None]:
    """Leave what there is already out of looking for garbage: among so much that is new, it is looked for often."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@_unhindered()
def _through(
    actor: Actor, code: str, states: Sequence[RowState], act: Callable[..., object], reach: Reach
) -> Mapping[str, int]:
    plan = batches.take_up(actor, code)
    desk, done = rows.desk(actor, plan), plan.done
    for some in _rows(actor, code, plan, states, desk):
        readings = [rows.read(desk, row) for row in some]
        entries = {one.row: one.entry for one in readings if one.entry}
        actor = _today(actor)
        act(actor, code, [one.verdict() for one in readings], entries)
        done += len(some)
        reach(done, plan.rows)
    return batches.end(actor, code)


def _today(actor: Actor) -> Actor:
    """Return an actor with what their account may by now. Raises NotFound where it was closed."""
    return actor_numbered(actor.account_id)


def _rows(actor: Actor, code: str, plan: Plan, states: Sequence[RowState], desk: Desk) -> Iterator[list[Row]]:
    """Give the rows of a table that are so, batch by batch: with a person the relatives below."""
    after, held = 0, list[Row]()
    while some := batches.some_rows(actor, code, plan.sheet, states, after):
        after = some[-1].id
        whole, held = rows.parted(desk, held + some)
        if whole:
            yield whole
    if held:
        yield held


def _placed(parts: Iterable[Begun | Line], sheets: list[Begun]) -> Iterator[tuple[int, Row]]:
    """Give rows with the places of their sheets, which are written down as they begin."""
    for part in parts:
        if isinstance(part, Begun):
            sheets.append(part)
        else:
            yield len(sheets) - 1, Row(part.number, part.cells)


def _read(run: Run) -> Mapping[str, Any]:
    read(actor_numbered(run.account_id), run.given["intake"], run.reach)
    return {"intake": run.given["intake"]}


def _try_out(run: Run) -> Mapping[str, Any]:
    return {**try_out(actor_numbered(run.account_id), run.given["intake"], run.reach), **run.given}


def _take_in(run: Run) -> Mapping[str, Any]:
    return {**take_in(actor_numbered(run.account_id), run.given["intake"], run.reach), **run.given}


def _undo(run: Run) -> Mapping[str, Any]:
    """Take back what a file did; whoever may ask for it sees them all, and the system does it."""
    done = 0
    while looked := _unmake(run):
        done += looked
        run.reach(done)
    return dict(run.given)


def _unmake(run: Run) -> int:
    """Take some rows back, where whoever asked for it still may; return how many were looked at."""
    actor_numbered(run.account_id).require(Permission.INTAKE_UNDO)
    return batches.unmake(SYSTEM, run.given["intake"], office())


WORKS: dict[str, Work] = {Act.READ: _read, Act.TRY: _try_out, Act.TAKE: _take_in, Act.UNDO: _undo}
