"""What whoever registers does: they send what they typed, and are told a number. Nobody is looked for meanwhile."""

from typing import Final

from kieubao.access import attempts
from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.db import writing
from kieubao.ground.errors import Conflict, TooMany, _
from kieubao.registrations import arrived
from kieubao.registrations.arrived import Sent
from kieubao.walls import Sight, confined

# How many are taken from one address in a quarter of an hour before a wait: a family sits at one computer.
_FREE: Final = 10
_FREE_OF_SITE: Final = 40
# And in a day: a whole quarter may share one address.
_MOST_OF_ONE: Final = 50
_MOST_OF_SITE: Final = 200
_A_DAY: Final = 86_400


@use_case(Permission.REGISTRATION_SEND, Shape.SEAL)
def register(actor: Actor, address: str, once: str, sent: Sent) -> str:
    """Write down a registration; return its code. Raises TooMany, and Conflict for the same answers once more.

    `once`: what the answers are known by, that were given in one go.
    """
    house, site = (attempts.bucket("registration", one(address)) for one in (attempts.whereabouts, attempts.site))
    # Of IPv4 both are one, and the house's number holds.
    attempts.reserve({site: _FREE_OF_SITE, house: _FREE})
    # How much was sent today is everybody's.
    with confined(Sight(everyone=True)):
        writing()
        if attempts.within_a_day(house) > _MOST_OF_ONE or attempts.within_a_day(site) > _MOST_OF_SITE:
            raise TooMany(_("So much was sent from where you are that no more is taken for a day"), wait=_A_DAY)
        if not attempts.is_first(attempts.bucket("registered", once)):
            raise Conflict(_("This was sent already: it waits for an official"))
        filed = arrived.file(sent)
        note(registration=filed.code, kind=sent.registrant)
        return filed.code
