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
    """What becomes of a row. `new` ones are taken; `refused` and `known` ones come back."""

    READ = "read"
    LEFT_OUT = "left_out"
    NEW = "new"
    REFUSED = "refused"
    KNOWN = "known"
    TAKEN = "taken"
    UNDONE = "undone"
    # Undone they are not: somebody worked on the person since.
    KEPT = "kept"


BACK = (RowState.REFUSED, RowState.KNOWN)


class Act(StrEnum):
    """What a job does with a file."""

    READ = "intake.read"
    TRY = "intake.try"
    TAKE = "intake.take"
    UNDO = "intake.undo"
