"""A keyring in a file, as an office has it, and what the tests ask of what it sealed."""

import json

from sqlalchemy import select, text

from kieubao.access.models import AuditEntry
from kieubao.db import db, held, keyring
from kieubao.ground.ciphers import Keyring
from kieubao.ground.keyfile import Held
from kieubao.ground.keys import Kind
from kieubao.keys import sealed
from tests import factories
from tests.databases import KEYS

PHONE, EMAIL = "+420 601 555 148", "hoa@example.com"


def kept(app, folder):
    """Have an application take its keys from a file; return the file."""
    path = folder / "keys.json"
    path.touch(mode=0o600)
    path.write_text(KEYS)
    app.extensions["kieubao.keyring"] = Held(KEYS, path)
    return path


def commands(app):
    """What runs `flask keys …` and gives back how it ended."""

    def run(*words):
        db.session.rollback()
        return app.test_cli_runner().invoke(args=["keys", *map(str, words)])

    return run


def turn(kind=Kind.FIELD):
    """Make a fresh key of a kind current; return the old one's id and the new one's."""
    old = keyring().current[kind]
    new, ring = keyring().adding(kind)
    held().replace(ring.using(new))
    return old, new


def lose(*key_ids):
    """Take keys out of the ring, whatever they hold."""
    ring = keyring()
    left = {key_id: key for key_id, key in ring.keys.items() if key_id not in key_ids}
    held().replace(Keyring(left, ring.current))


def someone(name="Đặng Thị Hòa", phone=PHONE, email=EMAIL, **fields):
    points = [{"channel": "phone", "value": phone}, {"channel": "email", "value": email}]
    return factories.person(name, contact_points=points, **{"address": "Libušská 319", "note": "gọi tối", **fields})


def holding():
    """Which keys the values of each place name, told by the raw bytes."""
    db.session.rollback()
    found = {}
    for place in sealed.places():
        table, name = place.split(".")
        rows = db.session.execute(text(f"SELECT {name} FROM {table} WHERE {name} IS NOT NULL")).scalars()
        found[place] = {bytes(value)[:4].decode() for value in rows}
    indexed = db.session.execute(text("SELECT DISTINCT key_id FROM contact_key")).scalars()
    return {place: ids for place, ids in {**found, "contact_key.key": set(indexed)}.items() if ids}


def lines(action):
    """What the trail says of an act: (found, outcome, details), in order."""
    db.session.rollback()
    query = select(AuditEntry).where(AuditEntry.action == f"keys.{action}").order_by(AuditEntry.id)
    return [(one.found, one.outcome, one.details) for one in db.session.scalars(query)]


def told(answer):
    return {key["id"]: key for key in json.loads(answer.stdout)}
