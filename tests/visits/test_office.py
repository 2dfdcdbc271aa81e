"""What the office does for those who come by links: real relays, and somebody who tells what none takes."""

import email.policy
import json
import re
import socket
import threading
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select, update

from kieubao import outbox, relay, worker
from kieubao.access.models import AuditEntry
from kieubao.db import db, writing
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, NotFound
from kieubao.outbox import Message
from kieubao.people import service as people
from kieubao.visits import office, recipient, works
from kieubao.visits.vocabulary import Handed
from kieubao.walls import Sight, confined
from tests import factories
from tests.visits.coming import NAMED, SITE, come, given, reached_person


class Mailbox:
    """A mail server that takes all, or nothing while it is `full`."""

    def __init__(self):
        self.letters, self.full = [], False

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - the library's own name
        if self.full:
            return "452 no room"
        self.letters.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 taken"


@pytest.fixture
def mailbox(app):
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    app.config |= {"MAIL": f"smtp://127.0.0.1:{port}", "MAIL_FROM": "kieubao@example.gov.vn"}
    relay.init_app(app)
    yield box
    server.stop()
    app.config |= {"MAIL": "", "MAIL_FROM": ""}
    del app.extensions["kieubao.relays"]


@contextmanager
def gateway(app, status=200, **headers):
    """A relay of text messages: what it was sent, and with which token."""
    taken = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append((json.loads(body), self.headers["Authorization"]))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_about):
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    app.config |= {"SMS": f"http://127.0.0.1:{server.server_port}/send", "SMS_TOKEN": "bí-mật".encode().hex()}
    relay.init_app(app)
    yield taken
    server.shutdown()
    thread.join()
    server.server_close()
    app.config |= {"SMS": "", "SMS_TOKEN": ""}
    del app.extensions["kieubao.relays"]


def waiting():
    db.session.rollback()
    with confined(Sight(everyone=True)):
        found = [(one.channel, one.tries) for one in db.session.scalars(select(Message).order_by(Message.id))]
        db.session.rollback()
    return found


def test_a_code_goes_by_the_offices_own_mail_within_a_round_and_is_kept_nowhere(cast, mailbox):
    actor = come(given(cast, reached_person()))
    points = {one["channel"]: one for one in recipient.welcome(actor)["points"]}
    assert (points["email"]["sent"], points["phone"]["sent"]) == (True, False)
    recipient.send_code(actor, points["email"]["id"], NAMED)
    assert waiting() == [("email", 0)]
    works.attend()
    ((to, letter),) = mailbox.letters
    assert (to, letter["From"], letter["Subject"]) == (
        ["hoa@example.com"], "kieubao@example.gov.vn", "Mã để mở hồ sơ của Ông/Bà",
    )  # fmt: skip
    assert waiting() == []
    recipient.prove(actor, re.search(r"\d{6}", letter.get_content())[0])
    db.session.rollback()
    (sent,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "visits.send"))
    assert (sent.role, sent.details["channel"], sent.details["fault"]) == ("system", "email", None)


def test_whoever_prefers_another_language_is_written_to_in_english(cast, mailbox):
    actor = come(given(cast, reached_person(preferred_language="cs")))
    recipient.send_code(actor, recipient.welcome(actor)["points"][0]["id"], NAMED)
    works.attend()
    assert mailbox.letters[0][1]["Subject"] == "The code to open your record"


def test_what_a_relay_does_not_take_is_tried_again_later_and_dropped_in_the_end(cast, mailbox, monkeypatch):
    actor = come(given(cast, reached_person()))
    recipient.send_code(actor, recipient.welcome(actor)["points"][0]["id"], NAMED)
    mailbox.full = True
    works.attend()
    assert waiting() == [("email", 1)]
    works.attend()
    assert waiting() == [("email", 1)]
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=2, seconds=5))
    works.attend()
    assert waiting() == [("email", 2)]
    mailbox.full = False
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=7))
    works.attend()
    assert (waiting(), len(mailbox.letters)) == ([], 1)
    recipient.send_code(actor, recipient.welcome(actor)["points"][0]["id"], NAMED)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=40))
    works.attend()
    assert (waiting(), len(mailbox.letters)) == ([], 1)


