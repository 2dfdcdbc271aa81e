"""`flask worker` does the jobs; `flask jobs` tells how far they are."""

import time

import click
from flask import current_app
from flask.cli import AppGroup
from rich.progress import Progress

from kieubao import jobs as rules
from kieubao import worker as doing
from kieubao.commands import Failing, acting
from kieubao.progress import service

jobs = AppGroup("jobs", help="Long work that an account asked for.")
by_whom = click.option("--as", "by", required=True, help="The account that asked for it.")


@click.command("worker")
def worker() -> None:
    """Do jobs until told to end (SIGINT, SIGTERM); one process is enough, more share the work."""
    doing.serve(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's own way


@jobs.command("list", cls=Failing)
@by_whom
def show(by: str) -> None:
    """List an account's jobs, the latest first."""
    for job in service.my_jobs(acting(by)):
        click.echo(f"{job['code']}  {job['kind']}  {job['state']}  {job['done']}/{job['of'] or '?'}")


@jobs.command("follow", cls=Failing)
@click.argument("code")
@by_whom
def follow(code: str, by: str) -> None:
    """Show how far a job is, until it has ended."""
    actor, pause = acting(by), rules.PAUSE
    with Progress(transient=True) as progress:
        task = progress.add_task(code, total=None)
        while (job := service.job(actor, code))["state"] in {rules.State.WAITING, rules.State.RUNNING}:
            progress.update(task, completed=job["done"], total=job["of"])
            time.sleep(pause := min(pause * 1.3, 5))
    click.echo(job["state"])


@jobs.command("stop", cls=Failing)
@click.argument("code")
@by_whom
def stop(code: str, by: str) -> None:
    """Have a job stop where it is."""
    service.halt(acting(by), code)


@jobs.command("resume", cls=Failing)
@click.argument("code")
@by_whom
def resume(code: str, by: str) -> None:
    """Let a job that stopped or failed go on."""
    service.resume(acting(by), code)
