"""Somebody on record, who comes by a link."""

from dataclasses import replace
from datetime import date

from kieubao.access.roles import GRANTS, SUBJECT, UNPROVED, Role, Scope
from kieubao.db import db
from kieubao.visits import office, passes, recipient
from kieubao.visits.vocabulary import Handed
from tests import factories

SITE = "https://kieubao.example"
NAMED = {"vi": "UBND tỉnh", "en": "The province", "contact": "0239 3855 555"}


def reached_person(**fields):
    """Of two verified ways and two that are not: one of nobody's knowing, one a relative's."""
    sure = {"verified_on": date(2026, 1, 5).isoformat()}
    points = [
        {"channel": "email", "value": "hoa@example.com", **sure},
        {"channel": "phone", "value": "+420 601 555 148", **sure},
        {"channel": "sms", "value": "+420 601 555 149"},
        {"channel": "zalo", "value": "01683456789", "owner": "relative", **sure},
    ]
    return factories.person("Đặng Thị Hòa", gender="female", **{"contact_points": points, **fields})


def given(cast, person, handed=Handed.POST):
    """A link that a clerk gave: its address, and its code where it has one."""
    return office.give_link(cast["clerk"], person.code, handed, NAMED, SITE)


def come(link, secret=None):
    """Who comes by a link, or goes on with a visit, as the door has it."""
    secret = secret or recipient.arrive(SUBJECT, link["link"].rpartition("/")[2])
    found = passes.current(secret)
    may = GRANTS[Role.SUBJECT] if found.visit.proved_at else UNPROVED
    actor = replace(SUBJECT, scope=Scope(person=found.person_id), session=found.visit.id, permissions=may)
    db.session.rollback()
    return actor


def proved(cast, person, link=None):
    """Who came with a code from the counter."""
    link = link or given(cast, person, Handed.COUNTER)
    return come(None, recipient.prove(come(link), link["secret"]))
