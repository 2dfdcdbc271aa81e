"""Responses as forms give them."""

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import post_load

from kieubao import forms
from kieubao.consent.vocabulary import Channel
from kieubao.forms import Form, Value, Whole, choice
from kieubao.occasions.turnout import Said
from kieubao.occasions.vocabulary import ANSWERS, COMPANIONS, Answer, Obstacle, Presence, Speaker

_CODED: Mapping[str, Callable[[str], Any]] = {
    "answer": Answer,
    "presence": Presence,
    "said_by": Speaker,
    "obstacle": Obstacle,
}


class ResponseForm(Form):
    """What somebody said to an occasion, or that they came; what is left out stays as it was."""

    person = forms.code("KB", required=True)
    answer = choice([one.value for one in Answer])
    companions = Whole(0, COMPANIONS)
    presence = choice([one.value for one in Presence])
    said_by = choice([one.value for one in Speaker])
    spoken_by = Value()
    channel = choice([one.value for one in Channel])
    obstacle = choice([one.value for one in Obstacle])
    remark = Value(longest=500)

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> tuple[str, Said]:
        person, note = data.pop("person"), data.pop("remark", None)
        said: dict[str, Any] = {name: _CODED[name](value) if name in _CODED else value for name, value in data.items()}
        return person, Said(note=note, **said)


class ReplyForm(Form):
    """What whoever was sent a link says for themselves."""

    answer = choice([one.value for one in ANSWERS], required=True)
    companions = Whole(0, COMPANIONS)

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> Said:
        # Companions are typed before it is chosen not to come.
        answer = Answer(data["answer"])
        return Said(answer, data.get("companions", 0) if answer is Answer.ACCEPTED else None)


class WhichForm(Form):
    """Of whom: who answered so, and who came or did not."""

    answer = choice([one.value for one in Answer])
    presence = choice([one.value for one in Presence])


class LookUpForm(WhichForm):
    """Of whom: also by a part of their name, or their code."""

    text = Value()


class ArrivalForm(Form):
    """Whether somebody came."""

    person = forms.code("KB", required=True)
    presence = choice([one.value for one in Presence], required=True)
