"""What the desk gives on paper: the letter of reply to a request, and the letter that tells whoever was asked for."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from flask import Response
from flask_babel import gettext

from kieubao.ground import clock
from kieubao.ground.document import Letter
from kieubao.ground.errors import _
from kieubao.http import speaking
from kieubao.police import wordings
from kieubao.police.vocabulary import Answer, Item
from kieubao.rights.papers import addressed, office, sent
from kieubao.shown import country_name, day, label_of, moment, reached
from kieubao.visits.papers import named
from kieubao.visits.wordings import language_of

Sheet = Mapping[str, Any]
_ABOUT: Final = _("the request to be given personal data, %(code)s")
_CAME: Final = _("We have your request %(code)s of %(day)s in case %(case)s, on %(instrument)s.")
_NONE: Final = _("There is no record that could be disclosed.")
_WAITS: Final = _("It is being considered. Where nothing is answered by the end of %(day)s, nothing is disclosed.")
_SEEN: Final = _("What can be disclosed is seen by the officer who asked, on the page of the request, until %(day)s.")
_OVER: Final = _("What could be disclosed was shown; its time is over.")
_PERSON: Final = _("Person %(number)s, called %(pseudonym)s in this matter: %(items)s.")
_WITHOUT: Final = _("Person %(number)s: there is no record that could be disclosed.")
_TERMS: Final = _(
    "It is given for this case alone. It may not be passed on, kept in another register or used for anything else, and"
    " is destroyed when the case no longer needs it. Whoever it is about is told of it, as the law has it."
)
_LAW: Final = _("This follows Articles 17 and 19 of Law 91/2025/QH15.")


def replied(sheet: Sheet) -> Response:
    """Answer with the letter of reply to a unit that asked, to be numbered and signed; in Vietnamese."""
    whose = office()
    with speaking("vi"):
        letter = Letter(
            language="vi",
            office=whose.name_vi,
            place=gettext("(place)"),
            day=clock.today(),
            about=gettext(_ABOUT, code=sheet["code"]),
            to=sheet["unit"],
            address="",
            paragraphs=[*_reply(sheet)],
            copies=[gettext("As above"), gettext("To be kept: %(code)s", code=sheet["code"])],
        )
    return sent(letter, f"{sheet['code']}.docx")


def telling(sheet: Sheet) -> Response:
    """Answer with the letter that tells somebody that they were asked for, in the language they prefer."""
    whose, to = office(), sheet["to"]
    language = language_of(to["preferred_language"])
    words = wordings.told(sheet["items"], sheet, language, named() | {"contact": f"{whose.address}; {whose.contact}"})
    with speaking(language):
        letter = Letter(
            language=language,
            office=named()[language],
            place=gettext("(place)"),
            day=clock.today(),
            about=words.title[:1].lower() + words.title[1:],
            **addressed(to, language),
            paragraphs=[words.text, gettext(_LAW)],
            copies=[gettext("As above"), gettext("To be kept: %(code)s", code=sheet["code"])],
        )
    return sent(letter, f"{sheet['person']}-{sheet['code']}.docx")


def said_of(item: str, value: Any) -> str:
    """Return what is shown of an item, in the reader's language."""
    if item == Item.COUNTRY:
        return country_name(value)
    if item == Item.CONTACT:
        return f"{label_of('channel', value['channel'])} {reached(value['channel'], value['value'])}"
    return str(value)


def _reply(sheet: Sheet) -> Iterator[str]:
    of = {"code": sheet["code"], "case": sheet["case_number"], "instrument": sheet["instrument"]}
    yield gettext(_CAME, day=day(sheet["filed_at"]), **of)
    for one in sheet["people"]:
        items = "; ".join(f"{label_of('item', item)}: {said_of(item, value)}" for item, value in one["items"].items())
        yield gettext(_PERSON, number=one["number"], pseudonym=one["pseudonym"], items=items)
    for number in sheet.get("without", ()):
        yield gettext(_WITHOUT, number=number)
    if sheet["people"]:
        yield gettext(_TERMS)
    elif "without" not in sheet:
        yield _stands(sheet)
    yield gettext(_LAW)


def _stands(sheet: Sheet) -> str:
    answer = Answer(sheet["answer"])
    sentence = {Answer.WAITING: _WAITS, Answer.OPEN: _SEEN, Answer.OVER: _OVER, Answer.NONE: _NONE}[answer]
    until = moment(sheet["open_until"]) if answer is Answer.OPEN else day(clock.last_day(sheet["silent_at"]))
    return str(gettext(sentence, day=until))
