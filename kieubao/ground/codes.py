"""Names for people and things that can be read over the phone: `KB-7F3Q-9XKC-2`.

Eight random characters of Crockford's base 32 (no I, L, O, U) and a check character. The check is a
polynomial over GF(32), so every single wrong character and every swap of two neighbours is caught.
"""

import secrets

from kieubao.ground.errors import Invalid, _

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE = {letter: value for value, letter in enumerate(_ALPHABET)}
_HEARD_AS = str.maketrans("OIL", "011", " -.")
_BODY, _BITS = 8, 5


def fresh(prefix: str) -> str:
    """Return a new random code: 40 bits, nothing about whom it names can be read from it."""
    bits = secrets.randbits(_BITS * _BODY)
    return _written(prefix, "".join(_ALPHABET[bits >> _BITS * place & 31] for place in range(_BODY)))


def read(text: str, prefix: str) -> str:
    """Return the code as it is stored, however it was typed; raise Invalid where the check fails.

    >>> read("kb 7f3q 9xkc h".replace("h", check("7F3Q9XKC")), "KB") == _written("KB", "7F3Q9XKC")
    True
    """
    found = text.strip().upper().removeprefix(prefix).translate(_HEARD_AS)
    body = found[:_BODY]
    if len(found) != _BODY + 1 or not set(found) <= set(_ALPHABET) or found[_BODY] != check(body):
        raise Invalid(
            _("“%(text)s” is not a code: one looks like %(example)s"), text=text[:40], example=example(prefix)
        )
    return _written(prefix, body)


def secret() -> str:
    """Return 120 random bits in six groups of four characters, to be kept on paper."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(6))


def letters(text: str) -> str:
    """Return what stands in a secret, however it was typed."""
    return text.strip().upper().translate(_HEARD_AS)


def spelled(number: int, length: int) -> str:
    """Return a number in so many characters."""
    return "".join(_ALPHABET[number >> _BITS * place & 31] for place in reversed(range(length)))


def number(text: str) -> int | None:
    """Return what `spelled` wrote; None for what it did not."""
    if not text or not set(text) <= set(_ALPHABET):
        return None
    return sum(_VALUE[letter] << _BITS * place for place, letter in enumerate(reversed(text)))


def body(code: str) -> str:
    """Return the characters of a code that say whom it names."""
    return "".join(code.split("-")[1:3])


def whole(prefix: str, body: str) -> str:
    """Return the code of a body."""
    return _written(prefix, body)


def example(prefix: str) -> str:
    return _written(prefix, "7F3Q9XKC")


def check(body: str) -> str:
    """Return the check character of eight characters."""
    remainder = 0
    for letter in body:
        remainder = _times_x(remainder ^ _VALUE[letter])
    return _ALPHABET[remainder]


def _times_x(value: int) -> int:
    doubled = value << 1
    return doubled ^ 0b100101 if doubled & 0b100000 else doubled


def _written(prefix: str, body: str) -> str:
    return f"{prefix}-{body[:4]}-{body[4:]}-{check(body)}"
