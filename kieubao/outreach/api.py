"""/api/v1/lists, issues and grants."""

from typing import Any

from flask import Response, send_file

from kieubao.access.session import current_actor
from kieubao.http import Blueprint, expected_version, language, site, versioned
from kieubao.occasions import papers
from kieubao.outreach import organizer, rosters, service
from kieubao.outreach.files import MEDIA
from kieubao.outreach.schemas import (
    AcknowledgeForm,
    AskedFirstForm,
    DigestForm,
    DraftForm,
    GrantForm,
    ListForm,
    PullForm,
    RemarksForm,
    WidenForm,
)
from kieubao.outreach.sheets import (
    AcknowledgedSheet,
    GrantSheet,
    HouseholdsSheet,
    InForceSheet,
    ListSheet,
    OpenSheet,
    PlaceSheet,
    PreviewSheet,
    PulledSheet,
    PullSheet,
    RosterSheet,
    UntoldSheet,
    WaitingSheet,
)
from kieubao.outreach.vocabulary import Format
from kieubao.outreach.wording import in_vietnamese

_FILE = {"type": "string", "format": "binary"}
bp = Blueprint("outreach", __name__, description="From a list to a file in an organizer's hands")


@bp.post("/lists")
@bp.arguments(DraftForm)
@bp.response(201, ListSheet)
def draft(form: dict[str, Any]) -> Any:
    """Draw up a list."""
    return versioned(service.draft(current_actor(), **form))


@bp.get("/lists")
@bp.response(200, ListSheet(many=True))
def all_lists() -> Any:
    """List the lists within scope."""
    return service.all_lists(current_actor())


@bp.get("/lists/<code:code>")
@bp.response(200, ListSheet)
def read(code: str) -> Any:
    """Open a list, with its issues, grants and pulls."""
    return versioned(service.read(current_actor(), code))


@bp.patch("/lists/<code:code>")
@bp.arguments(ListForm(partial=True))
@bp.response(200, ListSheet)
def edit(form: dict[str, Any], code: str) -> Any:
    """Change a list that is still at the version of If-Match; it is a draft again."""
    return versioned(service.edit(current_actor(), code, version=expected_version(), values=form))


@bp.post("/lists/<code:code>/preview")
@bp.response(200, PreviewSheet)
def preview(code: str) -> Any:
    """Count who would be in, and who is out for which reason."""
    return service.preview(current_actor(), code)


@bp.get("/lists/<code:code>/households")
@bp.response(200, HouseholdsSheet)
def households(code: str) -> Any:
    """Say whom of each household of several a list asks."""
    return service.households(current_actor(), code)


@bp.post("/lists/<code:code>/households")
@bp.arguments(AskedFirstForm)
@bp.response(200, ListSheet)
def ask_first(form: dict[str, str], code: str) -> Any:
    """Have a list ask somebody before the others of their household; it is a draft again."""
    return versioned(service.ask_first(current_actor(), code, **form))


@bp.get("/lists/<code:code>/untold")
@bp.response(200, UntoldSheet)
def untold(code: str) -> Any:
    """Say who is in a file of a roster, and was not told of it yet."""
    return rosters.untold(current_actor(), code)


@bp.get("/rosters")
@bp.response(200, RosterSheet(many=True))
def all_rosters() -> Any:
    """List the rosters for emergencies that an approver approved."""
    return rosters.rosters(current_actor())


@bp.post("/rosters/<code:code>/approve")
@bp.arguments(DigestForm)
@bp.response(200, RosterSheet)
def co_approve(form: dict[str, str], code: str) -> Any:
    """Approve a roster too, as the protection officer saw it."""
    return rosters.co_approve(current_actor(), code, digest=form["digest"])


@bp.get("/persons/<code:code>/issues")
@bp.response(200, PlaceSheet(many=True))
def why(code: str) -> Any:
    """Say of a person why they are in each issue that named them, or out of it."""
    return service.why(current_actor(), code)


@bp.post("/lists/<code:code>/submit")
@bp.response(200, ListSheet)
def submit(code: str) -> Any:
    """Submit a list for approval."""
    return versioned(service.submit(current_actor(), code))


