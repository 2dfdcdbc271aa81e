"""The rows of files on their way in, kept sealed: the only writer of their table."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from kieubao.db import db, insert_many, update_many
from kieubao.ground.errors import Conflict, _
from kieubao.intake import files, mapping
from kieubao.intake.files import HEAD, Row, Sheet, Table
from kieubao.intake.mapping import Layout
from kieubao.intake.models import Intake, IntakeRow
from kieubao.intake.verdicts import CHANGE, Kept, Made, Plan, Verdict
from kieubao.intake.vocabulary import DONE, INSIDE, RIGHT, RowState

# How many rows are looked at for words, and how many words of a column are asked for.
_LOOKED_AT, _WORDS = 5_000, 60


def empty(intake: Intake) -> None:
    """Drop the rows of a file, to be read anew."""
    db.session.execute(delete(IntakeRow).where(IntakeRow.intake_id == intake.id))


def blank(intake: Intake) -> None:
    """Keep nothing of what was written in a file: only who came in with its rows."""
    mine = update(IntakeRow).where(IntakeRow.intake_id == intake.id)
    db.session.execute(mine.values(cells="[]", told="[]"))


def keep(intake: Intake, rows: Iterable[tuple[int, Row]]) -> None:
    """Keep rows, each with the place of its sheet."""
    blank = {"intake_id": intake.id, "told": "[]", "state": RowState.READ}
    blank |= dict.fromkeys(("warned", "related", "uncoded", "admitted"), False)
    insert_many(
        IntakeRow,
        ({**blank, "sheet": place, "number": row.number, "cells": _written(row.cells)} for place, row in rows),
    )


def tables(intake: Intake) -> list[Table]:
    """Return the sheets of a file with their first rows."""
    sheets = json.loads(intake.sheets)
    return [Table(name, shown, _first(intake, at), *fonts) for at, (name, shown, *fonts) in enumerate(sheets)]


def table(intake: Intake) -> tuple[Layout, Sheet]:
    """Return the mapping of a file and where its table stands; raise Conflict where nobody has said what it means."""
    if intake.layout is None:
        raise Conflict(_("Say first what the columns of this file mean"))
    layout = mapping.laid_out(json.loads(intake.layout))
    return layout, replace(files.found(tables(intake), layout.headings, layout.sheet), old=layout.old)


def plan(intake: Intake) -> Plan:
    """Return what the rows of a file mean, and count them. Raises Conflict as `table`."""
    layout, sheet = table(intake)
    mine = (IntakeRow.intake_id == intake.id, *below(sheet))
    done = func.count().filter(IntakeRow.state.not_in([RowState.READ, *RIGHT]))
    return Plan(intake.id, layout, sheet, *db.session.execute(select(func.count(), done).where(*mine)).one())


def words(intake: Intake, sheet: Sheet, places: Collection[int]) -> dict[int, list[str]]:
    """Return the different words in the first rows of some columns, in the order they are met; of many not all."""
    rows = [sheet.cells(row) for row in batch(intake.id, 0, _LOOKED_AT, *below(sheet))] if places else []
    found = {place: dict.fromkeys(cells[place].strip() for cells in rows if place < len(cells)) for place in places}
    return {place: list(filter(None, known))[:_WORDS] for place, known in found.items()}


def batch(intake_id: int, after: int, size: int, *which: ColumnElement[bool]) -> list[Row]:
    """Return the next rows after one, by its id."""
    mine = (IntakeRow.intake_id == intake_id, IntakeRow.id > after, *which)
    query = select(IntakeRow.number, IntakeRow.cells, IntakeRow.id).where(*mine).order_by(IntakeRow.id).limit(size)
    return [Row(number, json.loads(cells), i) for number, cells, i in db.session.execute(query)]


def page(intake_id: int, after: int, size: int, *which: ColumnElement[bool]) -> list[Kept]:
    """Return the next rows after one, by its id, with what is known of them."""
    mine = (IntakeRow.intake_id == intake_id, IntakeRow.id > after, *which)
    return [_kept(row) for row in db.session.execute(select(*_COLUMNS).where(*mine).order_by(IntakeRow.id).limit(size))]


def below(sheet: Sheet) -> tuple[ColumnElement[bool], ...]:
    """Choose the rows of a table: those of its sheet below its headings."""
    return IntakeRow.sheet == sheet.place, IntakeRow.number > sheet.above


def being(*states: RowState, warned: bool = False) -> tuple[ColumnElement[bool], ...]:
    """Choose the rows that are one of these; of `warned`, only those that came or come in without something."""
    return IntakeRow.state.in_(states), *([IntakeRow.warned.is_(True)] if warned else [])


def judge(verdicts: Sequence[Verdict]) -> None:
    """Write down what becomes of rows."""
    update_many(IntakeRow, list(map(_judged, verdicts)))


def right(intake: Intake, rows: Collection[int]) -> set[int]:
    """Return of some rows of a file those that are still to be taken in."""
    mine = (IntakeRow.intake_id == intake.id, IntakeRow.id.in_(rows), *being(*RIGHT))
    return {*db.session.scalars(select(IntakeRow.id).where(*mine))}


def tried(rows: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return of some rows whose record they were found to change, as of which version."""
    query = select(IntakeRow.id, IntakeRow.person_id, IntakeRow.version).where(IntakeRow.id.in_(rows))
    found = db.session.execute(query.where(IntakeRow.state == RowState.CHANGED))
    return {row: (person or 0, version or 0) for row, person, version in found}


