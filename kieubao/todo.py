"""What waits for whoever is signed in: a line for each kind of work, with how it is counted and where it is done."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from kieubao.access.roles import Actor, Permission


class Waits(NamedTuple):
    """How much waits: `more` than that where it was not counted to its end; by when the first of it is due."""

    total: int
    due_on: date | None = None
    late: bool = False
    more: bool = False


class Line(NamedTuple):
    """One kind of work: who is shown it, where it is done, what it is called, and how much of it waits for them."""

    permission: Permission
    endpoint: str
    words: str
    waits: Callable[[Actor], Waits]
