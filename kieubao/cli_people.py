"""`flask people`: what is kept of people for finding them, and what is left of who was erased."""

from functools import partial

import click
from flask.cli import AppGroup
from rich.progress import Progress

from kieubao.access.roles import Actor
from kieubao.commands import Failing, acting, through
from kieubao.people import service

people = AppGroup("people", help="What people are found by, and what is left of who was erased.")


@people.command("reindex", cls=Failing)
@click.option("--as", "by", help="The account that does it; the system's own without.")
def reindex(by: str | None) -> None:
    """Make anew what people are found by, after its rules changed, while the service runs.

    It may be stopped at any moment and run again: who is done is done.
    """
    actor = acting(by)
    with Progress(transient=True) as progress:
        while count := service.outdated(actor):
            if not through(partial(_batch, actor), progress, "people", count):
                break
    click.echo(f"{count} people are still found by older rules")


@people.command("scrub", cls=Failing)
@click.option("--as", "by", help="The account that does it; the system's own without.")
def scrub(by: str | None) -> None:
    """Leave nothing of who was erased in the database's files; on PostgreSQL as the owner of the tables."""
    click.echo(f"{service.scrub(acting(by))} records were erased since the last time: no byte of them is left")


def _batch(actor: Actor, after: int | None) -> tuple[int | None, int]:
    return service.reindex(actor, after or 0)
