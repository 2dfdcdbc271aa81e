"""What of a mapping is kept for the next file of its sender: never what proves consent."""

from collections.abc import Collection, Mapping
from typing import Any

from kieubao.intake.mapping import laid_out

# What proves an answer, and is never kept for another file; and where values stand that are the same for everybody.
UNPROVED = frozenset({"signed_on", "evidence"})
_FIXED = ("fixed", "person", "relative")


def carried(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a mapping is kept for the next file: where its table stands, and what proves consent, is not."""
    layout, kept = laid_out(said), _without({"sheet"}, said)
    if "means" in kept.get("consent", {}):
        means = {text: _without(UNPROVED, one) for text, one in kept["consent"]["means"].items()}
        kept["consent"] = {**kept["consent"], "means": means}
    if "consent" in {part.fixed.get("legal_basis") for part in (layout.person, layout.relative)}:
        kept = {name: _undocumented(one) if name in _FIXED else one for name, one in kept.items()}
    return kept


def _undocumented(said: Mapping[str, Any]) -> dict[str, Any]:
    """Leave the document out that people's consent to be recorded rests on, in the values that are the same for all."""
    kept = _without({"legal_document"}, said)
    return {**kept, "fixed": _without({"legal_document"}, kept["fixed"])} if "fixed" in kept else kept


def _without(names: Collection[str], said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in names}