def admitted(rows: Collection[int]) -> set[int]:
    """Return of some rows those of which it was decided that they come in."""
    return {*db.session.scalars(select(IntakeRow.id).where(IntakeRow.id.in_(rows), IntakeRow.admitted.is_(True)))}


def settle(intake: Intake, number: int, *, admit: bool) -> None:
    """Have a row that waits come in when the file is taken in, or be left out, blank; with the relatives below it.

    Raises Conflict where none of this number waits.
    """
    waiting = (IntakeRow.intake_id == intake.id, IntakeRow.state == RowState.WAITING)
    row = db.session.scalar(select(IntakeRow.id).where(*waiting, IntakeRow.number == number).with_for_update())
    if row is None:
        raise Conflict(_("No row %(number)s of this file waits for a decision"), number=number)
    left_out = {"state": RowState.LEFT_OUT, "cells": "[]", "told": "[]"}
    values = {"state": RowState.NEW, "told": "[]", "admitted": True} if admit else left_out
    both = or_(IntakeRow.id == row, IntakeRow.above_id == row)
    db.session.execute(update(IntakeRow).where(*waiting, both).values(**values))


def take(made: Sequence[Made], verdicts: Mapping[int, Verdict]) -> None:
    """Write down who was recorded from rows, and what is to be said of those, by their ids.

    What was written in a row without a warning is needed no more.
    """
    rows = [
        {**_judged(verdicts[one.row]), "state": RowState.TAKEN if one.version is None else RowState.AMENDED}
        | {"told": _written([told for told in verdicts[one.row].told if told[-1] != CHANGE])}
        | {"person_id": one.person, "relative_id": one.relative, "line": one.line}
        | {"version": one.version, "said_from": one.said_from}
        for one in made
    ]
    update_many(IntakeRow, rows)
    plain = [one.row for one in made if not verdicts[one.row].warned]
    db.session.execute(update(IntakeRow).where(IntakeRow.id.in_(plain)).values(cells="[]"))
    _tell_of(made)


def _tell_of(made: Sequence[Made]) -> None:
    """Write down at the relatives below who come back as whom the person above them was recorded."""
    people = {one.row: one.person for one in made}
    back = select(IntakeRow.id, IntakeRow.above_id).where(
        IntakeRow.above_id.in_(people), IntakeRow.state == RowState.REFUSED
    )
    update_many(
        IntakeRow, [{"id": row, "person_id": people[above]} for row, above in db.session.execute(back) if above]
    )


def move(rows: Sequence[int], state: RowState) -> None:
    update_many(IntakeRow, [{"id": row, "state": state} for row in rows])


def unjudge(intake: Intake, sheet: Sheet) -> None:
    """Have no row of a table judged, for the mapping is another one now; what is no row of it is left out."""
    mine = update(IntakeRow).where(IntakeRow.intake_id == intake.id)
    blank = {"told": "[]", **dict.fromkeys(("warned", "related", "uncoded", "admitted"), False)}
    blank |= dict.fromkeys(("above_id", "person_id", "version"))
    db.session.execute(mine.values(state=RowState.LEFT_OUT, **blank))
    db.session.execute(mine.where(*below(sheet)).values(state=RowState.READ))


def counts(intake: Intake) -> dict[str, int]:
    """Count the rows of a file by what becomes of them; and of those that come in, what is to be said of them."""
    mine = (
        select(IntakeRow.state, func.count().label("count"))
        .where(IntakeRow.intake_id == intake.id)
        .group_by(IntakeRow.state)
    )
    states = dict.fromkeys(map(str, RowState), 0) | {row.state: row.count for row in db.session.execute(mine)}
    inside = (IntakeRow.intake_id == intake.id, *being(*INSIDE))
    told = {"relatives": IntakeRow.related, "warned": IntakeRow.warned, "uncoded": IntakeRow.uncoded}
    tally = db.session.execute(select(*(func.count().filter(one) for one in told.values())).where(*inside)).one()
    return {**states, **dict(zip(told, tally, strict=True))}


def made(intake: Intake, size: int) -> list[Made]:
    """Return the next rows from which somebody was recorded, and the others of the same people."""
    which = (IntakeRow.intake_id == intake.id, *being(*DONE))
    people = select(IntakeRow.person_id).where(*which).order_by(IntakeRow.id).limit(size)
    query = select(*(getattr(IntakeRow, name) for name in ("id", "person_id", "relative_id", "line", *_AMENDED)))
    rows = db.session.execute(query.where(*which, IntakeRow.person_id.in_(people)).order_by(IntakeRow.id))
    return [Made(*row) for row in rows]


_AMENDED = ("version", "said_from")
_COLUMNS = (IntakeRow.id, IntakeRow.number, IntakeRow.cells, IntakeRow.state, IntakeRow.told, IntakeRow.person_id)


def _judged(one: Verdict) -> dict[str, Any]:
    names = ("state", "warned", "related", "uncoded")
    row = {"id": one.row, "told": _written(one.told), "above_id": one.above}
    row |= {"person_id": one.person, "version": one.version}
    return row | {name: getattr(one, name) for name in names}


def _kept(row: Any) -> Kept:
    cells = Row(row.number, json.loads(row.cells), row.id)
    return Kept(cells, RowState(row.state), json.loads(row.told), row.person_id)


def _first(intake: Intake, place: int) -> list[Row]:
    mine = select(*_COLUMNS).where(IntakeRow.intake_id == intake.id, IntakeRow.sheet == place)
    return [_kept(row).row for row in db.session.execute(mine.order_by(IntakeRow.number).limit(HEAD))]


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
