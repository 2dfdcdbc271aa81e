"""Hosts for backups to be made on and restored to: an office's keys, a place of each kind, and the work of a day."""

from contextlib import contextmanager
from itertools import count

from kieubao.access.roles import ASSIGNABLE, SYSTEM
from kieubao.backup import content, envelope, restoration
from kieubao.backup import service as backups
from kieubao.backup.reading import Reader
from kieubao.backup.shelf import GRAVES, Shelf
from kieubao.consent.statements import Spoken
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.db import db
from kieubao.ground import clock
from kieubao.outreach import organizer
from kieubao.outreach import service as outreach
from kieubao.outreach.vocabulary import Format
from kieubao.people import bonds, enrolment
from kieubao.people import service as people
from kieubao.people.records import Member
from kieubao.people.schemas import EnrolForm
from kieubao.tables import stored
from tests import factories
from tests.databases import application, owned

KINDS = ("sqlite", "postgresql")
# What a restore itself goes on with: its own line, tokens and sessions ended.
GOES_ON = {"audit_entry", "audit_head", "api_token"}
_numbers = count(1)


def quiet(_table, _rows):
    """Hear of progress and say nothing."""


class Office:
    """The folder of one office: two people's keys, a shelf, tombstones."""

    def __init__(self, folder):
        self.folder, self.shelf, self.graves = folder, folder / "shelf", folder / "graves"
        self.public = [envelope.write_identity(folder / name) for name in ("first", "second")]
        self.settings = {
            "BACKUP_FOLDER": str(self.shelf),
            "BACKUP_RECIPIENTS": ", ".join(self.public),
            "TOMBSTONES": str(self.graves),
        }

    def keys(self, name="first"):
        return envelope.identities(self.folder / name)

    @contextmanager
    def host(self, url, **settings):
        app = application(owned(url), **{**self.settings, **settings})
        with app.app_context():
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()

    def create(self, app, progress=quiet):
        shelf = Shelf.of(app.config)
        return shelf.keep(backups.create(SYSTEM, shelf, progress))

    def verify(self, path, office="42", key="first"):
        reader = Reader(office, quiet)
        envelope.unseal(path, self.keys(key), reader.receive)
        reader.finished()
        return reader

    def restore(self, path, key="second", graves=None):
        newest = restoration.newest([graves or path.parent / GRAVES])
        return restoration.restore(path, self.keys(key), newest, "42", quiet)


def tallies():
    """Rows and digest of every table as it is now."""
    db.session.rollback()
    return {of.name: content.tally(of) for of in stored()}


def a_day():
    """Some of everything there is: people, kin, members, every kind of word, a list published and pulled; its cast."""
    cast = {role.value: factories.actor(role) for role in ASSIGNABLE}
    factories.token(cast["clerk"])
    guests = [guest() for _each in range(6)]
    bonds.tie([(guests[0].id, guests[1].id, "elder_sibling", "younger_sibling")])
    bonds.join(guests[2].id, [Member("Hội đồng hương Hà Tĩnh tại Praha", "CZ", "Chủ tịch")])
    factories.consent(guests[3].id, State.WITHDRAWN)
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"])
    grant = organizer.granted(cast["organizer"])[0]["grant"]
    outreach.widen(cast["protection_officer"], grant, rows=1_000, pulls_a_day=100_000)
    code = issue.code
    pull(cast, code)
    return cast, code, guests


def guest():
    made = factories.person(**_somebody())
    factories.consent(made.id)
    return made


def _somebody():
    number = next(_numbers)
    points = [
        {"channel": "email", "value": f"khach{number}@example.com"},
        {"channel": "phone", "value": f"0983{number:06}"},
    ]
    # Nobody is like anybody.
    name = "Nguyễn Thị Đào " + " ".join("ABCDEGHIKL"[int(digit)] for digit in str(number))
    return {"name": name, "address": "Libušská 319", "contact_points": points, "born": "1987"}


def enrol(cast):
    """Record somebody as a clerk does, in a transaction that asks for the right to write first."""
    return enrolment.enrol(cast["clerk"], EnrolForm().load(factories.form(**_somebody())))["code"]


def pull(cast, code):
    organizer.pull(cast["organizer"], code, reason="in giấy mời", format=Format.CSV).content.close()


def withdraw(cast, code):
    said = Spoken([Purpose.EVENTS], [Channel.EMAIL], State.WITHDRAWN, clock.today(), {"method": "email"})
    people.record_consent(cast["clerk"], code, said)
