"""How the desk says things: in words on its pages, and as what leaves on paper or as a file."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, BinaryIO, Final

from flask_babel import gettext, ngettext

from kieubao.desk import ACTIONS, DETAILS, OUTCOMES
from kieubao.ground import clock
from kieubao.ground.errors import _
from kieubao.ground.vocabulary import Vocabulary
from kieubao.http import language
from kieubao.labels import WORDS
from kieubao.outreach import files
from kieubao.outreach.files import Table
from kieubao.outreach.vocabulary import Format
from kieubao.oversight.register import WRITTEN
from kieubao.oversight.thresholds import THRESHOLDS
from kieubao.oversight.vocabulary import ITEMS, RULES, STAGES, STATES, VERDICTS, Rule
from kieubao.shown import called as field_called
from kieubao.shown import field_label, label_of, moment, quarter, reason, shown

Sheet = Mapping[str, Any]
_TRAIL: Final = (
    *(_("No."), _("At"), _("Done by"), _("Role"), _("Organisation"), _("Act"), _("Whose record")),
    *(_("Reason"), _("Outcome"), _("Found"), _("Details")),
)
# What the details of an entry hold codes of: labels of the house, and the desk's own words.
_LABELS: Final[Mapping[str, tuple[str, ...]]] = {
    "role": ("role",),
    "channel": ("channel",),
    "purposes": ("purpose",),
    "permissions": ("permission",),
    "state": ("list_state", "consent", "pair_state"),
    "kind": ("request_kind", "registrant_short", "account_change", "job"),
    "need": ("need",),
    "checks": ("check",),
    "grounds": ("disclosure_ground",),
    "stands": ("disclosure_end",),
    **dict.fromkeys(("matter", "matters"), ("matter",)),
    "ground": ("ground",),
    "step": ("request_step",),
    "way": ("way",),
    "handed": ("handed",),
    "by": ("proved_by",),
    "wished": ("wished",),
    "decision": ("decision",),
    "counts": ("count", "row_state"),
}
_OF_FIELDS: Final = ("field", "fields", "filters", "stays")
_WORDS: Final = {"rule": RULES, "state": STATES, "verdict": VERDICTS, "stage": STAGES} | {
    "action": ACTIONS,
    "outcome": OUTCOMES,
}
_OWN: Final[Mapping[str, tuple[Vocabulary, ...]]] = {"rule": (RULES,), "state": (STATES, VERDICTS)}
_DERIVED: Final = (
    _("People who may be contacted now"),
    _("Notices"),
    _("Fields its issues give, beside the code and the contact points"),
    _("Recipients"),
)


def words() -> dict[str, Any]:
    """Return the words the desk's pages are written with."""
    return {
        "word": lambda name, code: called(_WORDS[name], code),
        "words_of": lambda name: [(code, called(_WORDS[name], code)) for code in _WORDS[name].codes],
        "says": lambda rule: THRESHOLDS[Rule(rule)].says(Rule(rule), language()),
        "register_fields": WRITTEN,
        **{word.__name__: word for word in (told, who, said_of, recipients, left, told_left, quarter)},
    }


def say(sentence: str, **values: Any) -> str:
    """Return a marked sentence in the reader's language."""
    return str(gettext(sentence, **values))


def called(words: Vocabulary, code: str) -> str:
    """Return what a code is called; a code that nobody named, as it stands."""
    return words.label(code, language()) if code in words else code


def told(details: Sheet) -> str:
    """Return what else an entry tells, in words: "trường: name, city; danh sách: DS-…"."""
    known = {name: value for name, value in details.items() if value not in (None, [])}
    return "; ".join(f"{called(DETAILS, name)}: {_in_words(name, value)}" for name, value in known.items())


def who(entry: Sheet) -> str:
    """Return whose deed an entry is: a name and the sign-in name, or the system's."""
    return f"{entry['name']} ({entry['account']})" if entry["account"] else label_of("role", "system")


