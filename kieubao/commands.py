"""What the commands share: a refusal told in one sentence, and as whom a command acts."""

import sys
from typing import Any

import click

from kieubao.access.roles import SYSTEM, Actor
from kieubao.access.session import actor_named
from kieubao.forms import told
from kieubao.ground.errors import KieubaoError


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
