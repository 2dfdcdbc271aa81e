"""Telephone numbers: read as clerks and spreadsheets write them, kept as E.164."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from unicodedata import normalize

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from kieubao.ground import numbering
from kieubao.ground.digits import as_dialled, digits
from kieubao.ground.errors import Invalid, _
from kieubao.ground.numbering import NOWHERE, Unsure
from kieubao.ground.renumbering import landline_now, mobile_now, mobile_then
from kieubao.ground.text import clean

HOME = "VN"
_HOME_CODE = 84
_ABROAD = ("+", "00")
_TAILS = range(4, 10)
_EXAMPLE = "+84 912 345 678"
_KINDS = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_or_mobile",
}

_PUNCTUATED = re.compile(r"(?=(?:\D*\d){4})[\d\s+().·‐‑–—-]+", re.ASCII)


@dataclass(frozen=True)
class Phone:
    """A number that exists.

    `kind` is "mobile", "fixed", "fixed_or_mobile" or "other"; `region` the country (ISO 3166-1 alpha-2),
    None where it has none. `rule` names the conversion used: "vn-mobile-2018", "vn-landline-2017".
    `doubtful` asks for a person's eye: before 2017 these digits may have been somebody else's landline.
    """

    e164: str
    kind: str
    region: str | None
    rule: str | None = None
    doubtful: bool = False

    @property
    def national_digits(self) -> str:
        """What is dialled inside its country, the trunk 0 with it: "0984593143", "601555148"."""
        return digits(self._written(PhoneNumberFormat.NATIONAL))

    def display(self) -> str:
        """Return the number spaced as people write it: nationally for Việt Nam, else internationally."""
        at_home = self.region == HOME
        return self._written(PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL)

    def _written(self, style: int) -> str:
        return phonenumbers.format_number(phonenumbers.parse(self.e164), style)

    @classmethod
    def parse(
        cls,
        text: str,
        region: str = HOME,
        *,
        also: tuple[str, ...] = (),
        landline: bool | None = None,
        before: date | None = None,
    ) -> "Phone":
        """Read one number; without + or 00 it is of `region`, else of the first of `also` that has it.

        Việt Nam's old eleven-digit mobiles are always converted, its old landlines where they are known
        for such: `landline` says whether the number is one (None: nobody knows), `before` is a day by
        which it was written down. Raises Invalid for all that libphonenumber knows no valid number for.

        >>> Phone.parse("0168 345 6789")
        Phone(e164='+84383456789', kind='mobile', region='VN', rule='vn-mobile-2018', doubtful=False)
        >>> Phone.parse("039 3812345", landline=True).display()
        '0239 3812 345'
        >>> Phone.parse("601 555 148", "CZ").e164
        '+420601555148'
        """
        plain = as_dialled(text)
        found = _found(plain, (region, *also), landline=landline, before=before)
        if found is None:
            raise _unknown(plain, region)
        return found

    @classmethod
    def sole(cls, text: str, regions: tuple[str, ...]) -> "Phone":
        """Read a number that may be of any of these regions; raise Invalid where two readings are both valid.

        >>> Phone.sole("0984593143", ("CZ", "VN")).e164
        '+84984593143'
        """
        plain = as_dialled(text)
        # What is surely read with + is the same wherever it is dialled.
        with suppress(Unsure):
            if plain.startswith(_ABROAD) and (phone := _sure(plain, regions)):
                return phone
        read = (_found(plain, (region,)) for region in dict.fromkeys(regions))
        found = {phone.e164: phone for phone in read if phone}
        if len(found) > 1:
            sentence = _("“%(text)s” may be %(numbers)s: write it with + and the code of its country.")
            raise Invalid(sentence, text=plain, numbers=", ".join(sorted(found)))
        if not found:
            raise _unknown(plain, regions[0])
        return found.popitem()[1]

    @classmethod
    def _of(cls, number: PhoneNumber, rule: str | None, *, doubtful: bool) -> "Phone":
        region = phonenumbers.region_code_for_number(number)
        return cls(
            e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
            kind=_KINDS.get(phonenumbers.number_type(number), "other"),
            region=None if region == NOWHERE else region,
            rule=rule,
            doubtful=doubtful,
        )


def looks_like_phone(text: str) -> bool:
    """Tell whether a text has four digits or more and nothing else but what numbers are spaced with.

    >>> looks_like_phone("(+84) 984.593-143"), looks_like_phone("chưa rõ"), looks_like_phone("0984/0985")
    (True, False, False)
    """
    return _PUNCTUATED.fullmatch(normalize("NFKC", clean(text))) is not None


def search_digits(text: str, region: str = HOME) -> str:
    """Return the digits to look a number up by among `tails`: as typed up to nine, of more the last nine.

    Old mobile codes of Việt Nam are converted in complete numbers, international ones and those
    national in `region`. A number complete in E.164 finds more exactly: two countries may share a tail.

    >>> {search_digits(text) for text in ("0168 345 6789", "0084 1683456789", "+84 383 456 789")}
    {'383456789'}
    """
    typed = digits(normalize("NFKC", text))
    if len(typed) <= _TAILS[-1]:
        return typed
    prefix = "(?:(?:00)?84|0)?" if region == HOME else "(?:00)?84"
    old = re.fullmatch(prefix + r"(1\d{9})", typed)
    return ((old and mobile_now(old[1])) or typed)[-_TAILS[-1] :]


def tails(e164: str) -> tuple[str, ...]:
    """Return the last 4, 5, 6, 7, 8 and 9 digits of a number, for blind indexes.

    >>> tails("+84984593143")
    ('3143', '93143', '593143', '4593143', '84593143', '984593143')
    """
    whole = digits(e164)
    return tuple(whole[-count:] for count in _TAILS)


def _found(
    plain: str, regions: tuple[str, ...], *, landline: bool | None = None, before: date | None = None
) -> Phone | None:
    """Return the first number that a text may mean, or none."""
    if landline is None and before is None:
        with suppress(Unsure):
            return _sure(plain, regions)
    for reading in _readings(plain, regions):
        number, rule = _converted(reading, landline=landline, before=before)
        if phonenumbers.is_valid_number(number):
            doubtful = landline is None and rule is None and landline_now(_national(number)) is not None
            return Phone._of(number, rule, doubtful=doubtful)  # noqa: SLF001 - it is of this module
    return None


def _sure(plain: str, regions: tuple[str, ...]) -> Phone | None:
    """Return what `_found` does, a tenth as slow; raise Unsure where it takes more."""
    written = re.sub("^00", "+", plain)
    for region in regions:
        number = numbering.number(written, region)
        home = number.national if number.code == _HOME_CODE else ""
        # Of what has a + and is no number, libphonenumber makes another.
        if mobile_now(home) or (written.startswith("+") and not number.kind):
            raise Unsure
        if number.kind:
            return Phone(number.e164, number.kind, number.country, doubtful=landline_now(home) is not None)
    return None


def _readings(plain: str, regions: tuple[str, ...]) -> Iterator[PhoneNumber]:
    """Give what a text may mean, likeliest first: people write 00 even where another prefix is dialled."""
    if not looks_like_phone(plain):
        return
    international = re.sub("^00", "+", plain)
    abroad = [(international, None)] if international.startswith("+") else []
    for written, region in [*abroad, *((plain, region) for region in regions)]:
        with suppress(phonenumbers.NumberParseException):
            yield phonenumbers.parse(written, region)


def _converted(number: PhoneNumber, *, landline: bool | None, before: date | None) -> tuple[PhoneNumber, str | None]:
    """Return today's number and the name of the rule that made it, if one did."""
    national = _national(number)
    if mobile := mobile_now(national):
        return _at_home(mobile), "vn-mobile-2018"
    if landline is None:
        landline = before is not None and not mobile_then(national, before)
    if landline and (fixed := landline_now(national)):
        return _at_home(fixed), "vn-landline-2017"
    return number, None


def _national(number: PhoneNumber) -> str:
    """Return the digits of a number of Việt Nam without the trunk 0, and "" of any other."""
    return phonenumbers.national_significant_number(number) if number.country_code == _HOME_CODE else ""


def _at_home(national: str) -> PhoneNumber:
    return PhoneNumber(country_code=_HOME_CODE, national_number=int(national))


def _unknown(plain: str, region: str) -> Invalid:
    return Invalid(
        _("“%(text)s” is not a telephone number: write one number, such as %(example)s."),
        text=plain,
        example=_example(plain, region),
    )


def _example(plain: str, region: str) -> str:
    """Return what would have been right: a number of the country whose code is written, or the region."""
    abroad = next(_readings(plain, ()), None)
    country = phonenumbers.region_code_for_country_code(abroad.country_code or 0) if abroad else region
    example = phonenumbers.example_number_for_type(country, PhoneNumberType.MOBILE)
    style = PhoneNumberFormat.INTERNATIONAL if abroad else PhoneNumberFormat.NATIONAL
    return phonenumbers.format_number(example, style) if example else _EXAMPLE
