"""The commands. Each calls a use case as a named account (`--as`), or as the system at the server's console."""

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from rich.progress import Progress

from kieubao import demo as province
from kieubao import policy, walls
from kieubao.access import exports, roots, trail
from kieubao.access import service as access
from kieubao.access.chain import Roots
from kieubao.access.changes import Kind
from kieubao.access.faults import Where
from kieubao.access.roles import ASSIGNABLE, SYSTEM
from kieubao.access.session import actor_named
from kieubao.backup.envelope import created
from kieubao.cli_backup import backup
from kieubao.cli_duplicates import duplicates
from kieubao.cli_intake import intake
from kieubao.cli_jobs import jobs, worker
from kieubao.cli_keys import keys
from kieubao.cli_people import people
from kieubao.commands import EXISTING, Failing, acting, progressing
from kieubao.db import reading
from kieubao.forms import office
from kieubao.ground.errors import Unrecorded
from kieubao.ground.signatures import PublicKeys, SigningKey
from kieubao.oversight import service as overseeing

accounts = AppGroup("accounts", help="Accounts.")
audit = AppGroup("audit", help="The trail.")
database = AppGroup("database", help="The database.")
oversight = AppGroup("oversight", help="The protection officer's desk.")
_GROUPS = (accounts, audit, backup, database, duplicates, intake, jobs, keys, oversight, people)


def init_app(app: Flask) -> None:
    for command in (*_GROUPS, demo, show_policy, worker):
        app.cli.add_command(command)


@accounts.command("create", cls=Failing)
@click.argument("username")
@click.option("--name", required=True, help="The holder's name.")
@click.option("--role", type=click.Choice([role.value for role in sorted(ASSIGNABLE)]), required=True)
@click.option("--organisation", required=True, help="Made where it is new.")
@click.option("--unit", "units", multiple=True, help="Code of a current province or commune in scope; may repeat.")
@click.option("--as", "by", help="The admin who proposes it; without, the console's own, until there are two people.")
def create(username: str, by: str | None, units: tuple[str, ...], **account: Any) -> None:
    """Make an account; its holder joins with the invitation that is printed."""
    _change(by, Kind.OPEN, username, {**account, "units": list(units)})


@accounts.command("reset", cls=Failing)
@click.argument("username")
@click.option("--as", "by")
def reset(username: str, by: str | None) -> None:
    """Have the holder of an account join anew: a new password and second factor."""
    _change(by, Kind.RESET, username, {})


@accounts.command("disable", cls=Failing)
@click.argument("username")
@click.option("--as", "by")
def disable(username: str, by: str) -> None:
    """Close an account: its sessions and tokens end with the next request."""
    access.disable(acting(by), username)


@audit.command("verify", cls=Failing)
@click.option("--witness", type=EXISTING, help="A witness: a file of roots kept elsewhere.")
@click.option("--public-key", type=EXISTING, help="The office's public key, and those before it; our own without.")
@click.option("--file", type=EXISTING, help="An export, instead of the database.")
def verify(witness: Path | None, public_key: Path | None, file: Path | None) -> None:
    """Walk the chain and say what was done to it, and where; end with 2 where it does not hold."""
    known = partial(_known, witness, _public_keys(public_key))
    with progressing("audit verify") as progress:
        verdict = exports.verify(file, known(), progress).sheet() if file else _verdict(known, progress)
    click.echo(json.dumps({**verdict, "signatures": known().keys is not None}))
    sys.exit(0 if verdict["whole"] else 2)


@oversight.command("watch", cls=Failing)
@click.option("--as", "by")
def watch(by: str | None) -> None:
    """Watch the trail until now for unusual reading; to be run on schedule, as often as you like."""
    click.echo(json.dumps({"found": overseeing.keep_watch(acting(by))}))


@database.command("check")
def check() -> None:
    """Tell whether PostgreSQL holds every query to its scope; end with 1 where it does not."""
    found = walls.breaches()
    for sentence in found:
        click.echo(sentence, err=True)
    if walls.is_slow():
        click.echo("Search by name is slow until a superuser marks ts_match_vq; docs/postgresql.md says how", err=True)
    sys.exit(1 if found else 0)


