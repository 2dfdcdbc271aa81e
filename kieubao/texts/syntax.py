"""What people write by text message: a few words, with or without marks, that anybody can remember and print.

KB DY SUKIEN DAUTU      yes, for events and investment
KB TC THONGTIN          no to information
KB NGUNG                no to everything
KB XN 482913            the code of an answer, by which a yes counts
"""

import re
from enum import StrEnum
from typing import Final, NamedTuple

from kieubao.consent.vocabulary import Purpose
from kieubao.ground.text import fold

PURPOSES: Final = {
    "sukien": Purpose.EVENTS,
    "dautu": Purpose.INVESTMENT,
    "thongtin": Purpose.INFORMATION,
    "doan": Purpose.DELEGATION,
    "hoso": Purpose.REGISTRY,
}
_ABOUT: Final = "|".join(PURPOSES)


class Act(StrEnum):
    YES = "yes"
    NO = "no"
    STOP = "stop"
    PROVE = "prove"


class Said(NamedTuple):
    """What a message says: to which purposes, or by which code."""

    act: Act
    purposes: tuple[Purpose, ...] = ()
    code: str = ""


# Read without spaces, as people put them where they like; Dũng and Huy are names.
_FORMS: Final = {
    Act.STOP: re.compile(r"(?:kb)?(?:ngung|stop|ngunglienhe|tc|tuchoi|tctatca|tuchoitatca)|kb(?:dung|huy)"),
    Act.YES: re.compile(rf"(?:kb)?(?:dy|dongy)((?:{_ABOUT})+)"),
    Act.NO: re.compile(rf"(?:kb)?(?:tc|tuchoi)((?:{_ABOUT})+)"),
    Act.PROVE: re.compile(r"(?:kb)?(?:xn|xacnhan)(\d{6})"),
}


def read(text: str) -> Said | None:
    """Return what a message says; None for what is none of these.

    >>> read("KB ĐY sự kiện, đầu tư")
    Said(act=<Act.YES: 'yes'>, purposes=(<Purpose.EVENTS: 'events'>, <Purpose.INVESTMENT: 'investment'>), code='')
    >>> read("ngừng").act.value, read("KB dừng").act.value, read("kb xn 482913").code
    ('stop', 'stop', '482913')
    >>> read("đúng"), read("đồng ý")
    (None, None)
    """
    whole = fold(text).replace(" ", "")
    for act, form in _FORMS.items():
        if found := form.fullmatch(whole):
            told = found.group(1) if form.groups else ""
            purposes = (PURPOSES[word] for word in re.findall(_ABOUT, told))
            return Said(act, tuple(dict.fromkeys(purposes)), told if act is Act.PROVE else "")
    return None