def test_what_cannot_be_recorded_is_not_sent_again_and_again(cast, mailbox, monkeypatch):
    actor = come(given(cast, reached_person()))
    recipient.send_code(actor, recipient.welcome(actor)["points"][0]["id"], NAMED)
    with monkeypatch.context() as broken:
        broken.setattr(outbox, "gone", lambda _message: 1 / 0)
        for _round in range(3):
            works.attend()
    assert (len(mailbox.letters), waiting()) == (1, [("email", 1)])


def test_one_that_fails_stands_in_nobodys_way(cast, mailbox, monkeypatch):
    first, second = (come(given(cast, reached_person())) for _one in range(2))
    for actor in (first, second):
        recipient.send_code(actor, recipient.welcome(actor)["points"][0]["id"], NAMED)
    sends = relay.send

    def refuse_first(*whom):
        monkeypatch.setattr(relay, "send", sends)
        raise ZeroDivisionError

    monkeypatch.setattr(relay, "send", refuse_first)
    works.attend()
    assert (len(mailbox.letters), waiting()) == (1, [("email", 1)])


def test_a_link_goes_to_an_address_of_their_own(cast, mailbox):
    person = reached_person()
    told = given(cast, person, Handed.EMAIL)
    assert (told["link"], told["secret"]) == ("", None)
    works.attend()
    ((to, letter),) = mailbox.letters
    assert to == ["hoa@example.com"]
    link = re.search(rf"{SITE}/p/([0-9A-Z-]+) ", letter.get_content())[1]
    assert recipient.welcome(come({"link": f"{SITE}/p/{link}"}))["handed"] == "email"


def test_no_link_is_mailed_where_it_cannot_be(cast, mailbox, app):
    other = factories.person(
        "Lê Văn Ba", contact_points=[{"channel": "email", "value": "x@example.com", "owner": "relative"}]
    )
    with pytest.raises(Conflict, match="of their own"):
        given(cast, other, Handed.EMAIL)
    app.extensions["kieubao.relays"].clear()
    with pytest.raises(Conflict, match="no mail"):
        given(cast, reached_person(), Handed.EMAIL)


def test_a_text_message_goes_by_the_offices_own_relay(cast, app):
    points = [{"channel": "sms", "value": "+420 601 555 149", "verified_on": "2026-01-05"}]
    with gateway(app) as taken:
        actor = come(given(cast, reached_person(contact_points=points)))
        recipient.send_code(actor, recipient.welcome(actor)["points"][0]["id"], NAMED)
        works.attend()
        ((sent, token),) = taken
        assert (sent["to"], token) == ("+420601555149", f"Bearer {'bí-mật'.encode().hex()}")
        recipient.prove(actor, re.search(r"\d{6}", sent["text"])[0])
        assert waiting() == []


def test_a_relay_that_answers_nonsense_took_nothing(cast, app):
    with socket.socket() as odd:
        odd.bind(("127.0.0.1", 0))
        odd.listen()

        def answer():
            asked, _whence = odd.accept()
            asked.recv(4_096)
            asked.sendall(b"SSH-2.0-x\r\n")
            asked.close()

        thread = threading.Thread(target=answer)
        thread.start()
        app.config |= {"SMS": f"http://127.0.0.1:{odd.getsockname()[1]}/"}
        relay.init_app(app)
        points = [{"channel": "sms", "value": "+420 601 555 149", "verified_on": "2026-01-05"}]
        actor = come(given(cast, reached_person(contact_points=points)))
        recipient.send_code(actor, recipient.welcome(actor)["points"][0]["id"], NAMED)
        works.attend()
        thread.join()
    assert waiting() == [("sms", 1)]
    app.config |= {"SMS": ""}
    del app.extensions["kieubao.relays"]


@pytest.mark.parametrize(("status", "headers"), [(500, {}), (302, {"Location": "http://example.com/"})])
def test_a_relay_that_refuses_or_sends_elsewhere_took_nothing(cast, app, status, headers):
    points = [{"channel": "sms", "value": "+420 601 555 149", "verified_on": "2026-01-05"}]
    with gateway(app, status, **headers) as taken:
        actor = come(given(cast, reached_person(contact_points=points)))
        recipient.send_code(actor, recipient.welcome(actor)["points"][0]["id"], NAMED)
        works.attend()
        assert (len(taken), waiting()) == (1, [("sms", 1)])


