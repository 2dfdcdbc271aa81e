"""What may happen to a request, and when: what the law says of putting it off, refusing it and having it done."""

from collections.abc import Callable, Collection
from typing import NamedTuple

from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Invalid, _
from kieubao.rights.clocks import Clock
from kieubao.rights.vocabulary import AT_ONCE, DAYS, KEEPS, Ground, Kind, Step


class News(NamedTuple):
    """What happened to a request: how or why, by how many days it is put off, on which ground it is refused."""

    step: Step
    remark: str | None = None
    days: int | None = None
    ground: Ground | None = None


class Left(NamedTuple):
    """What is left to do of stopping contact: a yes stands, or nothing is restricted; and files whose holders go on."""

    is_open: bool = False
    unheeded: int = 0


class Stands(NamedTuple):
    """How a request stands: its clock, what happened to it, and what is left to do."""

    clock: Clock
    taken: Collection[str]
    left: Left = Left()

    @property
    def kind(self) -> Kind:
        return self.clock.kind


def refuse_unfit(stands: Stands, news: News) -> None:
    """Raise Invalid, naming the field, for what is not said of a step, and Conflict for a step that cannot be now."""
    if news.step in stands.taken:
        raise Conflict(_("That was written down already"))
    if news.step is not Step.ANSWERED and not news.remark:
        raise Invalid(_("Say how, or why"), field="remark")
    if bool(news.days) != (news.step is Step.EXTENDED):
        raise Invalid(_("Say by how many days it is put off, and only then"), field="days")
    if bool(news.ground) != (news.step is Step.REFUSED):
        raise Invalid(_("Say on which ground it is refused, and only then"), field="ground")
    _OF_STEPS.get(news.step, _always)(stands, news)


def _always(_stands: Stands, _news: News) -> None:
    """Have a step be possible at any time."""


def _refuse_extension(stands: Stands, news: News) -> None:
    _refuse_late(stands)
    most = DAYS[stands.kind].extension
    if (news.days or 0) > most:
        raise Invalid(_("The law lets it be put off by %(days)s days at most"), field="days", days=most)


def _refuse_involving(stands: Stands, _news: News) -> None:
    _refuse_late(stands)
    if not DAYS[stands.kind].with_others:
        raise Conflict(_("The law gives no more time for that where others have to act"))


def _refuse_late(stands: Stands) -> None:
    if stands.clock.is_late(clock.today()):
        raise Conflict(_("It is too late to give it more time"))


def _refuse_refusal(stands: Stands, news: News) -> None:
    if stands.kind in AT_ONCE:
        raise Conflict(_("Nobody is refused that: it was done when they asked"))
    if stands.kind is Kind.DELETE and news.ground not in KEEPS | {Ground.UNPROVED}:
        raise Invalid(_("For that reason nobody's data may be kept"), field="ground")


def _refuse_proposal(stands: Stands, _news: News) -> None:
    if stands.kind is not Kind.DELETE:
        raise Conflict(_("They did not ask to be erased"))
    _refuse_unknown(stands)


def _refuse_done(stands: Stands, _news: News) -> None:
    if stands.kind is Kind.DELETE:
        raise Conflict(_("Propose it: somebody else erases them"))
    if stands.kind not in AT_ONCE:
        _refuse_unknown(stands)
    if stands.left.is_open:
        raise Conflict(_("They may still be contacted: record what they said anew"))
    if stands.left.unheeded:
        waiting = _("%(count)s files are out whose holders have not said that they stopped: ask them")
        raise Conflict(waiting, count=stands.left.unheeded)


def _refuse_unknown(stands: Stands) -> None:
    if Step.IDENTIFIED not in stands.taken:
        raise Conflict(_("First write down how it is known that it is they who ask"))


_OF_STEPS: dict[Step, Callable[[Stands, News], None]] = {
    Step.EXTENDED: _refuse_extension,
    Step.INVOLVED: _refuse_involving,
    Step.REFUSED: _refuse_refusal,
    Step.PROPOSED: _refuse_proposal,
    Step.DONE: _refuse_done,
}
