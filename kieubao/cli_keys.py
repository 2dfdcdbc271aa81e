"""`flask keys`: keys are listed, added, made current, rotated, retired; docs/security/keys.md says in which order."""

import json
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import click
from flask.cli import AppGroup
from rich.progress import Progress

from kieubao.access.roles import Actor
from kieubao.commands import Failing, acting, through
from kieubao.db import held
from kieubao.ground.ciphers import Keyring
from kieubao.ground.keys import Kind
from kieubao.keys import service

keys = AppGroup("keys", help="The keys that values are sealed with and found by.")
by_whom = click.option("--as", "by", help="The account that does it; the system's own without.")
written = click.option("--write", is_flag=True, help="Write the keyring's file anew; print the new ring without.")


@keys.command("list", cls=Failing)
@click.option("--json", "as_json", is_flag=True)
@by_whom
def show(by: str | None, as_json: bool) -> None:  # noqa: FBT001 - click's flag
    """List every key, whether it is current, and what is sealed with it."""
    found = service.inventory(acting(by))
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for key in found:
        click.echo("  ".join(_described(key)))
        for place, count in sorted(key["values"].items()):
            click.echo(f"      {place} {count}")


@keys.command("add", cls=Failing)
@click.argument("kind", type=click.Choice([kind.value for kind in Kind]))
@written
@by_whom
def add(kind: str, write: bool, by: str | None) -> None:  # noqa: FBT001 - click's flag
    """Add a fresh key, to be made current when every worker has it; tells its id."""
    key_id, ring = service.add(acting(by), Kind(kind))
    _keep(ring, write=write)
    click.echo(key_id, err=not write)


@keys.command("use", cls=Failing)
@click.argument("key_id")
@written
@by_whom
def use(key_id: str, write: bool, by: str | None) -> None:  # noqa: FBT001 - click's flag
    """Make a key current: what is new from now on is made with it."""
    _keep(service.use(acting(by), key_id), write=write)


@keys.command("rotate", cls=Failing)
@click.option("--lost", multiple=True, help="Id of a key that is gone; may repeat. What it sealed stays as it is.")
@by_whom
def rotate(lost: Sequence[str], by: str | None) -> None:
    """Make everything anew with the current keys, while the service runs.

    It may be stopped at any moment and run again. Ends with 1 where something is left under another key.
    """
    actor = acting(by)
    with Progress(transient=True) as progress:
        while _pass(actor, service.outdated(actor, lost=lost), progress):
            pass
    left = service.outdated(actor, lost=lost)
    for place, count in left.items():
        click.echo(f"left under another key: {place} {count}", err=True)
    if not left:
        click.echo("everything is under the current keys")
    sys.exit(1 if left else 0)


@keys.command("retire", cls=Failing)
@click.argument("key_id")
@written
@by_whom
def retire(key_id: str, write: bool, by: str | None) -> None:  # noqa: FBT001 - click's flag
    """Take a key out of the ring; refused while a value needs it."""
    _keep(service.retire(acting(by), key_id), write=write)


def _described(key: Mapping[str, Any]) -> Sequence[str]:
    if not key["in_ring"]:
        return key["id"], "NOT IN THE RING"
    return (
        key["id"],
        key["kind"],
        "current" if key["current"] else "not current",
        key["made_on"],
        f"check {key['check']}",
    )


def _keep(ring: Keyring, *, write: bool) -> None:
    if write:
        held().replace(ring)
    else:
        click.echo(ring.to_json())


def _pass(actor: Actor, to_do: Mapping[str, int], progress: Progress) -> int:
    """Go through every place once; return how many values were made anew."""
    return sum(through(partial(_batch, actor, place), progress, place, count) for place, count in to_do.items())


def _batch(actor: Actor, place: str, after: Sequence[Any] | None) -> tuple[Sequence[Any] | None, int]:
    made = service.reindex(actor, after) if place == service.INDEXES else service.reseal(actor, place, after)
    for stands in made.unopened:
        click.echo(f"does not open: {place} {'/'.join(map(str, stands))}", err=True)
    return made.last, made.done
