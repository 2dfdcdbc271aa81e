"""/api/v1/duplicates and /api/v1/merges: records that may be one person's."""

from typing import Any

from kieubao.access.session import current_actor
from kieubao.described import JobSheet
from kieubao.duplicates import service
from kieubao.duplicates.schemas import (
    ConfirmForm,
    MergedSheet,
    MergeSheet,
    PairsSheet,
    ProposalForm,
    QueueQuery,
    SaidForm,
    UndoneSheet,
    WholePairSheet,
)
from kieubao.http import Blueprint, as_cursor, read_cursor
from kieubao.people.vocabulary import WAITING, PairState

bp = Blueprint("duplicates", __name__, description="Records that may be one person's")


@bp.get("/duplicates")
@bp.arguments(QueueQuery, location="query")
@bp.response(200, PairsSheet)
def all_pairs(form: dict[str, Any]) -> Any:
    """List the pairs that wait, the likeliest first."""
    after = read_cursor(form["after"]) if "after" in form else None
    states = [*map(PairState, form.get("states", ()))] or WAITING
    found = service.all_pairs(current_actor(), states=states, after=after)
    return {**found, "more": as_cursor(found["more"])}


@bp.post("/duplicates/sweep")
@bp.response(202, JobSheet)
def have_swept() -> Any:
    """Have everybody compared by a job."""
    return service.have_swept(current_actor())


@bp.get("/duplicates/<code:left>/<code:right>")
@bp.response(200, WholePairSheet)
def one_pair(left: str, right: str) -> Any:
    """Show two records side by side."""
    return service.one_pair(current_actor(), left, right)


@bp.put("/duplicates/<code:left>/<code:right>/decision")
@bp.arguments(SaidForm)
@bp.response(204)
def decide(form: dict[str, Any], left: str, right: str) -> None:
    """Say that they are two people, or that one cannot tell."""
    service.decide(current_actor(), left, right, state=PairState(form["state"]))


@bp.post("/duplicates/<code:left>/<code:right>/proposal")
@bp.arguments(ProposalForm)
@bp.response(204)
def propose(form: dict[str, Any], left: str, right: str) -> None:
    """Say that they are one person, and how to merge their records; somebody else confirms it."""
    versions = (form["kept_version"], form["gone_version"])
    service.propose(current_actor(), left, right, taken=form["taken"], versions=versions)


@bp.post("/duplicates/<code:left>/<code:right>/merge")
@bp.arguments(ConfirmForm)
@bp.response(200, MergedSheet)
def merge(form: dict[str, Any], left: str, right: str) -> Any:
    """Merge two records as was proposed."""
    return {"code": service.merge(current_actor(), left, right, **form)}


@bp.post("/duplicates/<code:left>/<code:right>/decline")
@bp.arguments(ConfirmForm)
@bp.response(204)
def decline(form: dict[str, Any], left: str, right: str) -> None:
    """Leave two records as they are."""
    service.decline(current_actor(), left, right, **form)


@bp.get("/merges")
@bp.response(200, MergeSheet(many=True))
def all_merges() -> Any:
    """List the latest merges."""
    return service.all_merges(current_actor())


@bp.delete("/merges/<code:code>")
@bp.response(200, UndoneSheet)
def undo(code: str) -> Any:
    """Undo a merge, by the code of the record that went."""
    return service.undo(current_actor(), code)
