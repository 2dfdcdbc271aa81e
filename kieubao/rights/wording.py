"""What an answer to a request says, by how it stands, in the reader's language."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from flask_babel import gettext

from kieubao.ground.errors import _
from kieubao.rights.vocabulary import AT_ONCE, Step
from kieubao.shown import day, label_of

Sheet = Mapping[str, Any]
_ABOUT: Final = _("your request about your personal data: %(kind)s")
_CAME: Final = _("We have your request %(code)s of %(day)s about your personal data: %(kind)s.")
# What stands last in a request, by the step that it came with.
_STANDS: Final[Mapping[Step, str]] = {
    Step.DROPPED: _("You ask for it no longer, so nothing more is done."),
    Step.REFUSED: _("We cannot do what you ask: %(ground)s. %(remark)s"),
    Step.DONE: _("It was done on %(ended)s. %(remark)s"),
    Step.PROPOSED: _(
        "It will be done: everything that is recorded of you is erased, and whoever was given it is told to erase it."
    ),
    Step.EXTENDED: _("It takes %(days)s days more, until %(due)s, for this reason: %(remark)s"),
    Step.FILED: _("We take it up, and will have done it by %(due)s at the latest."),
}
_AT_ONCE: Final = _("From the day it came nobody is to contact you any more; whoever was given your data is told so.")
_LAW: Final = _("This follows Law 91/2025/QH15 and Decree 356/2025/NĐ-CP, Article 5.")
_ELSE: Final = _("If you do not agree you may complain as the law has it. Write to us at: %(contact)s.")


def about(sheet: Sheet) -> str:
    return str(gettext(_ABOUT, kind=label_of("request_kind", sheet["kind"])))


def answer(sheet: Sheet, contact: str) -> Iterator[str]:
    """Give the paragraphs of an answer to a request."""
    kind = label_of("request_kind", sheet["kind"])
    yield gettext(_CAME, code=sheet["code"], day=day(sheet["received_on"]), kind=kind)
    if sheet["kind"] in AT_ONCE:
        yield gettext(_AT_ONCE)
    step = _last(sheet)
    ground = label_of("ground", step["ground"]) if step["ground"] else ""
    told = {"due": day(sheet["due_on"]), "ended": day(sheet["ended_on"]), "days": step["days"], "ground": ground}
    yield gettext(_STANDS[Step(step["step"])], remark=_sentence(step["remark"]), **told).strip()
    yield gettext(_LAW)
    yield gettext(_ELSE, contact=contact)


def _last(sheet: Sheet) -> Sheet:
    """Return the step that says how a request stands."""
    steps = {one["step"]: one for one in sheet["steps"]}
    return next(steps[one] for one in _STANDS if one in steps)


def _sentence(remark: str | None) -> str:
    """Return what an officer wrote down as a sentence of a letter."""
    return f"{remark.rstrip(' .')}." if remark else ""
