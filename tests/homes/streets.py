"""Addresses that wait: an old commune of Hà Tĩnh that was split in three, and texts that name no one commune."""

from kieubao.db import db
from kieubao.people.models import Person
from tests import factories

KY_LOI = "2024:18796"
SONG_TRI, VUNG_ANG, HOANH_SON = "2025:18754", "2025:18823", "2025:18832"


def split(text="Xã Kỳ Lợi, thị xã Kỳ Anh", **fields):
    return factories.person(home=text, home_unit=KY_LOI, **fields)


def uncoded(text="Xóm 3, Kỳ Lợi", **fields):
    return factories.person(home=text, home_unit=None, **fields)


def whole(one):
    db.session.expire_all()
    return db.session.get_one(Person, one.id)
