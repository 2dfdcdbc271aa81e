"""Tries at the door: counted before they are looked at, so that a thousand at once are a thousand."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from sqlalchemy import delete, func, select

from kieubao.access.models import Attempt
from kieubao.db import db, keyring, writing
from kieubao.ground import clock
from kieubao.ground.errors import TooMany, _

WINDOW: Final = timedelta(minutes=15)
_FIRST_WAIT: Final = 15
_DAY: Final = timedelta(days=1)
# Bits that a network of IPv6 has which is one house's, or one customer's.
_HOUSE, _SITE = 64, 48
_WAIT: Final = _("Too many tries. Wait %(wait)s seconds")
AT_SIGN_IN: Final = _("Too many tries. Wait %(wait)s seconds, or use a device you have signed in with before")


def bucket(*of: str) -> str:
    """Return the name of a bucket, which tells nobody whose it is, in 24 characters."""
    # Without the id of its key, for a day later it is gone.
    return keyring().fingerprint("attempt", "\0".join(of)).rpartition(".")[2]


def whereabouts(address: str) -> str:
    """Return what stands for an address in a bucket: of IPv6 its network, for one house has as many as it likes."""
    try:
        here = ip_address(address)
    except ValueError:
        return address
    if isinstance(here, IPv6Address):
        within = here.ipv4_mapped or ip_network(f"{here}/{_HOUSE}", strict=False)
        return str(within)
    return address


def site(address: str) -> str:
    """Return what stands for an address and all that one customer may have: of IPv6 the wider network."""
    here = whereabouts(address)
    return str(ip_network(here).supernet(new_prefix=_SITE)) if here.endswith(f"/{_HOUSE}") else here


def reserve(free: Mapping[str, int], sentence: str = _WAIT) -> list[int]:
    """Count a try in buckets, each with so many free ones in 15 minutes; commits by itself. Return its entries.

    Raises TooMany where one is full: the wait doubles with each further try, up to those 15 minutes.
    """
    writing()
    db.session.execute(delete(Attempt).where(Attempt.at < clock.now() - _DAY))
    tries = [Attempt(bucket=name, at=clock.now()) for name in free]
    db.session.add_all(tries)
    # Only what is committed can be seen: of any number at once, the last to commit sees all the others.
    db.session.commit()
    wait = max(_pause(one, free[one.bucket]) for one in tries)
    ids = [one.id for one in tries]
    if wait > 0:
        # Nobody keeps a door shut by knocking on it.
        writing()
        take_back(ids)
        db.session.commit()
        raise TooMany(sentence, wait=wait)
    return ids


def take_back(ids: Collection[int]) -> None:
    """Forget a try: it was not let try, or it was right."""
    db.session.execute(delete(Attempt).where(Attempt.id.in_(ids)))


def is_first(name: str) -> bool:
    """Count something that holds only once; False the second time."""
    if db.session.scalars(select(Attempt.id).where(Attempt.bucket == name)).first():
        return False
    db.session.add(Attempt(bucket=name, at=clock.now()))
    return True


def forgive(name: str) -> None:
    """Empty a bucket: whoever it is about has proved it."""
    db.session.execute(delete(Attempt).where(Attempt.bucket == name))


def within_a_day(name: str) -> int:
    """Count what was let try in a bucket within a day."""
    here = (Attempt.bucket == name, Attempt.at > clock.now() - _DAY)
    return db.session.scalar(select(func.count()).where(*here)) or 0


def _pause(one: Attempt, free: int) -> int:
    """Return for how many seconds a try should have waited, by the others in its bucket."""
    others = (Attempt.bucket == one.bucket, Attempt.id != one.id, Attempt.at > clock.now() - WINDOW)
    tries, last = db.session.execute(select(func.count(), func.max(Attempt.at)).where(*others)).one()
    if tries < free:
        return 0
    pause = min(_FIRST_WAIT * 2 ** min(tries - free, 10), int(WINDOW.total_seconds()))
    return max(0, int((last + timedelta(seconds=pause) - clock.now()).total_seconds()) + 1)
