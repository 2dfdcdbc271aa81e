"""The commands. Each calls a use case as a named account (`--as`), or as the system at the server's console."""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from rich.progress import Progress

from kieubao import demo as province
from kieubao import policy, walls
from kieubao.access import service as access
from kieubao.access import trail
from kieubao.access.accounts import Opening
from kieubao.access.roles import ASSIGNABLE, SYSTEM, Actor, Permission
from kieubao.access.session import actor_named, hashed
from kieubao.forms import told
from kieubao.ground.errors import KieubaoError, Unrecorded
from kieubao.intake import rows

accounts = AppGroup("accounts", help="Accounts and their tokens.")
audit = AppGroup("audit", help="The trail.")
database = AppGroup("database", help="The database.")


def init_app(app: Flask) -> None:
    for command in (accounts, audit, database, intake, demo, show_policy):
        app.cli.add_command(command)


class Failing(click.Command):
    """A command that tells a refusal in one sentence and ends with 1."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except KieubaoError as error:
            _refuse(error)


def _refuse(error: KieubaoError) -> NoReturn:
    click.echo(f"{error.code}: {told(error)}", err=True)
    sys.exit(1)


@accounts.command("create", cls=Failing)
@click.argument("username")
@click.option("--name", required=True, help="The holder's name.")
@click.option("--role", type=click.Choice([role.value for role in sorted(ASSIGNABLE)]), required=True)
@click.option("--organisation", required=True, help="Made where it is new.")
@click.option("--unit", "units", multiple=True, help="Code of a current province or commune in scope; may repeat.")
@click.option("--as", "by", help="The account that does it; the system's own without.")
@click.password_option(help="15 characters or more; asked for without.")
def create(organisation: str, by: str | None, password: str, **account: Any) -> None:
    """Make an account."""
    opening = Opening(password_hash=hashed(password), **account)
    click.echo(json.dumps(access.open_account(_actor(by), opening, organisation), ensure_ascii=False))


@accounts.command("disable", cls=Failing)
@click.argument("username")
@click.option("--as", "by")
def disable(username: str, by: str) -> None:
    """Close an account: its sessions and tokens end with the next request."""
    access.disable(_actor(by), username)


@accounts.command("token", cls=Failing)
@click.argument("username")
@click.option("--name", default="cli", show_default=True)
@click.option("--days", default=30, show_default=True, help="At most 90.")
@click.option(
    "--permission", "permissions", multiple=True, type=click.Choice([one.value for one in sorted(Permission)])
)
@click.option("--as", "by")
def token(username: str, name: str, days: int, permissions: tuple[str, ...], by: str) -> None:
    """Print a new token of an account, once."""
    chosen = [Permission(permission) for permission in permissions]
    click.echo(access.issue_token_for(_actor(by), username, name=name, days=days, permissions=chosen))


@audit.command("verify", cls=Failing)
def verify() -> None:
    """Walk the chain; end with 2 where it does not hold."""
    try:
        verdict = access.verify_trail(SYSTEM)
    except Unrecorded:
        # A chain that nothing can be added to is the very thing to tell of.
        verdict = {**vars(trail.verify()), "whole": False}
    click.echo(json.dumps(verdict))
    sys.exit(0 if verdict["whole"] else 2)


@database.command("check")
def check() -> None:
    """Tell whether PostgreSQL holds every query to its scope; end with 1 where it does not."""
    found = walls.breaches()
    for sentence in found:
        click.echo(sentence, err=True)
    if walls.is_slow():
        click.echo("Search by name is slow until a superuser marks ts_match_vq; docs/postgresql.md says how", err=True)
    sys.exit(1 if found else 0)


@click.command("intake", cls=Failing)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "by", required=True, help="The clerk who takes the file in.")
@click.option("--dry-run", is_flag=True, help="Record nobody; write only the rows that would come back.")
def intake(file: Path, mapping: Path, by: str, dry_run: bool) -> None:  # noqa: FBT001 - click's flag
    """Take an office's spreadsheet in; docs/intake.md explains the mapping."""
    with Progress(transient=True) as progress:
        task = progress.add_task(file.name, total=None)
        outcome = rows.take_in(
            actor_named(by),
            file,
            mapping,
            dry_run=dry_run,
            progress=lambda n, of: progress.update(task, completed=n, total=of),
        )
    click.echo(json.dumps(outcome.told(), ensure_ascii=False, indent=2))


@click.command("demo", cls=Failing)
@click.option("--people", default=2_000, show_default=True)
@click.option("--if-empty", is_flag=True, help="Do nothing where there is data already.")
def demo(people: int, if_empty: bool) -> None:  # noqa: FBT001 - click's flag
    """Fill an empty database with a made-up province."""
    if not province.is_empty():
        if not if_empty:
            raise click.ClickException("there is data here: the demo province goes only into an empty database")
    else:
        with Progress(transient=True) as progress:
            task = progress.add_task("Hà Tĩnh", total=people)
            province.fill(
                people, hashed(current_app.config["DEMO_PASSWORD"]), lambda made: progress.update(task, completed=made)
            )
    click.echo(f"Sign in as {', '.join(province.USERNAMES)}")
    click.echo(f"with the password {current_app.config['DEMO_PASSWORD']}")


@click.command("policy")
def show_policy() -> None:
    """Print docs/policy.md."""
    click.echo(policy.document(), nl=False)


def _actor(username: str | None) -> Actor:
    return actor_named(username) if username else SYSTEM