@audit.command("export", cls=Failing)
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--from", "first", default=1, show_default=True, help="Number of the first entry.")
@click.option("--to", "last", type=int, help="Number of the last entry; the last there is without.")
@click.option("--as", "by", help="The account that does it; the system's own without.")
def export(file: Path, first: int, last: int | None, by: str | None) -> None:
    """Write the trail into a file that proves itself; docs/audit.md describes it."""
    begun = file.with_name(f"{file.name}.part")
    sink = created(begun)
    try:
        with sink, progressing(file.name) as progress:
            access.export_trail(acting(by), sink, office(), span=(first, last), progress=progress)
        begun.replace(file)
    finally:
        begun.unlink(missing_ok=True)


@audit.command("witness", cls=Failing)
@click.argument("where", required=False, type=click.Path(path_type=Path))
@click.option("--print", "on_paper", is_flag=True, help="Print the new root too, to be filed on paper.")
@click.option("--begin", is_flag=True, help="Begin a witness of a trail that has been signed for more than a day.")
@click.option("--as", "by", help="The account that does it; the system's own without.")
def witness(where: Path | None, on_paper: bool, begin: bool, by: str | None) -> None:  # noqa: FBT001 - click's flags
    """Sign the end of the trail and hand it to a witness: a folder or file from elsewhere, or paper."""
    if not where and not on_paper:
        raise click.UsageError("name a folder or a file, or say --print")
    key = _signing_key()
    file = roots.place(where, office()) if where else None
    had = roots.kept(file) if file else []
    if had and begin:
        # Said every hour, it would be no question any more.
        raise click.UsageError("this witness has begun: leave --begin out")
    if file and not (had or begin):
        reading()
        trail.refuse_new_witness()
    lines = access.witness(acting(by), key, office(), known=had[-1] if had else None)
    if file:
        roots.extend(file, lines)
    click.echo(lines[-1] if on_paper else json.dumps({"witness": str(file), "added": len(lines)}))


@audit.command("public-key", cls=Failing)
def public_key() -> None:
    """Print the public key that witnesses keep, in PEM."""
    click.echo(_signing_key().public_pem, nl=False)


def _verdict(known: Callable[[], Roots], progress: trail.Progress) -> dict[str, Any]:
    try:
        return access.verify_trail(SYSTEM, known(), progress)
    except Unrecorded:
        # A chain that nothing can be added to is the very thing to tell of.
        reading()
        return {**trail.verify(known(), progress).sheet(), "whole": False}


def _known(witness: Path | None, keys: PublicKeys | None) -> Roots:
    known = Roots(keys)
    known.add(Where.WITNESS, roots.kept(witness) if witness else ())
    return known


def _public_keys(file: Path | None) -> PublicKeys | None:
    if file:
        return PublicKeys.from_pem(file.read_text("utf-8"))
    return PublicKeys.from_pem(_signing_key().public_pem) if current_app.config.get("SIGNING_KEY") else None


def _signing_key() -> SigningKey:
    if not current_app.config.get("SIGNING_KEY"):
        raise click.UsageError("set KIEUBAO_SIGNING_KEY; docs/audit.md says how to make one")
    return SigningKey.from_pem(current_app.config["SIGNING_KEY"])


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
            password = current_app.config["DEMO_PASSWORD"]
            province.fill(people, password, lambda made: progress.update(task, completed=made))
    click.echo(f"Sign in as {', '.join(province.USERNAMES)}")
    click.echo(f"with the password {current_app.config['DEMO_PASSWORD']}")
    click.echo("and the code that the sign-in page shows beside the name")


@click.command("policy")
def show_policy() -> None:
    """Print docs/policy.md."""
    click.echo(policy.document(), nl=False)


def _change(by: str | None, kind: Kind, username: str, details: dict[str, Any]) -> None:
    """Propose a change as an admin; or make it as the console, while there are no two people who could."""
    if by:
        told_of = access.propose(actor_named(by), kind, username, details)
        shown = {"change": told_of["id"], "username": username, "first_half": told_of["half"]}
    else:
        shown = access.set_up(SYSTEM, kind, username, details)
    click.echo(json.dumps(shown, ensure_ascii=False))
