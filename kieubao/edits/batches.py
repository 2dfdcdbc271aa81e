"""What jobs do with an edit, some people each time: each is a use case, and none counts for a limit."""

from collections.abc import Collection

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import note, use_case
from kieubao.edits import changes, kept
from kieubao.edits.vocabulary import Outcome
from kieubao.people import disclosure


@use_case(Permission.PERSON_WRITE, of_job=True)
def make_some(actor: Actor, code: str) -> int:
    """Change some more of the people of an edit; return how many are left."""
    edit = kept.one(actor, code, changing=True)
    _note(actor, code, changes.make(actor, edit, kept.some(edit, Outcome.WAITING)))
    return kept.counts(edit)[Outcome.WAITING]


@use_case(Permission.PERSON_WRITE, of_job=True)
def undo_some(actor: Actor, code: str) -> int:
    """Take an edit back for some more of its people; return how many are left."""
    edit = kept.one(actor, code, changing=True)
    _note(actor, code, changes.undo(actor, edit, kept.some(edit, Outcome.CHANGED)))
    return kept.counts(edit)[Outcome.CHANGED]


def _note(actor: Actor, code: str, people: Collection[int]) -> None:
    subjects = disclosure.subjects(actor.scope, people)
    note(edit=code, found=len(people), subjects=[str(one) for one in subjects.values()])
