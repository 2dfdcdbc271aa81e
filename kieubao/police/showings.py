"""The only writer of what was shown: three times at most, for 72 hours, each time a hand-over that its person sees."""

import json
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, select, update

from kieubao.access.use_case import note
from kieubao.consent import handover
from kieubao.consent.handover import What
from kieubao.consent.vocabulary import RELEASE
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, NotFound, _
from kieubao.people import releases
from kieubao.police import deferrals, requests
from kieubao.police.models import DisclosureRequest, DisclosureSubject, DisclosureView
from kieubao.police.vocabulary import MOST_VIEWS, OPEN_FOR

Sheet = dict[str, Any]
_TRIES: Final = 5


def show(found: DisclosureRequest, by: int) -> Sheet:
    """Seal what was released as shown once more; return it. Raises NotFound once it is over or was shown three times.

    Whoever stands otherwise than when it was released is shown no more.
    """
    code, unit_id = found.code, found.unit_id
    _refuse_closed(found)
    for _try in range(_TRIES):
        mark = handover.watermark()
        shown = _still(found)
        ids = requests.known(shown)
        sheet = [_shown(one) for one in shown]
        what = What(code, RELEASE, (), deferrals.lasts_until(found))
        made = handover.prepare(unit_id, what, mark, ids, in_rows=False)
        if handover.seal(made):
            return _counted(code, by, ids, sheet)
        found = requests.any_of(code)
    raise Conflict(_("The registry is changing just now: try again in a moment"))


def left(one: DisclosureRequest) -> int:
    """Return how often what was released may be shown still."""
    return MOST_VIEWS - views(one) if requests.is_open(one) else 0


def views(one: DisclosureRequest) -> int:
    query = select(func.count()).select_from(DisclosureView).where(DisclosureView.request_id == one.id)
    return db.session.scalar(query) or 0


def forget_over() -> int:
    """Leave nothing of what was released and is over; return of how many people."""
    over = select(DisclosureRequest.id).where(DisclosureRequest.released_at < clock.now() - OPEN_FOR)
    theirs = (DisclosureSubject.request_id.in_(over), DisclosureSubject.given.is_not(None))
    gone: Any = db.session.execute(update(DisclosureSubject).where(*theirs).values(given=None))
    return int(gone.rowcount)


def _counted(code: str, by: int, ids: Sequence[int], sheet: Sequence[Sheet]) -> Sheet:
    """Count a showing, under the lock; return what is shown."""
    one = requests.any_of(code, lock=True)
    _refuse_closed(one)
    number = views(one) + 1
    db.session.add(DisclosureView(request_id=one.id, number=number, account_id=by))
    db.session.flush()
    note(request=code, view=number, subjects=requests.pseudonyms(ids))
    told, numbers = requests.told(one), {row["number"] for row in sheet}
    return told | {
        "people": sheet,
        "without": [number for number in range(1, told["asked_for"] + 1) if number not in numbers],
        "view": number,
        "left": MOST_VIEWS - number,
        "shown_at": clock.now(),
    }


def _refuse_closed(one: DisclosureRequest) -> None:
    """Raise NotFound, in one sentence, for what waits, was refused, is over or was shown three times."""
    if not left(one):
        raise NotFound(_("There is no disclosable record"))


def _still(one: DisclosureRequest) -> list[DisclosureSubject]:
    people = [subject for subject in requests.subjects(one) if subject.given]
    stand = releases.stands_since(requests.known(people), one.line or 0)
    return [subject for subject in people if subject.person_id in stand]


def _shown(subject: DisclosureSubject) -> Sheet:
    return {
        "number": subject.number,
        "pseudonym": subject.pseudonym,
        "items": json.loads(subject.given or "{}"),
    }
