"""People answer for themselves by the link they were sent, and it tells whoever has it nothing of them."""

import csv
import io
import json
import random
import re
import zipfile
from datetime import date

import pytest
from docx import Document
from sqlalchemy import func, select, text

from kieubao.access.models import AuditEntry
from kieubao.access.roles import ASSIGNABLE, PUBLIC, SUBJECT, Role
from kieubao.consent.models import HandoverPerson, Standing
from kieubao.consent.vocabulary import Channel, Purpose
from kieubao.db import db, held, keyring, writing
from kieubao.ground import clock, codes
from kieubao.ground.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from kieubao.ground.keys import Kind
from kieubao.ground.tombstones import Tombstones
from kieubao.occasions import agenda
from kieubao.occasions.models import Response
from kieubao.occasions.turnout import Said
from kieubao.occasions.vocabulary import Answer, Presence
from kieubao.outreach import links, lists, organizer
from kieubao.outreach import service as outreach
from kieubao.outreach.models import Issue, Pull
from kieubao.outreach.vocabulary import Format
from kieubao.people import disclosure, erasure, merges
from kieubao.people.merges import Pair
from kieubao.responses import organizer as invites
from kieubao.responses import recipient, service
from kieubao.walls import Sight, confined
from tests import factories

SITE = "https://kieubao.example"
COMES, NOT, NO_MORE = Said(Answer.ACCEPTED, 2), Said(Answer.DECLINED), Said(Answer.NO_MORE)
FORMATS = ("csv", "json", "vcf", "letters", "listmonk", "texts", "xlsx")


@pytest.fixture
def issue(cast):
    """Of three people, by e-mail, post and text messages, with the link among the fields."""
    for number, name in enumerate(("Ba", "Tư", "Năm")):
        ways = {"email": f"{number}@example.com", "post": "Praha 1", "sms": f"+42060155514{number}"}
        points = [{"channel": channel, "value": value} for channel, value in ways.items()]
        guest = factories.person(f"Lê Văn {name}", contact_points=points, preferred_language="vi")
        for channel in ways:
            factories.consent(guest.id, channel=Channel(channel))
    options = {"fields": ("name", "reply"), "channels": [Channel.EMAIL, Channel.POST, Channel.SMS]}
    return factories.published(cast["clerk"], cast["approver"], cast["organizer"], formats=FORMATS, **options)


def taken(cast, issue, wanted=Format.CSV):
    file = organizer.pull(cast["organizer"], issue.code, reason="mời", format=wanted, site=SITE)
    with file.content as content:
        return file.pull, content.read()


def sent(cast, issue):
    """The links of a file, by the codes of people."""
    _pull, content = taken(cast, issue)
    rows = [*csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))]
    return {row["Mã"]: row["Trả lời tại"].removeprefix(f"{SITE}/r/") for row in rows}


def of(issue):
    return db.session.get(Issue, issue.id).outreach_list.occasion


def plan(issue, **fields):
    occasion = of(issue)
    for name, value in fields.items():
        setattr(occasion, name, value)
    db.session.commit()


def test_each_file_gives_everybody_a_link_of_their_own(cast, issue):
    first, second = sent(cast, issue), sent(cast, issue)
    assert len({*first.values(), *second.values()}) == 6
    for code, link in (*first.items(), *second.items()):
        assert re.fullmatch("([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}", link)
        assert codes.body(code) not in link.replace("-", "")
        recipient.answer(SUBJECT, link, Said(Answer.DECLINED))
        told = {row["person"] for row in invites.all_of(cast["organizer"], issue.code)["responses"]}
        assert code in told
    assert {one for (one,) in db.session.execute(select(Response.account_id))} == {None}


def test_it_stands_in_whatever_says_to_whom_it_is(cast, issue):
    """In letters, in messages, in what services read, in cards and for programs; on every row its own."""
    for wanted in (Format.LETTERS, Format.TEXTS, Format.LISTMONK, Format.VCARD, Format.JSON):
        drawn = db.session.get(Issue, issue.id)
        drawn.published_at = clock.now()
        db.session.execute(text("UPDATE list_grant SET pulls_a_day = 20"))
        db.session.commit()
        _pull, content = taken(cast, issue, wanted)
        if wanted is Format.LETTERS:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                letter = Document(io.BytesIO(archive.read("thu-moi.docx")))
            words = "\n".join(one.text for one in letter.paragraphs)
        else:
            words = content.decode().replace("\r\n ", "")
        found = {*re.findall(rf"{SITE}/r/([0-9A-Z-]{{29}})", words.replace("\\", ""))}
        assert len(found) == 3, wanted
        assert {recipient.read(SUBJECT, one)["occasion"]["title"] for one in found} == {"Gặp mặt Tết"}
    rows = [*csv.DictReader(io.StringIO(taken(cast, issue, Format.TEXTS)[1].decode(), newline=""))]
    assert all(row["message"].endswith(f". Trả lời tại {row['reply']}") for row in rows)


