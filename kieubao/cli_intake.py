"""`flask intake`: an office's file taken in from the terminal, and taken back."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO

import click
from flask.cli import AppGroup

from kieubao.access.roles import Actor
from kieubao.commands import EXISTING, Failing, acting, progressing
from kieubao.intake import answers, mapping, service, sheets, workbooks, works
from kieubao.intake.sheets import Outcome
from kieubao.intake.vocabulary import RIGHT
from kieubao.intake.workbooks import How

intake = AppGroup("intake", help="Spreadsheets in.")
by_clerk = click.option("--as", "by", required=True, help="The clerk who takes the file in.")


@intake.command("take", cls=Failing)
@click.argument("file", type=EXISTING)
@click.option("--mapping", "layout", type=EXISTING, help="What its headings and words mean.")
@click.option("--saved", help="Instead: the mapping that is kept under a code, or a sender's name.")
@click.option("--legal-document", help="Where the kept mapping leaves it open: the document of the legal basis.")
@by_clerk
@click.option("--dry-run", is_flag=True, help="Record nobody; write only the rows that would come back.")
def take(file: Path, by: str, dry_run: bool, **given: Any) -> None:  # noqa: FBT001 - click's flag
    """Take an office's spreadsheet in; docs/intake.md explains the mapping."""
    actor = acting(by)
    said = _said(actor, **given)
    with progressing(file.name) as progress:
        outcome = take_in(actor, file, said, dry_run=dry_run, progress=progress)
    click.echo(json.dumps(outcome.told(), ensure_ascii=False, indent=2))


@intake.command("mappings", cls=Failing)
@by_clerk
def show_mappings(by: str) -> None:
    """List the mappings that are kept, the latest first."""
    for one in service.all_mappings(acting(by)):
        click.echo(f"{one['code']}  {one['sender']}")


@intake.command("list", cls=Failing)
@by_clerk
def show(by: str) -> None:
    """List the files that were sent in, the latest first."""
    for one in service.all_imports(acting(by)):
        click.echo(f"{one['code']}  {one['step']}  {one['name']}")


@intake.command("resume", cls=Failing)
@click.argument("code")
@by_clerk
def resume(code: str, by: str) -> None:
    """Go on with a file that was being taken in when something ended it, or of which rows were admitted since."""
    actor = acting(by)
    service.begin(actor, code, ask=False)
    with progressing(code) as progress:
        counts = works.take_in(actor, code, progress)
    click.echo(json.dumps(Outcome.of(counts).told()))


@intake.command("undo", cls=Failing)
@click.argument("code")
@click.option("--as", "by", required=True, help="The approver who has it taken back.")
def undo(code: str, by: str) -> None:
    """Have the worker take back everybody who came in with a file, but whom somebody has worked on since."""
    click.echo(service.undo(acting(by), code)["job"]["code"])


def take_in(
    actor: Actor, path: Path, said: dict[str, Any], *, dry_run: bool = False, progress: Callable[..., object]
) -> Outcome:
    """Take a file in by what a mapping says, or with `dry_run` only say what would come of it; nothing of it is kept.

    Raises Invalid for a file or a mapping that cannot be read, and Conflict for a file that was taken in before;
    nobody is recorded then.
    """
    layout = mapping.laid_out(said)
    meant = answers.meant(layout).values()
    with path.open("rb") as file:
        how = workbooks.told_by(file, How(layout.encoding, layout.delimiter))
        code = service.receive(actor, path.name, file, how, keep=False)["code"]
        try:
            works.stage(actor, code, file, how, progress)
            service.lay_out(actor, code, said, meant, ask=False)
            counts = works.try_out(actor, code, progress)
        except BaseException:
            service.clear(actor, code)
            raise
    if not dry_run and any(counts[state] for state in RIGHT):
        # Ended here, it stays as it is: `flask intake resume` goes on with it.
        service.begin(actor, code, ask=False)
        counts = works.take_in(actor, code, progress)
    outcome = _written(actor, code, path, counts, how.delimiter)
    if outcome.waiting and not dry_run:
        # What waits for a decision is kept until it is made.
        return outcome._replace(code=code)
    service.clear(actor, code)
    return outcome


def _said(actor: Actor, layout: Path | None, saved: str | None, legal_document: str | None) -> dict[str, Any]:
    """Return what a mapping says: the one in a file, or one that is kept."""
    if bool(layout) == bool(saved):
        raise click.UsageError("name a mapping: --mapping FILE, or --saved CODE")
    said: dict[str, Any] = (
        mapping.read(layout.read_text("utf-8")) if layout else service.read_mapping(actor, saved or "")["mapping"]
    )
    document = {"legal_document": legal_document} if legal_document else {}
    return {**said, "fixed": {**said.get("fixed", {}), **document}} if document else said


def _written(actor: Actor, code: str, path: Path, counts: Any, delimiter: str) -> Outcome:
    """Write FILE.refused.csv, ready to be corrected and sent again, and FILE.warnings.csv, beside the file.

    Neither is written where it would be empty. A workbook comes back as one.
    """
    made = {"refused": sheets.returned(actor, code, delimiter), "warnings": sheets.warnings(actor, code, delimiter)}
    kind = "csv" if delimiter else "xlsx"
    paths = {f"{what}_path": _saved(path.with_suffix(f".{what}.{kind}"), file) for what, file in made.items() if file}
    return Outcome.of(counts, **paths)


def _saved(path: Path, file: BinaryIO) -> Path:
    """Write a file that only its owner may read, in the place of whatever has its name."""
    with file, NamedTemporaryFile(dir=path.parent, delete=False) as saved:
        shutil.copyfileobj(file, saved)
    return Path(saved.name).replace(path)
