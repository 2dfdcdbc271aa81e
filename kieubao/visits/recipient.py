"""What whoever came by a link does before it is shown that it is theirs: they show it, or have themselves left alone.

Nothing of anybody is told here, but how a code can reach them, by halves.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from kieubao import outbox, relay
from kieubao.access import attempts
from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent import hearing
from kieubao.db import db, writing
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Invalid, NotFound, _
from kieubao.outbox import To
from kieubao.people import contacts
from kieubao.rights import requests
from kieubao.rights.requests import Asked
from kieubao.rights.vocabulary import Kind, Way
from kieubao.visits import passes, pleas, visitors, wishes, wordings
from kieubao.visits.visitors import Named
from kieubao.visits.vocabulary import TOLD_BY
from kieubao.walls import Sight, confined

Sheet = dict[str, Any]
# How long a code holds that a relay sends, and one that somebody has to tell.
_SENT, _TOLD = timedelta(minutes=15), timedelta(hours=24)
# How many codes are sent, and tried, in a quarter of an hour before a wait.
_FREE: Final = 5
# How many pleas are taken from one address in that time.
_PLEAS: Final = 10
# How many visits are begun by one link.
_ARRIVALS: Final = 20


@use_case(Permission.VISIT_OPEN, Shape.SEAL)
def arrive(actor: Actor, link: str) -> str:
    """Begin a visit by a link; return its secret. Raises NotFound or TooMany."""
    attempts.reserve({attempts.bucket("visit", "arrive", passes.refuse_made_up(link)): _ARRIVALS})
    writing()
    secret, come = passes.arrive(link)
    note(subject=come.subject, link=come.link.code)
    return secret


@use_case(Permission.VISIT_OPEN, Shape.READ)
def welcome(actor: Actor) -> Sheet:
    """Return by which contact points a code can be told, by halves, and whether one was; nothing else."""
    come = visitors.come(actor)
    sends, visit = relay.channels(), come.visit
    points = [
        {"id": i, "channel": channel, "value": wordings.masked(channel, value), "sent": channel in sends}
        for i, channel, value in contacts.verified(come.person_id)
        if channel in TOLD_BY
    ]
    waits = visit.code_until if visit.code_until and visit.code_until > clock.now() else None
    told = {"code_until": waits, "code_by": waits and visit.code_by}
    return {"points": points, "handed": come.link.handed, **told}


@use_case(Permission.VISIT_OPEN, Shape.SEAL)
def send_code(actor: Actor, point: int, office: Named) -> None:
    """Have a code told to one of one's own contact points that the office has verified. Raises NotFound or TooMany."""
    attempts.reserve({attempts.bucket("visit", "send", str(visitors.come(actor).subject)): _FREE})
    writing()
    come = visitors.held(actor)
    if come.visit.proved_at:
        raise Conflict(_("You have shown your code already"))
    found = {i: (channel, value) for i, channel, value in contacts.verified(come.person_id) if channel in TOLD_BY}
    if point not in found:
        raise NotFound(_("There is no such contact point in use"))
    channel, value = found[point]
    until = clock.now() + (_SENT if channel in relay.channels() else _TOLD)
    code = passes.code_for(come, channel, until)
    words = wordings.message("code", visitors.language(come), office, code=code, until=until)
    # One that was asked for before says nothing any more.
    outbox.take_back(come.link.code)
    outbox.put(To(come.person_id, channel, value, come.link.code), words, until)
    note(link=come.link.code, channel=channel)


@use_case(Permission.VISIT_OPEN, Shape.SEAL)
def prove(actor: Actor, code: str) -> str:
    """Show a code; return the visit's new secret. Raises Invalid for a wrong one, TooMany, or NotFound after many."""
    tried = attempts.reserve({attempts.bucket("visit", "prove", str(visitors.come(actor).subject)): _FREE})
    writing()
    come = visitors.come(actor)
    note(link=come.link.code)
    secret = passes.prove(come, code)
    if secret is None:
        # It counts though it is refused.
        db.session.commit()
        raise Invalid(_("This is not the code, or it holds no more"), field="code")
    attempts.take_back(tried)
    outbox.take_back(come.link.code)
    # From here on they are shown all of it.
    hearing.inform([come.person_id], clock.today())
    note(by=come.visit.proved_by)
    return secret


@use_case(Permission.VISIT_OPEN)
def stop(actor: Actor, kind: Kind, office: Named) -> str:
    """Have oneself left alone, whether or not it is shown who asks; return the request's code.

    Whoever has a verified contact point is told.
    """
    if kind not in {Kind.WITHDRAW, Kind.RESTRICT}:
        raise Invalid(_("This is done only after a code"), field="kind")
    come = visitors.held(actor)
    if before := requests.done_already(come.person_id, kind):
        return before
    filed = visitors.file(come, Asked(kind, Way.LINK, clock.today()))
    words = wordings.message("stopped", visitors.language(come), office, request=filed)
    visitors.tell(come.person_id, words, timedelta(days=30))
    return filed


@use_case(Permission.PLEA_SEND, Shape.SEAL)
def plead(actor: Actor, address: str, kind: Kind, told: Mapping[str, Any]) -> str:
    """Write down that somebody is to be left alone, whoever says so; return its code. Raises TooMany.

    Nobody is looked for here, so that no answer, and no time that it takes, tells whether they are on record.
    """
    attempts.reserve({attempts.bucket("plea", attempts.whereabouts(address)): _PLEAS})
    writing()
    filed = pleas.file(kind, told)
    note(plea=filed.code, kind=kind)
    return filed.code


@use_case(Permission.VISIT_OPEN)
def leave(actor: Actor) -> None:
    passes.end(visitors.come(actor))


@use_case(Permission.VISIT_OPEN, Shape.SEAL)
def forbid(actor: Actor, stopping: str) -> None:
    """Stop what was wished about a contact point, by whoever was told of it at another. Raises NotFound."""
    code = wishes.named(stopping)
    with confined(Sight(everyone=True)):
        writing()
        person_id, subject = wishes.whose(code)
        note(subject=subject, wish=wishes.cancel(person_id, code).code)
        # Whoever asked for it has their link.
        passes.shut(person_id)
