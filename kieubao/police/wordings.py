"""What whoever was asked for is told, in the language they prefer."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from kieubao.ground import clock
from kieubao.outbox import Words
from kieubao.police.vocabulary import Item
from kieubao.visits.wordings import language_of

_ITEMS: Final[Mapping[str, tuple[str, str]]] = {
    Item.NAME: ("họ tên", "your name"),
    Item.BIRTH_YEAR: ("năm sinh", "the year you were born"),
    Item.COUNTRY: ("nước cư trú", "the country you live in"),
    Item.HOME_COMMUNE: ("quê quán (xã)", "your home commune"),
    Item.CONTACT: ("một kênh liên lạc", "one way to reach you"),
}
_TITLE: Final = {"vi": "Có cơ quan đề nghị cung cấp dữ liệu của Ông/Bà", "en": "An authority asked for your data"}
_TEXT: Final = {
    "vi": (
        "{office}: {unit} đã đề nghị cung cấp dữ liệu của Ông/Bà (đề nghị {code}, ngày {day}). {done} Nếu không đồng ý,"
        " Ông/Bà có quyền khiếu nại tại: {contact}."
    ),
    "en": (
        "{office}: {unit} asked for data about you (request {code}, {day}). {done} If you do not agree you may"
        " complain: {contact}."
    ),
}
_GIVEN: Final = {
    "vi": "Theo quy định của pháp luật, cơ quan đó đã được cung cấp: {items}.",
    "en": "As the law has it, they were shown {items}.",
}
_NOTHING: Final = {"vi": "Chúng tôi không cung cấp thông tin nào.", "en": "They were given nothing."}


def told(items: Collection[str], about: Mapping[str, Any], language: str | None, office: Mapping[str, str]) -> Words:
    """Return what somebody is told of a request on them: who asked, when, and what was given. `office`: see visits."""
    spoken = language_of(language)
    named = ", ".join(_ITEMS[one][spoken != "vi"] for one in Item if one in items)
    done = _GIVEN[spoken].format(items=named) if items else _NOTHING[spoken]
    said = {"unit": about["unit"], "code": about["code"], "day": f"{clock.day_of(about['filed_at']):%d/%m/%Y}"}
    text = _TEXT[spoken].format(office=office[spoken], contact=office["contact"], done=done, **said)
    return Words(_TITLE[spoken], text)
