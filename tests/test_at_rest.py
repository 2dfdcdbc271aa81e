"""Nothing that is promised to be sealed lies in the clear: not in the database's files, its log or its scraps.

Names, homes, countries and cities are plain by design, for search and filters.
"""

import json
import random
import re
from contextlib import suppress
from datetime import date
from pathlib import Path

import psycopg
import pytest
from flask import current_app, session
from sqlalchemy import String, Uuid, text
from sqlalchemy.engine import make_url

from kieubao import http
from kieubao.access import service as access
from kieubao.access.roles import PUBLIC
from kieubao.consent.statements import Spoken
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.db import Base, Encrypted, Words, db
from kieubao.entry import service as entry
from kieubao.entry.service import Door, Proof
from kieubao.ground.errors import SignInRefused
from kieubao.ground.passkeys import Site
from kieubao.ground.phones import Phone
from kieubao.people import enrolment
from kieubao.people import service as people
from kieubao.people.schemas import ContactForm, EnrolForm
from tests import canaries, factories
from tests.campaigns import later_on
from tests.canaries import Scan
from tests.databases import as_root

PEOPLE, OTHERS = 90, 40
HASH_OR_KEY = re.compile(rb"(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9]{16,19})(?![0-9a-f])")
DOOR = Door("192.0.2.7", "Firefox, Windows", None, Site("http://localhost", "kieubao"), b"")


def digits(count):
    return "".join(random.choices("12345678", k=count))


def spaced(number):
    return f"{number[:3]} {number[3:6]} {number[6:]}"


class Secrets:
    """What is said of one person, all of it to be sealed."""

    def __init__(self):
        self.abroad, self.at_home = f"+420 {spaced('60' + digits(7))}", f"098{digits(7)}"
        self.later, self.email = f"097{digits(7)}", f"{canaries.token()}@example.com"
        texts = ("post", "address", "moved", "note", "noted", "source", "document", "evidence", "speaker", "proof")
        for number, name in enumerate(texts):
            setattr(self, name, f"{number} Đường {canaries.token()}, căn hộ số {digits(3)}")

    def planted(self):
        numbers = (self.abroad, self.at_home, self.later)
        dialled = [Phone.sole(number, ("CZ", "VN")).e164 for number in numbers]
        return {*vars(self).values(), *dialled}

    def form(self, **fields):
        points = {"phone": self.abroad, "zalo": self.at_home, "email": self.email, "post": self.post}
        return factories.form(
            f"Trần Văn {canaries.token(6).title()}",
            contact_points=[{"channel": channel, "value": value} for channel, value in points.items()],
            address=self.address,
            note=self.note,
            source=self.source,
            legal_document=self.document,
            **fields,
        )


@pytest.fixture
def clerk(cast):
    factories.notice()
    return cast["clerk"]


def live(clerk, secrets):
    """Record a person, say things of them, and change them: each by the use case a clerk has for it."""
    code = enrolment.enrol(clerk, EnrolForm().load(secrets.form()))["code"]
    said = {"method": "paper", "evidence": secrets.evidence, "capacity": "representative", "given_by": secrets.speaker}
    yes = Spoken([Purpose.EVENTS], [Channel.EMAIL], State.GIVEN, date(2026, 1, 1), said, "events/1")
    people.record_consent(clerk, code, yes)
    no = {"method": "paper", "evidence": secrets.proof}
    people.withdraw_all(clerk, code, Spoken([], [], State.WITHDRAWN, date(2026, 2, 1), no))
    people.amend(clerk, code, version=1, changes={"address": secrets.moved, "note": secrets.noted})
    added = people.add_contact(clerk, code, ContactForm().load({"channel": "sms", "value": secrets.later}))
    people.retire_contact(clerk, code, added["contact_points"][0]["id"])
    for typed in (secrets.abroad, secrets.email, secrets.later[-9:]):
        assert people.search(clerk, text=typed, wanted={})["people"][0]["code"] == code
    return code


def others(clerk):
    """What is told but belongs to nobody: numbers sought, names mistyped at the door, names of files, tokens."""
    planted = set()
    for _turn in range(OTHERS):
        sought, typed = f"+420 {spaced('70' + digits(7))}", canaries.token(20)
        people.search(clerk, text=sought, wanted={})
        with suppress(SignInRefused):
            entry.sign_in(PUBLIC, DOOR, Proof(typed, typed, typed))
        name = f"danh sách {canaries.token()}.csv"
        secret = access.issue_token(clerk, name="t", days=1, permissions=["person:read"])
        told = canaries.token(20)
        factories.sent(clerk, factories.line(told), factories.line("", told), name=name)
        planted |= {sought, typed, name, secret, told}
    return planted


def files_of(url):
    """Every file in which a database may keep what it was told, and the rows of it as text."""
    address = make_url(url)
    if address.drivername == "sqlite":
        path = Path(address.database)
        return {one.name: one.read_bytes() for one in path.parent.glob(f"{path.name}*")}
    return {**_cluster(), **_dumped()}