@pytest.mark.parametrize(
    "config",
    [
        {"MAIL": "http://relay"},
        {"MAIL": "smtps://"},
        {"MAIL": "smtps://relay", "MAIL_FROM": ""},
        {"SMS": "http://relay.example.com/send"},
        {"SMS": "ftp://127.0.0.1/"},
    ],
)
def test_a_relay_that_is_none_or_in_the_open_stops_the_start(app, config):
    before = {name: app.config.get(name) for name in ("MAIL", "MAIL_FROM", "SMS")}
    app.config |= config
    with pytest.raises(RuntimeError, match="KIEUBAO_"):
        relay.init_app(app)
    app.config |= before
    app.extensions.pop("kieubao.relays", None)


def test_what_no_relay_takes_is_told_by_a_clerk_in_whose_units_they_are(cast, client):
    person = reached_person()
    actor = come(given(cast, person))
    recipient.send_code(actor, recipient.welcome(actor)["points"][1]["id"], NAMED)
    (message,) = office.to_tell(cast["clerk"])
    assert (message["person"], message["name"], message["channel"]) == (person.code, "Đặng Thị Hòa", "phone")
    # Where and what it is stands on its own page, and who opened that is told to the person.
    assert {"address", "text"}.isdisjoint(message)
    whole = office.message(cast["clerk"], message["id"])
    assert (whole["address"], bool(re.search(r"\d{6}", whole["text"]))) == ("+420601555148", True)
    assert people.trace(cast["protection_officer"], person.code, reason="hỏi")["readings"][0]["role"] == "clerk"
    elsewhere = factories.actor("clerk", ("18685",))
    assert office.to_tell(elsewhere) == []
    for act in (office.told, office.message):
        with pytest.raises(NotFound):
            act(elsewhere, message["id"])
    office.told(cast["clerk"], message["id"])
    assert office.to_tell(cast["clerk"]) == []
    with pytest.raises(NotFound):
        office.told(cast["clerk"], message["id"])


def test_what_a_relay_takes_is_told_by_nobody(cast, mailbox):
    actor = come(given(cast, reached_person()))
    recipient.send_code(actor, recipient.welcome(actor)["points"][0]["id"], NAMED)
    assert office.to_tell(cast["clerk"]) == []
    with confined(Sight(everyone=True)):
        ((one, channel),) = outbox.due()
        assert channel == "email"
        db.session.rollback()
    with pytest.raises(NotFound):
        office.told(cast["clerk"], one)


def test_a_message_is_heard_of_as_soon_as_it_is_there(cast, monkeypatch):
    heard = []
    monkeypatch.setattr(worker, "_tell", heard.append)
    actor = come(given(cast, reached_person()))
    heard.clear()
    recipient.send_code(actor, recipient.welcome(actor)["points"][1]["id"], NAMED)
    assert len(heard) == 1


def test_a_link_is_given_within_scope_and_by_clerks_alone(cast, client):
    person = reached_person()
    elsewhere = factories.actor("clerk", ("18685",))
    with pytest.raises(NotFound):
        office.give_link(elsewhere, person.code, Handed.POST, NAMED, SITE)
    given(cast, person)
    assert people.trace(cast["protection_officer"], person.code, reason="hỏi")["readings"][0]["role"] == "clerk"


def test_programs_give_links_and_tell_messages_too(cast, client):
    person = reached_person()
    headers = factories.bearer(cast["clerk"])
    sent = {"person": person.code, "handed": "counter"}
    told = client.post("/api/v1/personal-links", json=sent, headers=headers)
    assert (told.status_code, {*told.json}) == (201, {"person", "link", "secret", "until"})
    assert re.fullmatch(r"http.*/p/[0-9A-Z-]{23}", told.json["link"])
    actor = come(told.json)
    recipient.send_code(actor, recipient.welcome(actor)["points"][0]["id"], NAMED)
    (message,) = client.get("/api/v1/messages", headers=headers).json
    assert message["person"] == person.code
    assert client.post(f"/api/v1/messages/{message['id']}/told", headers=headers).status_code == 204
    assert client.get("/api/v1/messages", headers=headers).json == []


def test_late_messages_are_dropped(cast):
    person = reached_person()
    with confined(Sight(everyone=True)):
        writing()
        outbox.put(outbox.To(person.id, "phone", "+420601555148"), outbox.Words("", "x"), clock.now())
        db.session.execute(update(Message).values(until=clock.now() - timedelta(seconds=1)))
        db.session.commit()
    works.attend()
    assert waiting() == []
