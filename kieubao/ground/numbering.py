"""What a number is in its country's plan: libphonenumber's own patterns, compiled once and asked in its own order.

libphonenumber reads whatever people write, and takes a hundred microseconds for it. Most of what they write needs a
tenth of its care; what needs more is left to it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata
from phonenumbers.phonemetadata import PhoneNumberDesc

# What is said to be the region of numbers of none.
NOWHERE = "001"
# In the order in which libphonenumber asks.
_OTHERS = (
    *("premium_rate", "toll_free", "shared_cost", "voip", "personal_number"),
    *("pager", "uan", "voicemail"),
)
_HOME_CODE = "84"
_CODES = {str(code) for code in COUNTRY_CODE_TO_REGION_CODE}
_NEVER = "(?!)"
_SPACING = str.maketrans("", "", " ().-")
_DIALLED = re.compile(r"\+?\d{4,17}", re.ASCII)


class Number(NamedTuple):
    """The code of a country and the digits after it, without a trunk prefix; kind and region of a number there is.

    `kind` is "mobile", "fixed", "fixed_or_mobile" or "other".
    """

    code: int
    national: str
    kind: str | None = None
    region: str | None = None

    @property
    def e164(self) -> str:
        return f"+{self.code}{self.national}"

    @property
    def country(self) -> str | None:
        """The region, where it is a country: some numbers are of none."""
        return None if self.region == NOWHERE else self.region


class Unsure(Exception):
    """What is written has to be read with more care."""


# The numbers of one kind, by how long they are.
_Numbers = Mapping[int, re.Pattern[str]]


class _Plan(NamedTuple):
    """The numbers of one region."""

    code: int
    general: re.Pattern[str]
    lengths: frozenset[int]
    begins: re.Pattern[str] | None
    abroad: re.Pattern[str]
    trunk: re.Pattern[str]
    others: _Numbers
    fixed: _Numbers
    mobile: _Numbers
    is_alike: bool

    def kind(self, national: str) -> str | None:
        """Return of which kind a number is; None where there is no such number."""
        if len(national) not in self.lengths or not self.general.fullmatch(national):
            return None
        if _has(self.others, national):
            return "other"
        if _has(self.fixed, national):
            return "fixed_or_mobile" if self.is_alike or _has(self.mobile, national) else "fixed"
        return "mobile" if not self.is_alike and _has(self.mobile, national) else None


def number(text: str, region: str) -> Number:
    """Return the number a text stands for, with + or as dialled within a region, be there such a number or not.

    Raises Unsure for what libphonenumber has to read.

    >>> number("+420 601-555-148", "VN")
    Number(code=420, national='601555148', kind='mobile', region='CZ')
    >>> number("(0601) 555 148", "VN")
    Number(code=84, national='601555148', kind=None, region=None)
    """
    digits = text.translate(_SPACING)
    if not _DIALLED.fullmatch(digits):
        raise Unsure
    return _known(*(_from_abroad(digits[1:]) if digits.startswith("+") else _within(digits, _plan(region))))


def spaced(e164: str) -> str:
    """Return a number in groups of three, for files of many: `phones.Phone.display` knows each country's own groups.

    >>> spaced("+84984593143"), spaced("+420601555148"), spaced("+17145550473")
    ('0984 593 143', '+420 601 555 148', '+1 714 555 0473')
    """
    digits = e164.removeprefix("+")
    code = _code(digits)
    rest = digits.removeprefix(code)
    if code == _HOME_CODE:
        return _grouped(f"0{rest}", first=4)
    return f"+{code} {_grouped(rest, first=3)}"


def _from_abroad(digits: str) -> tuple[int, str]:
    """Return the code of the country and the digits after it."""
    code = _code(digits)
    national = digits[len(code) :]
    # Whoever writes a trunk prefix after the code of the country may mean either.
    if not code or national.startswith("0") or _plan(_regions(int(code))[0], int(code)).trunk.match(national):
        raise Unsure
    return int(code), national


def _grouped(digits: str, first: int) -> str:
    """Return digits in threes after the first group; one left over stays with the last."""
    groups = [digits[:first], *(digits[i : i + 3] for i in range(first, len(digits), 3))]
    return " ".join(groups[:-1]) + groups[-1] if len(groups[-1]) == 1 else " ".join(groups)


def _code(digits: str) -> str:
    """Return the code of a country that digits begin with; none begins with another."""
    return next((digits[:size] for size in (1, 2, 3) if digits[:size] in _CODES), "")


def _within(digits: str, plan: "_Plan") -> tuple[int, str]:
    if digits.startswith(str(plan.code)) or plan.abroad.match(digits):
        raise Unsure
    trunk = plan.trunk.match(digits)
    if trunk is None:
        return plan.code, digits
    national = digits[trunk.end() :]
    # Where what is left has not the length of a number, the prefix may be none.
    if plan.trunk.groups or len(national) not in plan.lengths:
        raise Unsure
    is_none = plan.general.fullmatch(digits) and not plan.general.fullmatch(national)
    return plan.code, digits if is_none else national


def _known(code: int, national: str) -> Number:
    regions = _regions(code)
    for region in regions:
        plan = _plan(region, code)
        is_there = len(regions) == 1 or (plan.begins and plan.begins.match(national))
        if is_there or not plan.begins:
            kind = plan.kind(national)
            if kind or is_there:
                return Number(code, national, kind, region if kind else None)
    return Number(code, national)


def _regions(code: int) -> tuple[str, ...]:
    return COUNTRY_CODE_TO_REGION_CODE[code]


@cache
def _plan(region: str, code: int = 0) -> _Plan:
    """Return the plan of a region, or of a code that is of none. Raises Unsure for what is no region."""
    found = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    general = found.general_desc if found else None
    if found is None or general is None or found.country_code is None:
        raise Unsure
    return _Plan(
        code=found.country_code,
        general=re.compile(general.national_number_pattern or _NEVER),
        # No length is one of numbers that are dialled within a town alone, too.
        lengths=frozenset(general.possible_length),
        begins=re.compile(found.leading_digits) if found.leading_digits else None,
        abroad=re.compile(found.international_prefix or _NEVER),
        trunk=re.compile(found.national_prefix_for_parsing or _NEVER),
        others=_numbers(getattr(found, name) for name in _OTHERS),
        fixed=_numbers([found.fixed_line]),
        mobile=_numbers([found.mobile]),
        is_alike=found.same_mobile_and_fixed_line_pattern,
    )


def _numbers(some: Iterable[PhoneNumberDesc | None]) -> _Numbers:
    """Return the patterns of one or more kinds as one for each length."""
    patterns: dict[int, list[str]] = defaultdict(list)
    for told in filter(None, some):
        for length in told.possible_length if told.national_number_pattern else ():
            patterns[length].append(f"(?:{told.national_number_pattern})")
    return {length: re.compile("|".join(ways)) for length, ways in patterns.items()}


def _has(numbers: _Numbers, national: str) -> bool:
    pattern = numbers.get(len(national))
    return pattern is not None and pattern.fullmatch(national) is not None
