"""E-mail addresses."""

from email_validator import EmailNotValidError, validate_email

from kieubao.ground.errors import Invalid, _
from kieubao.ground.text import clean


def email(text: str) -> str:
    """Return an address in small letters, spaces around it gone, its form checked and not its delivery.

    Raises Invalid where it is no address by RFC 5321 and 5322, has a space inside, or has letters
    with marks before the @, which is a Vietnamese keyboard left on far more often than an address.

    >>> email(" Tam.Nguyen@Example.COM ")
    'tam.nguyen@example.com'
    """
    address = clean(text)
    try:
        checked = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise Invalid(
            _("“%(text)s” is not an e-mail address: write it like ten.ho@example.com, no spaces or marks."),
            text=address,
        ) from error
    return checked.normalized.lower()