def but_chance(content):
    """What a file holds but whole hashes and keys, longer than any number that is dialled.

    In twenty thousand of them the nine last digits of one of some hundred numbers stand by chance, once in fifty runs.
    """
    return HASH_OR_KEY.sub(b"", content)


def _cluster():
    """The files of this one database, and the log since it was made; none where the server is not on this machine."""
    db.session.rollback()
    with psycopg.connect(as_root(current_app.config["DATABASE_URL"]), autocommit=True) as root:
        root.execute("CHECKPOINT")
        (folder,) = root.execute("SHOW data_directory").fetchone()
        (number,) = root.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    return {one.name: one.read_bytes() for one in (Path(folder) / "base" / str(number)).glob("*") if one.is_file()}


def _dumped():
    """Every row of every table as text: PostgreSQL packs long values, and a packed one is not found in a file.

    Bytes as they are: in as many hexadecimal digits the nine last ones of some number stand by chance.
    """
    db.session.execute(text("SET LOCAL bytea_output = 'escape'"))
    tables = db.session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
    rows = {name: db.session.execute(text(f'SELECT t::text FROM "{name}" t')).scalars() for name in tables}
    return {f"rows of {name}": "\n".join(found).encode() for name, found in rows.items()}


@pytest.mark.timeout(300)
@later_on("sqlite")
def test_nothing_promised_to_be_sealed_lies_in_the_clear(clerk, database):
    told = [Secrets() for _person in range(PEOPLE)]
    codes = [live(clerk, secrets) for secrets in told]
    planted = set().union(*(secrets.planted() for secrets in told)) | others(clerk)
    assert len(planted) >= 1_200
    plain = canaries.token(20)
    sheet = people.read(clerk, codes[0])
    assert (sheet["address"], sheet["note"], sheet["source"]) == (told[0].moved, told[0].noted, told[0].source)
    people.amend(clerk, codes[0], version=sheet["version"], changes={"city": plain})
    scan, files = Scan({*planted, plain}), files_of(database)
    found = {name: scan(but_chance(content)) for name, content in files.items()}
    assert {name: values - {plain} for name, values in found.items() if values - {plain}} == {}
    holding = {name for name, values in found.items() if values}
    assert holding, "what lies in the clear has to be found"
    assert all(len(content) > 0 for name, content in files.items() if name in holding)
    if database.startswith("sqlite"):
        assert {Path(name).suffix for name in files} == {".sqlite", ".sqlite-wal", ".sqlite-shm"}
    else:
        on_this_machine = {name for name in files if name.isdecimal()}
        assert not on_this_machine or on_this_machine & holding
        assert "rows of person" in holding


@pytest.mark.parametrize(
    "value", ["+420 601 555 148", "hoa.dang@example.com", "Số 5, Đường Đặng Thái Thân", "café crème"]
)
def test_the_search_finds_a_value_however_it_is_written_and_wherever(value):
    other = canaries.token()
    scan, written = Scan({value, other}), canaries.encodings(value)
    assert len(written) >= 10
    for needle in written:
        for before in range(9):
            assert scan(b"\0" * before + needle + b"\xff") == {value}
    assert scan(value[::-1].encode() + canaries.token().encode()) == set()


def test_base64_is_found_wherever_the_value_stands_in_it():
    value = canaries.token()
    for before in range(7):
        packed = json.dumps({"x": canaries.b64encode(b"{" * before + value.encode() + b"}").decode()})
        assert Scan({value})(packed.encode()) == {value}


def test_what_a_reader_puts_away_in_their_session_is_sealed(app):
    sought = f"+420 {spaced('60' + digits(7))}"
    with app.test_request_context():
        http.put_away("sought", {"text": sought})
        assert Scan({sought})(json.dumps(dict(session)).encode()) == set()
        assert http.taken_back("sought") == {"text": sought}


# Every text that is not sealed, by design, in the tables of people and of what they said.
PLAIN = {
    "person": "code kind name born gender form_of_address preferred_language home_text home_code home_old_province"
    " home_key home_old_code"
    " province commune country region city status citizenship generation occupation occupation_group sector"
    " sector_version workplace position education legal_basis sort_key family_key name_key given_key mid_key words"
    " work_key",
    "contact_point": "channel rule owner",
    "consent_event": "subject purpose channel state method capacity",
    "person_revision": "",
    "intake": "code digest encoding delimiter step",
    "intake_row": "state",
    "saved_mapping": "code",
    "edit": "code field op",
    "edit_row": "outcome",
    "contact_key": "key_id",
}


@pytest.mark.parametrize("table", PLAIN)
def test_whether_a_text_is_sealed_is_decided(table):
    columns = Base.metadata.tables[table].c
    texts = {c.key for c in columns if isinstance(c.type, String | Uuid | Words) and not isinstance(c.type, Encrypted)}
    assert texts == set(PLAIN[table].split())
