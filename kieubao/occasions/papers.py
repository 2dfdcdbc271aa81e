"""An occasion on paper: a file for calendars (RFC 5545), the template of its letters. None holds anybody's data."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from io import BytesIO
from typing import Any, Final

from flask import Response, send_file
from flask_babel import gettext
from icalendar import Calendar, Event
from werkzeug.datastructures import FileStorage

from kieubao.ground import clock, letters
from kieubao.ground.errors import Invalid, NotFound, _
from kieubao.shown import country_name, day

MEDIA: Final = "text/calendar"
_HOME: Final = "VN"


def sent(sheet: Mapping[str, Any]) -> Response:
    """Send an occasion as a file for calendars."""
    return send_file(BytesIO(calendar(sheet)), MEDIA, as_attachment=True, download_name=f"{sheet['code']}.ics")


def letter(template: bytes, code: str, language: str) -> Response:
    """Send the template of an occasion's letters."""
    name = f"{code}-{language}.docx"
    return send_file(BytesIO(template), letters.MEDIA, as_attachment=True, download_name=name)


def written(upload: FileStorage | None) -> bytes:
    """Return a template that was sent; raise Invalid where none was, or more than a letter is."""
    if upload is None or not upload.filename:
        raise Invalid(_("Choose a file"), field="file")
    template = upload.stream.read(letters.MOST + 1)
    if len(template) > letters.MOST:
        raise Invalid(_("The template is too large: at most %(most)s KB"), field="file", most=letters.MOST // 1000)
    return template


def calendar(sheet: Mapping[str, Any]) -> bytes:
    """Write an occasion for a calendar, in the reader's language. Raises NotFound where its day is not recorded.

    Its hour is of Việt Nam's time; of an occasion in another country only the days are told.
    """
    if sheet["starts_on"] is None:
        raise NotFound(_("There is no file for calendars before its day is recorded"))
    event = Event()
    event.add("uid", f"{sheet['code']}@kieubao")
    event.add("dtstamp", clock.now())
    event.add("sequence", sheet["version"] - 1)
    event.add("summary", sheet["title"])
    for name, value in _when(sheet).items():
        event.add(name, value)
    for name, value in _told(sheet).items():
        event.add(name, value)
    file = Calendar()
    file.add("prodid", "-//kieubao//VI")
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    file.add_component(event)
    file.add_missing_timezones()
    return bytes(file.to_ical())


def _told(sheet: Mapping[str, Any]) -> dict[str, str]:
    answer = gettext("Please answer by %(day)s", day=day(sheet["reply_by"])) if sheet["reply_by"] else ""
    place = ", ".join(filter(None, (sheet["place"], sheet["country"] and country_name(sheet["country"]))))
    words = "\n".join(filter(None, (sheet["description"], answer)))
    return {
        name: text for name, text in (("location", place), ("contact", sheet["host"]), ("description", words)) if text
    }


def _when(sheet: Mapping[str, Any]) -> dict[str, Any]:
    first, last, hour = sheet["starts_on"], sheet["ends_on"] or sheet["starts_on"], sheet["starts_at"]
    if not hour or sheet["country"] not in {None, _HOME}:
        # The end of a whole day is the day after it.
        return {"dtstart": first, "dtend": last + timedelta(days=1)}
    begin = datetime.combine(first, time.fromisoformat(hour), clock.HANOI)
    # Until when it goes is not recorded, but for the day.
    return {"dtstart": begin} | ({"dtend": datetime.combine(last, time.max, clock.HANOI)} if last > first else {})
