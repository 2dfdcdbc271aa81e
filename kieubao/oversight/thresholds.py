"""From what number reading is unusual: every rule's threshold, in one table. docs/oversight.md shows it, tested.

No law names such numbers. They follow SAFEGUARDS, section 1 (a curious or bought clerk), and were set so that a
synthetic month of ordinary work stays quiet while each planted misuse is seen; tests/oversight/month.py is that month.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Final

from kieubao.oversight.vocabulary import SAYS, Rule


@dataclass(frozen=True)
class Threshold:
    """`at_least` of what a rule counts, within so many days or minutes.

    `chance`: no more likely than this by chance. `times`: so many times what is usual. `why` is the reason.
    """

    at_least: int
    days: int = 1
    minutes: int = 0
    chance: float = 1.0
    times: int = 0
    why: str = field(default="", kw_only=True)

    def says(self, rule: Rule, language: str = "vi") -> str:
        """Return what a rule says, with these numbers."""
        return SAYS.label(rule, language).format(**vars(self))


THRESHOLDS: Final[Mapping[Rule, Threshold]] = {
    Rule.OWN_NAME: Threshold(
        3, chance=1e-4, why="Kin are looked up by name; a Nguyễn meets many, so chance decides, within the scope"
    ),
    Rule.OWN_BRANCH: Threshold(
        2, chance=1e-3, why="Siblings and cousins share a middle name; two of them are seldom chance"
    ),
    Rule.ONE_COMMUNE: Threshold(
        10, days=30, chance=1e-4, times=3, why="Neighbours; who works by communes does so on many days"
    ),
    Rule.KIN: Threshold(
        4, minutes=30, why="A record and its relative are ordinary work; walking through a family is not"
    ),
    Rule.MANY_READERS: Threshold(5, why="Somebody talked about; a record seldom has more than a few keepers"),
    Rule.IN_ORDER: Threshold(
        10,
        minutes=10,
        why="Codes are random: ten in a row rise or fall once in 1,814,400 times; search never shows them so",
    ),
    Rule.RAPID: Threshold(30, minutes=5, why="Ten seconds each is less than reading; a program or a copyist"),
    Rule.OFF_HOURS: Threshold(5, why="One forgotten thing is looked up at home; five people are an evening's work"),
    Rule.VOLUME: Threshold(
        40, days=30, times=3, why="Below forty a day nobody empties a registry; the cap is 200 (SAFEGUARDS, section 1)"
    ),
    Rule.REFUSED: Threshold(10, why="Codes are mistyped once or twice; the check character stops most before that"),
    Rule.REPEATED: Threshold(
        5, days=30, why="Looking again and again whether somebody is there, or has come back, is monitoring"
    ),
}
# Off hours, in Việt Nam's time: from the evening on, and before the morning.
EVENING: Final = time(20)
MORNING: Final = time(6)
# Opening the desk watches the trail, but no more often than this.
WATCH_EVERY: Final = timedelta(minutes=10)
# A habit or a peer group needs so many days of work to speak for itself.
KNOWN_DAYS: Final = 5