def test_what_is_said_is_what_the_office_and_whoever_invited_see(cast, issue):
    (code, link), (_other, second), *_rest = sent(cast, issue).items()
    assert recipient.read(SUBJECT, link)["answer"] is None
    told = recipient.answer(SUBJECT, link.lower().replace("-", " "), COMES)
    assert (told["answer"], told["companions"], told["waiting"]) == ("accepted", 2, False)
    counts = service.all_of(cast["clerk"], of(issue).code)["counts"]
    assert (counts["accepted"], counts["coming"]) == (1, 3)
    (row,) = invites.all_of(cast["organizer"], issue.code)["responses"]
    assert (row["person"], row["answer"], row["said_by"], row["account"]) == (code, "accepted", "self", None)
    assert service.of_person(cast["clerk"], code)[0]["account"] is None
    recipient.answer(SUBJECT, link, NO_MORE)
    assert [one["person"] for one in service.left_to_do(cast["clerk"])["no_more"]] == [code]
    db.session.execute(text("UPDATE list_grant SET pulls_a_day = 20"))
    db.session.commit()
    assert code not in sent(cast, issue)
    recipient.answer(SUBJECT, second, NOT)
    assert recipient.read(SUBJECT, second)["answer"] == "declined"


def test_a_link_tells_nothing_of_whose_it_is(cast, issue):
    """Not their name, nor what anybody else wrote down of them."""
    code, link = next(iter(sent(cast, issue).items()))
    said = Said(Answer.ACCEPTED, 1, note="mẹ ốm", said_by="relative", spoken_by="Lê Thị Hoa")
    service.record(cast["clerk"], of(issue).code, code, said)
    sheet = json.dumps(recipient.read(SUBJECT, link), default=str, ensure_ascii=False)
    assert not [one for one in ("Lê", code, "mẹ ốm", "accepted") if one in sheet]


def test_seats_go_by_turns_here_too(cast, issue):
    plan(issue, details={"seats": 3})
    first, second, _third = sent(cast, issue).values()
    assert not recipient.answer(SUBJECT, first, COMES)["waiting"]
    assert recipient.answer(SUBJECT, second, Said(Answer.ACCEPTED, 0))["waiting"]
    recipient.answer(SUBJECT, first, NOT)
    assert not recipient.read(SUBJECT, second)["waiting"]


def test_a_link_that_nobody_was_sent_is_none(cast, issue):
    pull, _content = taken(cast, issue)
    link = links.written(pull, 0)
    chance = random.Random(7)
    wrong = [link[:-1] + one for one in "0123456789ABCDEFGHJKMNPQRSTVWXYZ" if one != link[-1]]
    wrong += [
        "",
        "x",
        "!" * 29,
        link[:-6],
        link * 2,
        "đ" * 25,
        links.written(pull, 3),
        links.written(codes.fresh("LL"), 0),
    ]
    for _turn in range(300):
        place = chance.randrange(len(link))
        other = chance.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        wrong.append(link[:place] + other + link[place + 1 :])
    for one in wrong:
        if codes.letters(one) != codes.letters(link):
            with pytest.raises(NotFound, match="not one of ours"):
                recipient.read(SUBJECT, one)
            with pytest.raises(NotFound, match="not one of ours"):
                recipient.answer(SUBJECT, one, NOT)
    assert recipient.read(SUBJECT, link)["answer"] is None


def test_a_file_that_never_left_gave_no_links(cast, issue):
    pull, _content = taken(cast, issue)
    link = links.written(pull, 0)
    made = db.session.scalars(select(Pull)).one()
    db.session.execute(text("UPDATE handover SET sealed_at = NULL WHERE id = :one"), {"one": made.handover_id})
    db.session.commit()
    with pytest.raises(NotFound):
        recipient.read(SUBJECT, link)


def test_after_the_day_they_can_still_ask_to_be_left_alone(cast, issue):
    link, other, third = sent(cast, issue).values()
    for days in ({"reply_by": date(2026, 1, 1)}, {"reply_by": None, "starts_on": date(2026, 1, 1)}):
        plan(issue, **days)
        assert recipient.read(SUBJECT, link)["over"]
        for said in (COMES, NOT):
            with pytest.raises(Conflict, match="too late"):
                recipient.answer(SUBJECT, link, said)
    plan(issue, starts_on=None, reply_by=clock.today())
    assert not recipient.answer(SUBJECT, other, COMES)["over"]
    drawn = lists.locate(cast["clerk"].scope, db.session.get(Issue, issue.id).outreach_list.code)
    outreach.close(cast["approver"], drawn.code)
    with pytest.raises(Conflict, match="too late"):
        recipient.answer(SUBJECT, third, COMES)
    assert recipient.answer(SUBJECT, third, NO_MORE)["answer"] == "no_more"


def test_so_many_times_a_day(cast, issue):
    link, other, _third = sent(cast, issue).values()
    for turn in range(recipient.MOST_A_DAY):
        recipient.answer(SUBJECT, link, Said(Answer.ACCEPTED, turn % 3))
    with pytest.raises(TooMany):
        recipient.answer(SUBJECT, link, NOT)
    assert recipient.answer(SUBJECT, link, NO_MORE)["answer"] == "no_more"
    with pytest.raises(TooMany):
        recipient.answer(SUBJECT, link, NO_MORE)
    assert recipient.answer(SUBJECT, other, NOT)["answer"] == "declined"


