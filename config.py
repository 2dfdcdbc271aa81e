"""Settings: one class, read from the environment; docs/configuration.md lists every one.

Secrets have no working default: without them the service refuses to start. `make run` makes its
own in `instance/`.
"""

import os
import subprocess
from pathlib import Path


def _text(name: str, default: str = "") -> str:
    return os.environ.get(f"KIEUBAO_{name}", default)


def _keys(setting: str) -> str:
    """Return keys from where a setting points: `file:PATH`, `env:NAME` or `command:…`."""
    kind, _, where = setting.partition(":")
    if kind == "file":
        return Path(where).read_text("utf-8")
    if kind == "env":
        return os.environ[where]
    if kind == "command":
        return subprocess.run(where, shell=True, check=True, capture_output=True, text=True).stdout  # noqa: S602 - the office's own command
    return ""


class Config:
    SECRET_KEY = _text("SECRET_KEY")
    KEYS = _keys(_text("KEYS"))
    SIGNING_KEY = _keys(_text("SIGNING_KEY"))
    DATABASE_URL = _text("DATABASE_URL", "sqlite:///kieubao.sqlite")
    PROVINCE = _text("PROVINCE", "42")
    OFFICE_VI = _text("OFFICE_VI", "Ủy ban nhân dân tỉnh Hà Tĩnh")
    OFFICE_EN = _text("OFFICE_EN", "People's Committee of Hà Tĩnh Province")
    DEFAULT_LANGUAGE = _text("DEFAULT_LANGUAGE", "vi")
    HTTPS = _text("HTTPS", "1") == "1"
    SPOOL = _text("SPOOL") or None
    DEMO = _text("DEMO") == "1"
    DEMO_PASSWORD = _text("DEMO_PASSWORD")
