"""What is done with an edit of many: batch by batch, with what the account may by then; and forgotten in time."""

from collections.abc import Callable, Mapping
from typing import Any

from kieubao.access.roles import Actor
from kieubao.access.session import actor_numbered
from kieubao.db import db, writing
from kieubao.edits import batches, kept
from kieubao.edits.vocabulary import Act
from kieubao.jobs import Run
from kieubao.walls import Sight, confined
from kieubao.worker import Work


def _through(act: Callable[[Actor, str], int]) -> Work:
    def work(run: Run) -> Mapping[str, Any]:
        left = whole = run.given["people"]
        while left:
            left = act(actor_numbered(run.account_id), run.given["edit"])
            run.reach(whole - left, whole)
        return {"edit": run.given["edit"]}

    return work


def tidy() -> None:
    """Keep no longer what stood before edits that were made long ago."""
    with confined(Sight(everyone=True)):
        writing()
        kept.forget()
        db.session.commit()


WORKS: dict[str, Work] = {Act.MAKE: _through(batches.make_some), Act.UNDO: _through(batches.undo_some)}
