"""The letters of an occasion: taken, edited, sent back; refused in words where they cannot be used; and taken back."""

from io import BytesIO

import pytest
from docx import Document

from kieubao.access.models import AuditEntry
from kieubao.db import db
from kieubao.ground import invitation, letters
from kieubao.ground.errors import Conflict, Invalid, NotFound
from kieubao.occasions import service
from tests import factories
from tests.ground.test_letters import template
from tests.pages.province import reader, sign_in_accounts
from tests.pages.sending import multipart

OWN = template("Mời {{ ho_ten }}")


@pytest.fixture
def held(cast):
    return service.hold(cast["clerk"], kind="event", title="Gặp mặt Tết")["code"]


def test_until_it_has_one_of_its_own_it_is_the_one_that_everybody_has(cast, held):
    for language in ("vi", "en"):
        assert service.letter(cast["approver"], held, language) == invitation.letter(language)
    service.keep_letter(cast["clerk"], held, "en", template=OWN)
    vi, en = service.letters(cast["approver"], held)
    assert (vi["own"], vi["account"], en["own"]) == (False, None, True)
    assert en["account"]
    assert service.letter(cast["approver"], held, "en") == OWN
    assert service.letter(cast["approver"], held, "vi") == invitation.letter("vi")
    service.keep_letter(cast["clerk"], held, "en", template=template("To {{ name }}"))
    service.discard_letter(cast["clerk"], held, "en")
    assert service.letters(cast["approver"], held)[1]["own"] is False
    with pytest.raises(Conflict):
        service.discard_letter(cast["clerk"], held, "en")


def test_what_is_no_letter_takes_nothing_from_the_one_before(cast, held):
    service.keep_letter(cast["clerk"], held, "vi", template=OWN)
    with pytest.raises(Invalid):
        service.keep_letter(cast["clerk"], held, "vi", template=b"no")
    assert service.letter(cast["clerk"], held, "vi") == OWN


@pytest.mark.parametrize("act", ["letter", "keep_letter", "discard_letter"])
def test_a_language_that_no_letter_is_in_is_not_there(cast, held, act):
    more = {"template": OWN} if act == "keep_letter" else {}
    with pytest.raises(NotFound):
        getattr(service, act)(cast["clerk"], held, "de", **more)


def test_one_occasion_has_nothing_of_another(cast, held):
    other = service.hold(cast["clerk"], kind="event", title="Khác")["code"]
    service.keep_letter(cast["clerk"], held, "vi", template=OWN)
    assert service.letter(cast["clerk"], other, "vi") == invitation.letter("vi")
    assert not service.letters(cast["clerk"], other)[0]["own"]


def test_over_the_wire_it_is_sent_and_taken_back_whole(client, cast, held):
    clerk, address = factories.bearer(cast["clerk"]), f"/api/v1/occasions/{held}/letters"
    sent = client.put(f"{address}/vi", headers=clerk, **multipart(OWN))
    assert (sent.status_code, [one["own"] for one in sent.json]) == (200, [True, False])
    taken = client.get(f"{address}/vi", headers=clerk)
    assert (taken.data, taken.mimetype) == (OWN, letters.MEDIA)
    assert f"{held}-vi.docx" in taken.headers["Content-Disposition"]
    wrong = client.put(f"{address}/vi", headers=clerk, **multipart(template("{{ dien_thoai }} {{ ho_ten }}")))
    assert (wrong.status_code, [*wrong.json["errors"]]) == (422, ["file"])
    english = {**clerk, "Accept-Language": "en"}
    for content, name, why in ((b"x" * (letters.MOST + 1), "a.docx", "too large"), (b"", "", "Choose a file")):
        refused = client.put(f"{address}/vi", headers=english, **multipart(content, name))
        assert refused.status_code == 422
        assert why in refused.json["errors"]["file"][0]
    assert client.get(f"{address}/de", headers=clerk).status_code == 404
    assert client.delete(f"{address}/vi", headers=clerk).status_code == 200
    entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "occasions.keep_letter")).first()
    assert len(entry.details["digest"]) == 64


def test_a_clerk_edits_it_in_word_and_sends_it_by_the_page(client):
    cast = sign_in_accounts()
    held = service.hold(cast["clerk"], kind="event", title="Gặp mặt Tết")["code"]
    clerk, address = reader(client, "clerk"), f"/occasions/{held}/letters"
    document = Document(BytesIO(clerk.get(f"{address}/vi").data))
    document.add_paragraph("Xin mang theo thư này.")
    edited = BytesIO()
    document.save(edited)
    assert clerk.post(f"{address}/vi/replace", **multipart(edited.getvalue())).status_code == 303
    assert service.letter(cast["clerk"], held, "vi") == edited.getvalue()
    assert "Mẫu riêng của dịp này" in clerk.get(address).text
    wrong = clerk.post(f"{address}/en/replace", **multipart(template("Mời bà Hòa")))
    assert wrong.status_code == 422
    assert "{{ ho_ten }} ở chỗ điền họ tên" in wrong.text
    assert wrong.text.index("letter-en") < wrong.text.index('id="f-file"')
    assert clerk.post(f"{address}/vi/replace", data={}).status_code == 422
    assert clerk.post(f"{address}/vi/discard").status_code == 303
    assert "Mẫu riêng của dịp này" not in clerk.get(address).text