def trail(entries: Iterable[Sheet], wanted: Format) -> BinaryIO:
    """Write entries of the trail to a file."""
    rows = (
        (
            *(str(one["id"]), moment(one["at"]), who(one), label_of("role", one["role"]), one["organisation"] or ""),
            *(called(ACTIONS, one["action"]), one["person"] or "", reason(one["purpose"])),
            called(OUTCOMES, one["outcome"]),
            *("" if one["found"] is None else str(one["found"]), told(one["details"])),
        )
        for one in entries
    )
    return _file(wanted, Table(say(_("Trail")), list(map(say, _TRAIL)), rows))


def register(purposes: Iterable[Sheet], written: tuple[str, ...]) -> BinaryIO:
    """Write the record of processing to a workbook, a row for each purpose."""
    headings = [field_label("purpose"), *map(field_label, written), *map(say, _DERIVED)]
    rows = (
        [label_of("purpose", one["purpose"]), *(_said(one["said"], name) for name in written), *_derived(one)]
        for one in purposes
    )
    return _file(Format.XLSX, Table(say(_("Record of processing")), headings, rows))


def recipients(one: Sheet) -> list[str]:
    """Return whom data was handed to: "Hội Liên lạc …: bàn giao 2 lần (01/TT-BG)"."""
    return [
        f"{to['organisation']}: {_times(to['times'])} ({', '.join(to['agreements']) or '–'})"
        for to in one["recipients"]
    ]


def _times(count: int) -> str:
    return str(ngettext("handed over once", "handed over %(num)s times", count))


def left(due_at: datetime) -> str:
    """Return how long a clock still runs, or since when it is over."""
    rest = due_at - clock.now()
    hours, minutes = divmod(abs(rest) // timedelta(minutes=1), 60)
    return told_left(hours, minutes, over=rest < timedelta())


def told_left(hours: Any, minutes: Any, *, over: bool) -> str:
    """Return the same in words, for a script to fill in where hours and minutes are places."""
    if over:
        return say(_("overdue by %(hours)s h %(minutes)s min"), hours=hours, minutes=minutes)
    return say(_("%(hours)s h %(minutes)s min left"), hours=hours, minutes=minutes)


def notice(breach: Sheet) -> list[tuple[str, str]]:
    """Return the items of a breach's notification and what is known of each; "" where nothing is yet."""
    return [(field_label(name), _known(name, breach[name])) for name in ITEMS]


def _known(name: str, value: Any) -> str:
    return moment(value) if name == "found_at" else "" if value in (None, []) else shown("code", value)


def _said(said: Sheet | None, name: str) -> str:
    if said is None:
        return say(_("not known yet"))
    return said_of(name, said[name])


def said_of(name: str, value: Any) -> str:
    """Return a field of the register in words."""
    if isinstance(value, bool):
        return say(_("yes")) if value else say(_("no"))
    return shown(name, value)


def _derived(one: Sheet) -> list[str]:
    people = say(_("fewer than 10")) if one["people"] is None else str(one["people"])
    return [people, ", ".join(one["notices"]), shown("fields", one["fields"]), "; ".join(recipients(one))]


def _in_words(name: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_in_words(name, one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{_in_words(name, code)}: {_in_words(name, count)}" for code, count in value.items() if count)
    if isinstance(value, bool):
        return say(_("yes")) if value else say(_("no"))
    return field_called(value) if name in _OF_FIELDS else _of_code(name, value)


def _of_code(name: str, value: Any) -> str:
    known = next((words for words in _LABELS.get(name, ()) if value in WORDS[words]), None)
    own = next((words for words in _OWN.get(name, ()) if value in words), None)
    return label_of(known, value) if known else called(own, value) if own else str(value)


def _file(wanted: Format, sheet: Table) -> BinaryIO:
    content, _digest = files.written(wanted, sheet, Table(say(_("About")), ("–",), ()))
    return content
