"""The commands of backup. What cannot be restored is told in one sentence, and ends with 2."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from kieubao.backup import envelope, restoration, service
from kieubao.backup.archive import Progress as Told
from kieubao.backup.reading import Reader
from kieubao.backup.shelf import GRAVES, Shelf
from kieubao.commands import Failing, acting
from kieubao.forms import office

backup = AppGroup("backup", help="Backups that restore; docs/backup.md.")
_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_identity = click.option(
    "--identity",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the private key of one recipient.",
)


@backup.command("identity", cls=Failing)
@click.argument("file", type=click.Path(path_type=Path))
def identity(file: Path) -> None:
    """Make a pair of keys: the private one into a new FILE, the public one on the screen."""
    click.echo(envelope.write_identity(file))


@backup.command("create", cls=Failing)
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--as", "by", help="The account that does it; the system's own without.")
def create(folder: Path | None, by: str | None) -> None:
    """Make a backup, while others work, into FOLDER or KIEUBAO_BACKUP_FOLDER."""
    shelf = Shelf.of(current_app.config, folder)
    with _progress() as progress:
        made = shelf.keep(service.create(acting(by), shelf, progress))
    click.echo(json.dumps(made.told(), indent=2))


@backup.command("verify", cls=Failing)
@_file
@_identity
def verify(file: Path, identity: Path) -> None:
    """Open a backup and check all of it; end with 2 where it could not be restored, and say why."""
    with _progress() as progress:
        reader = Reader(office(), progress)
        envelope.unseal(file, envelope.identities(identity), reader.receive)
    found = {"tables": {name: tally.rows for name, tally in reader.tallies.items()}, "keys": sorted(reader.keys)}
    click.echo(json.dumps({"whole": True, **vars(reader.finished()), "rows": reader.rows, **found}, indent=2))


@backup.command("restore", cls=Failing)
@_file
@_identity
@click.option(
    "--tombstones",
    "graves",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The newest tombstones; without, those beside the backup.",
)
def restore(file: Path, identity: Path, graves: Path | None) -> None:
    """Restore a backup into an empty database."""
    own = current_app.config.get("TOMBSTONES")
    newest = restoration.newest([graves or file.parent / GRAVES, *([Path(own)] if own else [])])
    with _progress() as progress:
        keys = envelope.identities(identity)
        done = restoration.restore(file, keys, newest, office(), progress)
    click.echo(json.dumps(done, indent=2))
    click.echo(
        f"What was recorded after {done['made']} is not here. Before anything is published, enter again from", err=True
    )
    click.echo(
        "paper every refusal and withdrawal since, and disable again every account that was disabled since.", err=True
    )
    if done["jobs_stopped"]:
        click.echo(
            f"Jobs that waited or ran: {done['jobs_stopped']}. They are stopped; who asked may resume.", err=True
        )


@contextmanager
def _progress() -> Iterator[Told]:
    # Told to whoever watches; what a command has to say goes to a program too.
    console = Console(stderr=True)
    columns = SpinnerColumn(), TextColumn("{task.description} {task.completed:,}"), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda table, rows: bar.update(task, description=table, completed=rows)
