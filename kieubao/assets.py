"""What is static: addressed by its digest, kept by browsers for a year, and compressed.

Pages are not: what is secret in a page, beside what its reader sent, could be told from how well it compresses.
"""

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, current_app, request

_FOR_A_YEAR: Final = "public, max-age=31536000, immutable"
# Of an address without the digest nobody knows how long it stays so.
_FOR_AN_HOUR: Final = "public, max-age=3600"
_TEXTS: Final = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})
# Less than that is one packet anyhow.
_WORTH: Final = 1_000


def init_app(app: Flask) -> None:
    """Call it before whatever else touches answers: what comes after it here is done before it."""
    app.url_default_functions.setdefault(None, []).append(_by_digest)
    app.after_request(_kept)


def _by_digest(endpoint: str, values: dict[str, Any]) -> None:
    folder = _folder(endpoint)
    if folder and (digest := _digest(folder, values.get("filename", ""))):
        values["v"] = digest


def _kept(response: Response) -> Response:
    folder, name = _folder(request.endpoint or ""), (request.view_args or {}).get("filename", "")
    if not folder or response.status_code not in {200, 304}:
        return response
    is_known = request.args.get("v") == _digest(folder, name)
    response.headers["Cache-Control"] = _FOR_A_YEAR if is_known else _FOR_AN_HOUR
    response.vary.add("Accept-Encoding")
    if response.status_code == 200 and response.mimetype in _TEXTS and request.accept_encodings["gzip"]:  # noqa: PLR2004
        packed = _packed(folder, name)
        if packed:
            response.close()
            response.direct_passthrough = False
            response.data = packed
            response.content_encoding = "gzip"
    return response


def _folder(endpoint: str) -> str | None:
    """Return where an endpoint's static files are; None for one that has none."""
    blueprint, _dot, last = endpoint.rpartition(".")
    if last != "static":
        return None
    return current_app.blueprints[blueprint].static_folder if blueprint else current_app.static_folder


@lru_cache
def _digest(folder: str, name: str) -> str | None:
    path = Path(folder, name)
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else None


@lru_cache
def _packed(folder: str, name: str) -> bytes | None:
    content = Path(folder, name).read_bytes()
    return gzip.compress(content, mtime=0) if len(content) > _WORTH else None
