"""How far a file is, and what becomes of its rows."""

from enum import StrEnum


class Step(StrEnum):
    """What was done with a file last."""

    SENT = "sent"
    READ = "read"
    LAID_OUT = "laid_out"
    TRIED = "tried"
    TAKING = "taking"
    TAKEN = "taken"
    UNDOING = "undoing"
    UNDONE = "undone"


# Two files with the same content are not at these together.
ONCE = (Step.TAKING, Step.TAKEN, Step.UNDOING)


class RowState(StrEnum):
    """What becomes of a row.

    `new` ones are taken, and by `changed` ones a record on file is amended; of `same` ones the record says so already.
    `refused` and `known` ones come back. `waiting` ones meet the tombstone of somebody erased: a person decides.
    """

    READ = "read"
    LEFT_OUT = "left_out"
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WAITING = "waiting"
    REFUSED = "refused"
    KNOWN = "known"
    TAKEN = "taken"
    AMENDED = "amended"
    UNDONE = "undone"
    # Undone they are not: somebody worked on the person since.
    KEPT = "kept"


BACK = (RowState.REFUSED, RowState.KNOWN)
# What is taken in, before and after.
RIGHT = (RowState.NEW, RowState.CHANGED)
DONE = (RowState.TAKEN, RowState.AMENDED)
# What does not come back, though something may have to be said of it.
INSIDE = (*RIGHT, RowState.SAME, *DONE)


class Act(StrEnum):
    """What a job does with a file."""

    READ = "intake.read"
    TRY = "intake.try"
    TAKE = "intake.take"
    UNDO = "intake.undo"
