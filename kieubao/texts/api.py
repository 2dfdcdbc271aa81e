"""/api/v1: text messages that people sent to the office, as its gateway hands them on."""

from kieubao.access.session import current_actor
from kieubao.http import Blueprint
from kieubao.texts import service
from kieubao.texts.schemas import TextForm
from kieubao.visits import papers

bp = Blueprint("texts", __name__, description="Text messages that people sent")


@bp.post("/texts")
@bp.arguments(TextForm)
@bp.response(204)
def take(form: dict[str, str]) -> None:
    """Take a text message that somebody sent: it does what it says, and answers whoever has the number."""
    service.take(current_actor(), form["from_number"], form["text"], papers.named(), papers.site())
