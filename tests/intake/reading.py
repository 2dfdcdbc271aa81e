"""A file read as a whole, without a database: how it is written, its table, and the rows below its headings."""

from types import SimpleNamespace

from kieubao.intake import files, workbooks
from kieubao.intake.files import Row, Table
from kieubao.intake.workbooks import Begun, How


def tables(content, how=None):
    """The sheets of a file, whole, and how it is written."""
    found = []
    with workbooks.kept(content) as file:
        how = workbooks.told_by(file, how or How())
        for part in workbooks.parts(file, how):
            if isinstance(part, Begun):
                found.append(Table(part.name, part.shown, [], part.fonts))
            else:
                found[-1].rows.append(Row(part.number, part.cells))
    return found, how


def read_file(content, needed, *, encoding="", delimiter="", sheet=""):
    """The table of a file that has the headings that are needed."""
    every, how = tables(content, How(encoding, delimiter))
    table = files.found([Table(one.name, one.shown, one.rows[: files.HEAD]) for one in every], needed, sheet)
    below = [table.bare(row) for row in every[table.place].rows if row.number > table.above]
    return SimpleNamespace(headings=table.headings, rows=below, texts=table.texts, astray=table.astray, **how._asdict())
