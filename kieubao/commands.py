"""What the commands share: a refusal told in one sentence, and as whom a command acts."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import Progress
from sqlalchemy.exc import OperationalError

from kieubao.access.roles import SYSTEM, Actor
from kieubao.access.session import actor_named
from kieubao.forms import told
from kieubao.ground.errors import KieubaoError, Unrecorded

Place = TypeVar("Place")
# Given where the batch before it ended, a batch says where it ends, None at the end, and how many it did.
Batch = Callable[[Place | None], tuple[Place | None, int]]
_TRIES, _PAUSE = 10, 30
EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


class Failing(click.Command):
    """A command that tells a refusal in one sentence and ends with 1, or 2."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except KieubaoError as error:
            click.echo(f"{error.code}: {told(error)}", err=True)
            # What does not hold ends with 2, as the trail's own verdict does.
            sys.exit(2 if error.code in {"unusable", "tombstones"} else 1)


def acting(username: str | None) -> Actor:
    """Return the actor of a named account, or the system at the server's console."""
    return actor_named(username) if username else SYSTEM


@contextmanager
def progressing(what: str) -> Iterator[Callable[..., None]]:
    """Show in the terminal, where there is one, how far something is."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, of=None: progress.update(task, completed=done, total=of)


def through(batch: Batch[Place], progress: Progress, what: str, count: int) -> int:
    """Do a long work batch by batch, showing how far it is; return how many were done.

    Others work meanwhile.
    """
    task, after, done = progress.add_task(what, total=count), None, 0
    while True:
        begun = time.monotonic()
        after, more = _patient(batch, after)
        done += more
        progress.update(task, completed=done)
        if after is None:
            return done
        # SQLite has one right to write and no queue for it: others are to get it half of the time.
        time.sleep(time.monotonic() - begun)


def _patient(batch: Batch[Place], after: Place | None) -> tuple[Place | None, int]:
    """Do a batch, again and again where others keep the database to themselves: nothing of it was done."""
    for again in range(_TRIES):
        with suppress(OperationalError, Unrecorded):
            return batch(after)
        time.sleep(min(2**again, _PAUSE))
    return batch(after)
