"""What somebody said about contact, as a form or a file gives it, before the ledger has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kieubao.consent import ledger, notices
from kieubao.consent.ledger import Word
from kieubao.consent.vocabulary import YES, Channel, Purpose, State

# Of each purpose the notice by which people were asked on the day it was signed, as the office's forms have them.
OF_THE_DAY = "of-the-day"
# Whose words are heard before it is known who says them.
NOBODY = 0


@dataclass(frozen=True)
class Spoken:
    """One statement: about every one of these purposes by every one of these channels.

    `said` holds what the words share: method, evidence, capacity, given_by, valid_until.
    """

    purposes: Sequence[Purpose]
    channels: Sequence[Channel]
    state: State
    signed_on: date
    said: Mapping[str, Any]
    notice: str | None = None


def heard(person_id: int, spoken: Spoken) -> list[Word]:
    """Return the ledger's words for a statement; raise Invalid where its notice does not fit."""
    shown, at = _shown(spoken), ledger.said_at(spoken.signed_on, spoken.state)
    return [
        Word(person_id, purpose, channel, spoken.state, signed_at=at, notice_id=shown[purpose], **spoken.said)
        for purpose in spoken.purposes
        for channel in spoken.channels
    ]


def _shown(spoken: Spoken) -> Mapping[Purpose, int | None]:
    """Return the notice that was shown for each purpose: the one that is named, or those of the day."""
    if spoken.notice == OF_THE_DAY:
        is_yes = spoken.state in YES
        return {one: notices.told_on(one, spoken.signed_on) if is_yes else None for one in spoken.purposes}
    named = notices.shown(spoken.notice, spoken.purposes, spoken.signed_on) if spoken.notice else None
    return dict.fromkeys(spoken.purposes, named)
