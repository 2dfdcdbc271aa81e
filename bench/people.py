"""Made-up people in bulk, written as the house writes them: nothing a search or a list needs is missing."""

import random
from collections.abc import Iterator
from datetime import date
from itertools import islice

from kieubao.consent import ledger, notices
from kieubao.consent.ledger import Word
from kieubao.consent.vocabulary import Channel, Method, Purpose, State
from kieubao.db import BATCH, db, writing
from kieubao.ground import clock
from kieubao.people import registry
from kieubao.sample import OFFICE, people


def populate(count: int, seed: int = 1) -> None:
    """Write so many people into the database at hand, each with a yes to about half of what is asked."""
    chance, made = random.Random(seed), 0
    crowd = people(chance)
    while made < count:
        writing()
        batch = list(islice(crowd, min(BATCH, count - made)))
        enrolled = registry.enrol(batch, OFFICE, None)
        ledger.record(list(_words(chance, [one.id for one in enrolled])), None)
        db.session.commit()
        db.session.remove()
        made += len(batch)


def _words(chance: random.Random, ids: list[int]) -> Iterator[Word]:
    notice, now = _notice(), clock.now()
    for person in ids:
        for purpose in (Purpose.EVENTS, Purpose.INVESTMENT, Purpose.INFORMATION):
            if chance.choice((True, False)):
                yield Word(person, purpose, Channel.PHONE, State.GIVEN, Method.PAPER, now, "bench", notice)


def _notice() -> int:
    if not notices.listed():
        text = dict.fromkeys(("title_vi", "title_en", "text_vi", "text_en"), "bench")
        notices.write("bench", purposes=list(Purpose), in_force_on=date(2026, 1, 1), **text)
    return notices.shown("bench/1", [Purpose.EVENTS], clock.today())
