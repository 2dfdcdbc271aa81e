"""Whatever happens at once, what is published is what was approved."""

import threading

import pytest
from sqlalchemy import select

from kieubao.consent.models import Weighed
from kieubao.db import db
from kieubao.ground.errors import Conflict
from kieubao.occasions import service as occasions
from kieubao.outreach import service as outreach
from kieubao.outreach.models import OutreachList
from kieubao.segments import service
from kieubao.walls import Sight, confined
from tests import factories
from tests.outreach.test_inclusion import until_somebody_waits
from tests.people.test_service import race


def test_a_segment_is_changed_while_a_list_of_it_is_published(app, cast):
    """Either the issue is of Korea, as was approved, or there is none and the list has to be approved again."""
    korea, japan = (factories.person(name, country=where) for name, where in (("An", "KR"), ("Bình", "JP")))
    for one in (korea, japan):
        factories.consent(one.id)
    for _n in range(12):
        segment = service.save(cast["clerk"], title="x", filter={"countries": ["KR"]})["code"]
        code = factories.listed(cast["clerk"], segments=[segment]).code
        outreach.submit(cast["clerk"], code)
        outreach.approve(cast["approver"], code, digest=outreach.preview(cast["approver"], code)["digest"])
        db.session.rollback()
        came = race(
            app,
            lambda code=code: outreach.publish(cast["approver"], code),
            lambda one=segment: service.edit(cast["clerk"], one, version=1, values={"filter": {"countries": ["JP"]}}),
        )
        read = outreach.read(cast["clerk"], code)
        assert came in (["conflict", "done"], ["done", "done"])
        assert (len(read["issues"]), read["state"]) in ((1, "approved"), (0, "draft"))
        assert bool(read["issues"]) == (came == ["done", "done"])
    assert set(db.session.scalars(select(Weighed.person_id))) <= {korea.id}


def test_of_two_who_change_a_segment_at_once_one_is_stale(app, cast):
    code = service.save(cast["clerk"], title="x", filter={})["code"]
    db.session.rollback()
    for version in range(1, 5):
        deeds = [
            lambda title=title, version=version: service.edit(
                cast["clerk"], code, version=version, values={"title": f"{title}{version}"}
            )
            for title in ("An", "Bình")
        ]
        assert race(app, *deeds) == ["done", "stale"]


def test_a_segment_is_deleted_while_a_list_is_made_of_it(app, cast):
    """Either there is the list and its segment, or neither."""
    occasion = occasions.hold(cast["clerk"], kind="event", title="Tết")["code"]
    asked = {"title": "x", "purpose": "events", "channels": ["email"], "fields": ["name"]}
    for _n in range(8):
        code = service.save(cast["clerk"], title="x", filter={})["code"]
        db.session.rollback()
        wanted = {"segments": [code]}
        came = race(
            app,
            lambda wanted=wanted: outreach.draft(cast["clerk"], occasion=occasion, **asked, filter=wanted),
            lambda code=code: service.discard(cast["clerk"], code),
        )
        assert came in (["conflict", "done"], ["done", "invalid"])
        made = [one for one in outreach.all_lists(cast["clerk"]) if one["filter"] == wanted]
        assert len(made) == len([one for one in service.all_of_them(cast["clerk"]) if one["code"] == code])
        db.session.rollback()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_list_made_of_a_segment_while_it_waits_to_be_changed_is_told_of(app, cast):
    """Else that list could be approved meanwhile, and keep the approval of other people."""
    code = service.save(cast["clerk"], title="x", filter={"countries": ["KR"]})["code"]
    first = factories.listed(cast["clerk"], segments=[code]).id
    db.session.rollback()
    held, goes_on, came = threading.Event(), threading.Event(), []

    def hold():
        with app.app_context(), confined(Sight(everyone=True)):
            db.session.execute(select(OutreachList.id).where(OutreachList.id == first).with_for_update())
            held.set()
            goes_on.wait(20)
            db.session.rollback()

    def change():
        with app.app_context():
            try:
                service.edit(cast["clerk"], code, version=1, values={"filter": {"countries": ["JP"]}})
            except Conflict as error:
                came.append(error.message)

    acts = [threading.Thread(target=act) for act in (hold, change)]
    acts[0].start()
    assert held.wait(20)
    acts[1].start()
    until_somebody_waits()
    factories.listed(cast["clerk"], segments=[code])
    goes_on.set()
    for act in acts:
        act.join()
    assert came == ["A list was made of this segment just now: try again"]
    assert service.read(cast["clerk"], code)["filter"] == {"countries": ["KR"]}
