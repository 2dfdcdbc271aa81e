"""Settings: one class, read from the environment; docs/configuration.md lists every one.

Secrets have no working default: without them the service refuses to start. `make run` makes its
own in `instance/`.
"""

import os

from kieubao.ground import keyfile


def _text(name: str, default: str = "") -> str:
    return os.environ.get(f"KIEUBAO_{name}", default)


class Config:
    SECRET_KEY = _text("SECRET_KEY")
    KEYS = keyfile.read(_text("KEYS"))
    KEYS_FILE = keyfile.path(_text("KEYS"))
    SIGNING_KEY = keyfile.read(_text("SIGNING_KEY"))
    DATABASE_URL = _text("DATABASE_URL", "sqlite:///kieubao.sqlite")
    OWNER_URL = _text("OWNER_URL")
    PROVINCE = _text("PROVINCE", "42")
    OFFICE_VI = _text("OFFICE_VI", "Ủy ban nhân dân tỉnh Hà Tĩnh")
    OFFICE_EN = _text("OFFICE_EN", "People's Committee of Hà Tĩnh Province")
    OFFICE_ADDRESS = _text("OFFICE_ADDRESS")
    OFFICE_CONTACT = _text("OFFICE_CONTACT")
    DEFAULT_LANGUAGE = _text("DEFAULT_LANGUAGE", "vi")
    DAYS_OFF = _text("DAYS_OFF")
    ORIGIN = _text("ORIGIN", "http://localhost:8000")
    PROXIES = int(_text("PROXIES", "0"))
    BREACHED_PASSWORDS = _text("BREACHED_PASSWORDS") or None
    HTTPS = _text("HTTPS", "1") == "1"
    SPOOL = _text("SPOOL") or None
    BACKUP_FOLDER = _text("BACKUP_FOLDER")
    BACKUP_RECIPIENTS = _text("BACKUP_RECIPIENTS")
    TOMBSTONES = _text("TOMBSTONES")
    MAIL = _text("MAIL")
    MAIL_FROM = _text("MAIL_FROM")
    ALARM_TO = _text("ALARM_TO")
    SMS = _text("SMS")
    SMS_TOKEN = _text("SMS_TOKEN")
    DEMO = _text("DEMO") == "1"
    DEMO_PASSWORD = _text("DEMO_PASSWORD")