def test_who_was_merged_answers_for_who_they_are_and_who_was_erased_not_at_all(cast, issue, tmp_path):
    (code, link), (second, other), *_rest = sent(cast, issue).items()
    kept = factories.person("Lê Văn Khác")
    gone, erased = (disclosure.locate(cast["clerk"].scope, one).id for one in (code, second))
    with confined(Sight(everyone=True)):
        writing()
        merges.merge(cast["approver"], Pair(kept.id, 1, gone, 1), ())
        erasure.erase([erased], Tombstones(tmp_path / "tombstones", keyring()))
        db.session.commit()
    recipient.answer(SUBJECT, link, COMES)
    assert service.of_person(cast["clerk"], kept.code)[0]["answer"] == "accepted"
    for act in (lambda: recipient.read(SUBJECT, other), lambda: recipient.answer(SUBJECT, other, NO_MORE)):
        with pytest.raises(NotFound, match="not one of ours"):
            act()


def test_an_answer_goes_with_the_record_it_was_sent_to_when_a_merge_is_undone(cast, issue):
    code, link = next(iter(sent(cast, issue).items()))
    record, kept = disclosure.locate(cast["clerk"].scope, code).id, factories.person("Lê Văn Khác")
    with confined(Sight(everyone=True)):
        writing()
        merges.merge(cast["approver"], Pair(kept.id, 1, record, 1), ())
        db.session.commit()
    recipient.answer(SUBJECT, link, COMES)
    assert service.of_person(cast["clerk"], kept.code)[0]["answer"] == "accepted"
    with confined(Sight(everyone=True)):
        writing()
        merges.undo(cast["approver"], code)
        db.session.commit()
    assert service.of_person(cast["clerk"], kept.code) == []
    assert recipient.read(SUBJECT, link)["answer"] == "accepted"


def test_with_how_many_somebody_came_is_not_told_by_another_answer(cast, issue):
    code, link = next(iter(sent(cast, issue).items()))
    service.record(cast["clerk"], of(issue).code, code, Said(Answer.ACCEPTED, 4, presence=Presence.ATTENDED))
    assert recipient.answer(SUBJECT, link, NO_MORE)["companions"] is None


def test_what_nobody_was_sent_leaves_no_line(cast, issue, client):
    pull, _content = taken(cast, issue)
    lines = select(func.count()).select_from(AuditEntry)
    before = db.session.scalar(lines)
    for link in ("x", "0" * 25, links.written(pull, 0)[:-1] + "!"):
        assert client.get(f"/r/{link}").status_code == 404
        assert client.post(f"/r/{link}", data={"answer": "accepted"}).status_code == 404
    db.session.rollback()
    assert db.session.scalar(lines) == before
    assert client.get(f"/r/{links.written(pull, 0)}").status_code == 200
    db.session.rollback()
    assert db.session.scalar(lines) == before + 1


def test_only_what_is_answered_has_links(cast):
    occasion = agenda.hold({"kind": "bulletin", "title": "Bản tin"})
    values = {"title": "Bạn đọc", "purpose": Purpose.INFORMATION.value, "channels": ["email"], "filter": {}}
    with pytest.raises(Invalid, match="by a link") as refused:
        lists.draft(cast["clerk"], occasion.id, {**values, "fields": ["name", "reply"]})
    assert refused.value.field == "fields"
    assert lists.draft(cast["clerk"], occasion.id, {**values, "fields": ["name"]}).fields == ["name"]


def test_nobody_else_answers_so_and_no_account_is_a_person_of_it(cast, issue):
    link = next(iter(sent(cast, issue).values()))
    for actor in (*cast.values(), PUBLIC):
        with pytest.raises(Forbidden):
            recipient.answer(actor, link, COMES)
    assert Role.SUBJECT not in ASSIGNABLE


def test_what_they_say_is_in_the_trail_as_theirs(cast, issue):
    link = next(iter(sent(cast, issue).values()))
    recipient.read(SUBJECT, link)
    recipient.answer(SUBJECT, link, COMES)
    db.session.rollback()
    *_before, looked, said = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    assert (looked.action, said.action) == ("responses.read", "responses.answer")
    assert {looked.role, said.role} == {"subject"}
    first = select(Standing.subject).join(HandoverPerson, HandoverPerson.person_id == Standing.person_id)
    assert said.subject == looked.subject == db.session.scalar(first.where(HandoverPerson.place == 0))
    assert link not in f"{looked.details}{said.details}"


def test_a_link_outlives_its_key_as_long_as_the_ring_has_it(cast, issue, app):
    link = next(iter(sent(cast, issue).values()))
    ring = held().ring
    key_id, grown = ring.adding(Kind.INDEX)
    app.extensions["kieubao.keyring"].ring = grown.using(key_id)
    assert recipient.read(SUBJECT, link)["answer"] is None
    assert next(iter(sent(cast, issue).values()))[:12] != link[:12]
