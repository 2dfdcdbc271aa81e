"""The days on which this office works, by the law and by what was decided for it."""

from typing import cast

from flask import Flask, current_app

from kieubao.ground.errors import Invalid
from kieubao.ground.worktime import Calendar


def init_app(app: Flask) -> None:
    """Read the office's own days off; raise RuntimeError for what is no day."""
    try:
        app.extensions["kieubao.calendar"] = Calendar.read(app.config.get("DAYS_OFF") or "")
    except (Invalid, ValueError) as error:
        raise RuntimeError(f"KIEUBAO_DAYS_OFF: {error}") from error


def calendar() -> Calendar:
    return cast("Calendar", current_app.extensions["kieubao.calendar"])
