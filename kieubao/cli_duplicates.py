"""`flask duplicates`: records that may be one person's, compared without a worker."""

import json

import click
from flask.cli import AppGroup

from kieubao.access.session import actor_named
from kieubao.commands import Failing, progressing
from kieubao.duplicates import service, works

duplicates = AppGroup("duplicates", help="Records that may be one person's.")


@duplicates.command("sweep", cls=Failing)
@click.option("--as", "by", required=True, help="The clerk who asks for it.")
def sweep(by: str) -> None:
    """Compare everybody; the pairs that may be one person's wait for who may see both."""
    service.allow_sweep(actor_named(by))
    with progressing("comparing") as reach:
        click.echo(json.dumps(works.swept(reach)))
