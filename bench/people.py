"""People who look like Hà Tĩnh's natives abroad, made up.

They are written as the house writes them, by `registry.enrol` and `ledger.record`, so nothing a search
or a list relies on can be missing.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

from kieubao.consent import ledger, notices
from kieubao.consent.ledger import Word
from kieubao.consent.vocabulary import Channel, Method, Purpose, State
from kieubao.db import BATCH, db, writing
from kieubao.ground import clock, places
from kieubao.ground.text import fold
from kieubao.people import registry
from kieubao.people.records import Contact, Record

OFFICE = "42"


def _weights(text: str) -> dict[str, int]:
    words = (part.rpartition(" ") for part in text.split(","))
    return {word.strip(): int(weight) for word, _space, weight in words}


# How many of a thousand, or so; DOMAIN, section 1.
COUNTRIES = _weights(
    "US 330,JP 90,FR 55,AU 50,CA 40,TW 50,KR 45,DE 35,CZ 15,PL 10"
    ",LA 90,TH 90,GB 20,RU 15,AO 15,NO 5,CH 5,NL 5,BE 5,HU 5"
)
_PHONES = _weights(
    "US 1415555,JP 819012,FR 33612,AU 61412,CA 1604555,TW 886912,KR 821012"
    ",DE 49151,CZ 420601,PL 48601,LA 856202,TH 66812"
)
SURNAMES = _weights(
    "Nguyễn 384,Trần 121,Lê 95,Phạm 70,Hoàng 51,Phan 45,Vũ 39,Võ 30,Đặng 21,Bùi 20,Đỗ 14,Hồ 13,Ngô 13,Dương 10"
    ",Lý 5,Đào 8,Đinh 8,Trương 9,Hà 6,Cao 6,Thái 6,Lương 4,Tạ 3,Mai 4,Kiều 2,Biện 1,Đậu 3,Uông 1,Chu 3"
)
MIDDLES = {
    "male": _weights("Văn 40,Đức 8,Hữu 8,Xuân 6,Minh 6,Quốc 6,Anh 3,Đình 7,Công 4, 9"),
    "female": _weights("Thị 45,Thị Thu 8,Thị Ngọc 7,Ngọc 8,Thị Thanh 6,Kim 4,Hồng 4,Mai 3, 9"),
}
# The commonest first.
GIVEN = {
    "male": "Tuấn Hùng Dũng Minh Nam Sơn Thắng Hải Long Anh Đức Cường Trung Hiếu Hoàng Phong Tâm Quân Khánh Lâm"
    " Việt Bình Tùng Thành Phúc Vinh Kiên Mạnh Hưng Duy Toàn Đạt Chiến Lực Nghĩa Quý Tài Tiến Trọng Vũ",
    "female": "Hương Lan Hoa Hà Linh Thảo Trang Mai Hằng Nga Thủy Hòa Phương Anh Ngọc Dung Hạnh Hồng Yến Vân"
    " Thanh Nhung Liên Loan Thu Tâm Bích Oanh Quyên Trinh Trâm Uyên Vy Xuân Diệp Cúc Đào Huệ Nguyệt Tuyết",
}
_OCCUPATIONS, _SECTORS = "23579", "ACFGIJPQS"
_INTERESTS = ("events", "investment", "charity", "trade", "knowledge")
_NAMES_ABROAD = ("Kevin", "David", "Tommy", "Jenny", "Anna", "Petr", "Marie", "Sophie")


def populate(count: int, seed: int = 1) -> None:
    """Write so many people into the database at hand, half of them with a yes; the same for the same seed."""
    chance, made = random.Random(seed), 0
    people = _people(chance)
    while made < count:
        writing()
        batch = list(islice(people, min(BATCH, count - made)))
        enrolled = registry.enrol(batch, OFFICE, None)
        ledger.record(list(_words(chance, [one.id for one in enrolled if chance.random() < 0.5])), None)
        db.session.commit()
        db.session.remove()
        made += len(batch)


def _people(chance: random.Random) -> Iterator[Record]:
    communes = places.communes(OFFICE)
    while True:
        gender, country, home = chance.choice(list(GIVEN)), _drawn(chance, COUNTRIES), chance.choice(communes)
        name = _name(chance, gender)
        yield Record(
            {
                "name": name,
                "other_names": _other_names(chance, name),
                "kind": "abroad",
                "gender": gender,
                "born": _born(chance),
                "country": country,
                "home_text": home.full_name,
                "home_epoch": home.epoch,
                "home_code": home.code,
                "interests": chance.sample(_INTERESTS, chance.randrange(3)),
                "occupation_group": chance.choice(_OCCUPATIONS),
                "sector": chance.choice(_SECTORS),
                "source": "bench",
                "legal_basis": "consent",
                "legal_document": "bench",
            },
            tuple(_contacts(chance, name, country)),
        )


def _name(chance: random.Random, gender: str) -> str:
    """Return a name in home order; one in twelve is as passports abroad have it, given name first, no marks."""
    given = GIVEN[gender].split()
    rank = min(int(chance.expovariate(0.06)), len(given) - 1)
    parts = [_drawn(chance, SURNAMES), _drawn(chance, MIDDLES[gender]), given[rank]]
    if chance.random() < 1 / 12:
        return fold(" ".join(reversed(parts))).title()
    return " ".join(filter(None, parts))


def _other_names(chance: random.Random, name: str) -> list[str]:
    family = name.split(maxsplit=1)[0]
    return [f"{chance.choice(_NAMES_ABROAD)} {family}"] if chance.random() < 0.05 else []


def _born(chance: random.Random) -> str:
    day = date(1935, 1, 1) + timedelta(days=int(chance.betavariate(3, 2) * 27_000))
    return chance.choices((day.isoformat(), f"{day:%Y-%m}", f"{day:%Y}", f"{day:%Y}~"), (6, 1, 3, 1))[0]


def _contacts(chance: random.Random, name: str, country: str) -> Iterator[Contact]:
    if chance.random() < 0.5:
        number = f"+{_PHONES.get(country, 84912)}{chance.randrange(10**5):05}"
        yield Contact(Channel.PHONE, number, number)
    if chance.random() < 0.3:
        address = f"{fold(name).replace(' ', '.')}{chance.randrange(10**4)}@example.com"
        yield Contact(Channel.EMAIL, address, address)


def _words(chance: random.Random, people: list[int]) -> Iterator[Word]:
    notice = _notice()
    for person in people:
        for purpose in chance.sample((Purpose.EVENTS, Purpose.INVESTMENT, Purpose.INFORMATION), chance.randint(1, 2)):
            yield Word(person, purpose, Channel.PHONE, State.GIVEN, Method.PAPER, clock.now(), "bench", notice)


def _notice() -> int:
    known = notices.listed()
    if not known:
        text = dict.fromkeys(("title_vi", "title_en", "text_vi", "text_en"), "bench")
        notices.write("bench", purposes=list(Purpose), in_force_on=date(2026, 1, 1), **text)
    return notices.shown("bench/1", [Purpose.EVENTS], clock.today())


def _drawn(chance: random.Random, weights: dict[str, int]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]