@bp.post("/lists/<code:code>/approve")
@bp.arguments(DigestForm)
@bp.response(200, ListSheet)
def approve(form: dict[str, str], code: str) -> Any:
    """Approve what was previewed, by its digest."""
    return versioned(service.approve(current_actor(), code, digest=form["digest"]))


@bp.post("/lists/<code:code>/return")
@bp.arguments(RemarksForm)
@bp.response(200, ListSheet)
def send_back(form: dict[str, str], code: str) -> Any:
    """Send a list back with remarks."""
    return versioned(service.send_back(current_actor(), code, remarks=form["remarks"]))


@bp.post("/lists/<code:code>/publish")
@bp.response(200, ListSheet)
def publish(code: str) -> Any:
    """Freeze those who may be contacted now as the next issue."""
    return versioned(service.publish(current_actor(), code, worded=in_vietnamese))


@bp.post("/lists/<code:code>/close")
@bp.response(200, ListSheet)
def close(code: str) -> Any:
    """Close a list and recall its issue."""
    return versioned(service.close(current_actor(), code))


@bp.post("/lists/<code:code>/grants")
@bp.arguments(GrantForm)
@bp.response(201, GrantSheet)
def grant(form: dict[str, Any], code: str) -> Any:
    """Open the issue in force to an organisation."""
    return service.grant(current_actor(), code, **form)


@bp.get("/grants/agreements")
@bp.response(200, InForceSheet(many=True))
def agreements_in_force() -> Any:
    """List the hand-over agreements an issue can be granted under."""
    return service.agreements_in_force(current_actor())


@bp.get("/grants")
@bp.response(200, OpenSheet(many=True))
def grants() -> Any:
    """List the grants that are open to anybody today."""
    return service.grants(current_actor())


@bp.put("/grants/<int:grant_id>/limits")
@bp.arguments(WidenForm)
@bp.response(200, GrantSheet)
def widen(form: dict[str, int], grant_id: int) -> Any:
    """Let a grant carry more rows or pulls a day."""
    return service.widen(current_actor(), grant_id, **form)


@bp.get("/issues")
@bp.response(200, OpenSheet(many=True))
def granted() -> Any:
    """List the issues open to my organisation."""
    return organizer.granted(current_actor())


@bp.get("/issues/<code:code>/pulls")
@bp.response(200, PullSheet(many=True))
def made_pulls(code: str) -> Any:
    """List the pulls my organisation made, with the codes of people to stop contacting."""
    return organizer.made_pulls(current_actor(), code)


@bp.get("/issues/<code:code>/calendar")
@bp.response(200, _FILE, content_type=papers.MEDIA)
def calendar(code: str) -> Response:
    """Take the occasion of an issue that is open to my organisation as a file for calendars."""
    return papers.sent(organizer.occasion(current_actor(), code))


@bp.get("/pulls/waiting")
@bp.response(200, WaitingSheet(many=True))
def to_acknowledge() -> Any:
    """List the pulls of my organisation of which stop notices wait."""
    return organizer.to_acknowledge(current_actor())


@bp.post("/pulls/<code:code>/acknowledge")
@bp.arguments(AcknowledgeForm)
@bp.response(200, AcknowledgedSheet)
def acknowledge(form: dict[str, int], code: str) -> Any:
    """Say that the stop notices of a pull of my organisation were heeded, up to the last one I saw."""
    return organizer.acknowledge(current_actor(), code, **form)


@bp.post("/issues/<code:code>/pulls")
@bp.arguments(PullForm)
@bp.response(200, PulledSheet, content_type=MEDIA[Format.JSON])
@bp.response(200, _FILE, content_type=MEDIA[Format.CSV])
@bp.response(200, _FILE, content_type=MEDIA[Format.XLSX])
@bp.response(200, _FILE, content_type=MEDIA[Format.VCARD])
@bp.response(200, _FILE, content_type=MEDIA[Format.LABELS])
@bp.response(200, _FILE, content_type=MEDIA[Format.LETTERS])
def pull(form: dict[str, Any], code: str) -> Response:
    """Take the file, sealed: those who may be contacted at this moment."""
    file = organizer.pull(current_actor(), code, **form, language=language(), site=site())
    return send_file(file.content, file.media, as_attachment=True, download_name=file.name)
