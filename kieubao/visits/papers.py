"""What somebody takes along: their link on paper, and all that is recorded of them as PDF, JSON or a card."""

import io
import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import segno
from flask import Response, current_app, send_file
from flask_babel import gettext

from kieubao.ground import clock, paper
from kieubao.ground.errors import _
from kieubao.ground.vocabulary import ADDRESS_UNKNOWN, FORM_OF_ADDRESS
from kieubao.http import language, speaking
from kieubao.outreach import cards
from kieubao.rights.papers import office
from kieubao.shown import day, field_label, label_of, moment, reached, reason, recorded, shown
from kieubao.visits.vocabulary import Handed
from kieubao.visits.wordings import moment as said_at

_SHEET: Final = Path(__file__).with_suffix(".typ")
Sheet = Mapping[str, Any]
_LETTER: Final = (
    _("The law has us tell you that we hold data about you, and from where we have it: %(source)s."),
    _("Here you see what we hold about you, correct it, and decide who may contact you, how and for what."),
    _("You see too who has read your data and who was given it. You can have it erased."),
    _("Open the address below, or let your telephone read the square. It holds until %(until)s, and once."),
)
_NEEDS_CODE: Final = _(
    "You are then asked for a code, which we send to a telephone number or e-mail address of yours that we have"
    " verified. Where there is none, bring your papers to the counter."
)
# What is shown of a record, part by part, to whose it is.
PARTS: Final = {
    _("Who"): (
        *("name", "other_names", "kind", "born", "gender", "form_of_address", "preferred_language", "languages"),
        "citizenship",
    ),
    _("From where, and where now"): ("home_text", "country", "region", "city", "address", "status", "generation"),
    _("Work and wishes"): (
        *("occupation", "occupation_group", "sector", "workplace", "position", "education", "interests"),
    ),
    _("On what ground"): ("source", "confirmed_on", "legal_basis", "legal_document", "created_at", "changed_at"),
}


def named() -> dict[str, str]:
    """Return what the office is called in each language, and how it is reached."""
    config = current_app.config
    return {"vi": config["OFFICE_VI"], "en": config["OFFICE_EN"], "contact": config["OFFICE_CONTACT"] or site()}


def site() -> str:
    return str(current_app.config["ORIGIN"])


def letter(told: Sheet, handed: Handed, spoken: str) -> Response:
    """Answer with somebody's link on paper: to be sent, or to be handed over with its code."""
    title = told["form_of_address"]
    called = FORM_OF_ADDRESS.label(title, spoken) if title else ADDRESS_UNKNOWN[spoken == "en"]
    post = [one for one in told["contact_points"] if one["channel"] == "post" and one["owner"] == "self"]
    post = sorted(
        (one for one in post if one["retired_at"] is None), key=lambda one: (one["verified_on"] or date.min, one["id"])
    )
    with speaking(spoken):
        said = {"until": said_at(told["until"]), "source": told["source"]}
        words = [gettext(one) % said for one in _LETTER]
        words += [gettext(_NEEDS_CODE)] if handed is Handed.POST else []
        data = {
            **_headed(gettext("A link to your data"), told["code"], spoken),
            "to": [f"{called} {told['name']}", *(one["value"] for one in post[-1:])],
            "paragraphs": words,
            "link": told["link"],
            "open": gettext("Open:"),
            "secret": told["secret"] or "",
            "secret_words": gettext("Your code, for you alone:"),
            "drawn": _drawn(told["link"]),
        }
    return _sent(paper.pages(_SHEET, data), f"{told['code']}-lien-ket.pdf", paper.MEDIA)


def as_pdf(told: Sheet) -> Response:
    """Answer with all that is recorded of somebody, to be read."""
    sheet = told["record"]
    data = {
        **_headed(gettext("What is recorded of you"), sheet["code"], language()),
        "paragraphs": [f"{sheet['name']} · {sheet['code']} · {moment(clock.now())}"],
        "sections": [(heading, rows) for heading, rows in _sections(told) if rows],
    }
    return _sent(paper.pages(_SHEET, data), f"{sheet['code']}.pdf", paper.MEDIA)


def as_json(told: Sheet) -> Response:
    """Answer with the same for programs; moments are in UTC, days as ISO 8601."""
    whole = json.dumps(told, ensure_ascii=False, indent=1, default=_plain).encode()
    return _sent(whole, f"{told['record']['code']}.json", "application/json")


def as_card(told: Sheet) -> Response:
    """Answer with a card for address books."""
    sheet, made = told["record"], io.BytesIO()
    reach: dict[str, list[str]] = {}
    for one in sheet["contact_points"]:
        if one["retired_at"] is None and one["owner"] == "self":
            reach.setdefault(one["channel"], []).append(one["value"])
    cards.write(made, [{**sheet, "reach": reach}], lambda _row: gettext("As the office holds it"), language())
    return _sent(made.getvalue(), f"{sheet['code']}.vcf", "text/vcard")


TAKEN: Final = {"pdf": as_pdf, "json": as_json, "vcf": as_card}


def _sureness(point: Sheet) -> tuple[date, int]:
    """Return a key by which the contact point that was verified last comes last."""
    return point["verified_on"] or date.min, point["id"]


def _headed(title: str, code: str, spoken: str) -> dict[str, Any]:
    whose = office()
    name = whose.name_vi if spoken == "vi" else whose.name_en
    blank = dict.fromkeys(("link", "open", "secret", "secret_words", "drawn"), "")
    head = {"office_name": name, "address": whose.address, "contact": whose.contact, "title": title, "code": code}
    return {**head, **blank, "language": spoken, "to": [], "paragraphs": [], "sections": []}


def _sections(told: Sheet) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    sheet = told["record"]
    for heading, names in PARTS.items():
        yield gettext(heading), [(field_label(one), shown(one, sheet[one])) for one in recorded(sheet, names)]
    yield (
        gettext("How to reach you"),
        [
            (label_of("channel", one["channel"]), reached(one["channel"], one["value"]))
            for one in sheet["contact_points"]
            if one["retired_at"] is None
        ],
    )
    yield gettext("Associations"), [(one["name"], one["role"] or "") for one in sheet["memberships"]]
    yield (
        gettext("What you said, the latest first"),
        [(day(one["signed_at"]), ", ".join(label_of(kind, one[name]) for kind, name in _SAID)) for one in told["said"]],
    )
    yield (
        gettext("Who has read this record"),
        [(moment(one["at"]), " · ".join(filter(None, _reading(one)))) for one in told["readings"]],
    )
    yield (
        gettext("What you asked of the office"),
        [
            (one["code"], f"{label_of('request_kind', one['kind'])}, {day(one['received_on'])}")
            for one in told["requests"]
        ],
    )


_SAID: Final = (("purpose", "purpose"), ("channel", "channel"), ("consent", "state"), ("method", "method"))


def _reading(one: Sheet) -> tuple[str | None, ...]:
    role = label_of("role", one["role"]) if one["role"] else None
    own = one["role"] == "subject"
    purpose = None if own else reason(one["purpose"])
    return label_of("deed", one["deed"]), one["organisation"], role, purpose


def _drawn(link: str) -> str:
    held = io.BytesIO()
    segno.make(link, error="m").save(held, kind="svg", scale=4, border=2)
    return held.getvalue().decode()


def _plain(value: Any) -> str:
    return str(value.isoformat() if hasattr(value, "isoformat") else value)


def _sent(content: bytes, name: str, media: str) -> Response:
    return send_file(io.BytesIO(content), media, as_attachment=True, download_name=name)
