"""What people do who were sent a link: read what they are asked to, and answer for themselves."""

from typing import Any, Final

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent.rules import records_of
from kieubao.db import writing
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, TooMany, _
from kieubao.occasions import agenda, turnout
from kieubao.occasions.models import Occasion
from kieubao.occasions.turnout import Said
from kieubao.occasions.vocabulary import Answer
from kieubao.outreach import links
from kieubao.outreach.links import Asked
from kieubao.walls import Sight, confined

Sheet = dict[str, Any]
MOST_A_DAY: Final = 20


@use_case(Permission.RESPONSE_GIVE, Shape.READ)
def read(actor: Actor, link: str) -> Sheet:
    """Return what whoever was sent a link is asked to, and what they answered by one; nothing else of them.

    `over`: from then on they can only say that they want no more contact.
    """
    asked = links.opened(link)
    held = agenda.locate(asked.occasion)
    note(issue=asked.issue, subject=asked.subject)
    return _sheet(asked, held)


@use_case(Permission.RESPONSE_GIVE, Shape.SEAL)
def answer(actor: Actor, link: str, said: Said) -> Sheet:
    """Write down what whoever was sent a link says for themselves; return it as `read` does.

    Raises Conflict where it is too late for anything but to be left alone, TooMany after so many answers in a day.
    """
    asked = links.opened(link)
    with confined(Sight(person_id=asked.record_id)):
        writing()
        # Asked again now that it cannot change: they may have been erased, or the list closed.
        asked = links.opened(link)
        held = agenda.locate(asked.occasion, lock=True)
        if said.answer is not Answer.NO_MORE and _is_over(asked, held):
            raise Conflict(_("It is too late to answer here: ask whoever invited you"))
        # There is always room for one more no.
        room = MOST_A_DAY + (said.answer is Answer.NO_MORE)
        if turnout.said_today(held, records_of(asked.person_id)) >= room:
            raise TooMany(_("That is enough for today: ask whoever invited you"), wait=clock.until_midnight())
        for error in turnout.record(held, {asked.record_id: said}, by=None).values():
            raise error
        note(issue=asked.issue, subject=asked.subject)
        return _sheet(asked, held)


def _sheet(asked: Asked, held: Occasion) -> Sheet:
    known = turnout.known(held, [asked.record_id]).get(asked.record_id)
    # What somebody else wrote down of them is not told to whoever has the link.
    own = known if known and known["account"] is None else None
    told = {name: own and own[name] for name in ("answer", "companions", "waiting")}
    if told["answer"] != Answer.ACCEPTED:
        told["companions"] = None
    return {"occasion": agenda.sheet(held), "over": _is_over(asked, held)} | told


def _is_over(asked: Asked, held: Occasion) -> bool:
    until = held.reply_by or held.ends_on or held.starts_on
    return asked.recalled or (until is not None and until < clock.today())
