"""E-mail addresses."""

import re

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from kieubao.ground.errors import Invalid, _
from kieubao.ground.text import clean

# What nearly all addresses look like. Whatever else there may be in one, the library knows of.
_PLAIN = re.compile(r"(?!.*--)[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_LONGEST = 200
_RESERVED = tuple(f".{name}" for name in SPECIAL_USE_DOMAIN_NAMES)


def email(text: str) -> str:
    """Return an address in small letters, spaces around it gone, its form checked and not its delivery.

    Raises Invalid where it is no address by RFC 5321 and 5322, has a space inside, or has letters
    with marks before the @, which is a Vietnamese keyboard left on far more often than an address.

    >>> email(" Tam.Nguyen@Example.COM ")
    'tam.nguyen@example.com'
    """
    address = clean(text)
    plain = address.lower()
    if _PLAIN.fullmatch(plain) and len(plain) < _LONGEST and not plain.endswith(_RESERVED) and address.isascii():
        return plain
    try:
        checked = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise Invalid(
            _("“%(text)s” is not an e-mail address: write it like ten.ho@example.com, no spaces or marks."),
            text=address,
        ) from error
    return checked.normalized.lower()
