"""The only writer of the templates of letters: an occasion's own in a language, or the one that everybody has."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select

from kieubao.access.models import Account
from kieubao.db import db
from kieubao.ground import clock, invitation, letters
from kieubao.ground.errors import Conflict, NotFound, _
from kieubao.occasions.models import LetterTemplate, Occasion

Sheet = dict[str, Any]
LANGUAGES: Final = ("vi", "en")


def every(held: Occasion) -> list[Sheet]:
    """Return of each language whether an occasion has a letter of its own, and since when, by whom."""
    query = (
        select(LetterTemplate.language, LetterTemplate.digest, LetterTemplate.at, Account.name)
        .join(Account, Account.id == LetterTemplate.account_id)
        .where(LetterTemplate.occasion_id == held.id)
    )
    own = {
        language: {"own": True, "digest": digest, "at": at, "account": name}
        for language, digest, at, name in db.session.execute(query)
    }
    return [{"language": one, **own.get(one, _shared(one))} for one in LANGUAGES]


def digests(held: Occasion) -> dict[str, str]:
    """Return of each language in which an occasion has a letter of its own what it is."""
    return {one["language"]: one["digest"] for one in every(held) if one["own"]}


def contents(held: Occasion) -> Mapping[str, bytes]:
    """Return the letter of an occasion in each language."""
    query = select(LetterTemplate.language, LetterTemplate.content).where(LetterTemplate.occasion_id == held.id)
    own = {language: content for language, content in db.session.execute(query)}  # noqa: C416 - no pairs to mypy
    return {one: own.get(one) or invitation.letter(one) for one in LANGUAGES}


def content(held: Occasion, language: str) -> bytes:
    """Return the letter of an occasion in a language; raise NotFound for one that no letter is in."""
    return contents(held)[_known(language)]


def keep(held: Occasion, language: str, template: bytes, by: int) -> str:
    """Keep an occasion's own letter in place of the one before; return its digest.

    Raises Invalid, naming `file`, for what is no template, NotFound for a language that no letter is in.
    """
    letters.refuse_unfit(template)
    digest = hashlib.sha256(template).hexdigest()
    values = {"content": template, "digest": digest, "account_id": by, "at": clock.now()}
    db.session.merge(LetterTemplate(occasion_id=held.id, language=_known(language), **values))
    return digest


def discard(held: Occasion, language: str) -> None:
    """Go back to the letter that everybody has; raise Conflict where it stands already."""
    own = db.session.get(LetterTemplate, (held.id, _known(language)))
    if own is None:
        raise Conflict(_("This occasion has no letter of its own in that language"))
    db.session.delete(own)


def _shared(language: str) -> Sheet:
    return {
        "own": False,
        "digest": hashlib.sha256(invitation.letter(language)).hexdigest(),
        "at": None,
        "account": None,
    }


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise NotFound(_("Letters are in Vietnamese (vi) or English (en)"))
    return language
