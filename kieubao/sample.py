"""Made-up people who look like Hà Tĩnh's natives abroad and their relatives: nobody here exists.

The demo province and the benchmarks grow from them.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import phonenumbers

from kieubao.consent.vocabulary import Channel
from kieubao.ground import places
from kieubao.ground.phones import Phone
from kieubao.ground.text import fold
from kieubao.ground.vocabulary import CITIZENSHIP, EDUCATION, GENERATION, INTEREST, SECTOR_VERSION, STATUS_ABROAD
from kieubao.people.records import Contact, Record

OFFICE = "42"
# So many digits of a number are anything: few people have one number between them.
_ENDING = 6
ALIASED, WITH_PHONE, WITH_EMAIL = 0.05, 0.6, 0.5
BASIS = {"source": "dữ liệu mẫu", "legal_basis": "consent", "legal_document": "phiếu mẫu 01/2026"}


def _weights(text: str) -> dict[str, int]:
    words = (part.rpartition(" ") for part in text.split(","))
    return {word.strip(): int(weight) for word, _space, weight in words}


# How many of a thousand, or so; DOMAIN, section 1.
COUNTRIES = _weights(
    "US 330,JP 90,FR 55,AU 50,CA 40,TW 50,KR 45,DE 35,CZ 15,PL 10"
    ",LA 90,TH 90,GB 20,RU 15,AO 15,NO 5,CH 5,NL 5,BE 5,HU 5"
)
CITIES = {
    "US": ("San Jose", "Garden Grove", "Houston"),
    "JP": ("Tokyo", "Osaka"),
    "FR": ("Paris", "Lyon"),
    "AU": ("Sydney", "Melbourne"),
    "CA": ("Toronto", "Vancouver"),
    "TW": ("Đài Bắc", "Cao Hùng"),
    "KR": ("Seoul", "Ansan"),
    "DE": ("Berlin", "München"),
    "CZ": ("Praha", "Brno"),
    "PL": ("Warszawa",),
    "LA": ("Viêng Chăn",),
    "TH": ("Băng Cốc", "Udon Thani"),
}
SURNAMES = _weights(
    "Nguyễn 384,Trần 121,Lê 95,Phạm 70,Hoàng 51,Phan 45,Vũ 39,Võ 30,Đặng 21,Bùi 20,Đỗ 14,Hồ 13,Ngô 13,Dương 10"
    ",Lý 5,Đào 8,Đinh 8,Trương 9,Hà 6,Cao 6,Thái 6,Lương 4,Tạ 3,Mai 4,Kiều 2,Biện 1,Đậu 3,Uông 1,Chu 3"
)
MIDDLES = {
    "male": _weights(
        "Văn 40,Đức 8,Hữu 8,Xuân 6,Minh 6,Quốc 6,Anh 3,Đình 7,Công 4, 9"
        ",Viết 2,Bá 2,Trọng 2,Ngọc 2,Thanh 2,Hồng 1,Khắc 1,Sỹ 1,Duy 1,Văn Quốc 1,Thế 1,Phúc 1,Nhật 1,Gia 1,Tiến 1"
    ),
    "female": _weights(
        "Thị 45,Thị Thu 8,Thị Ngọc 7,Ngọc 8,Thị Thanh 6,Kim 4,Hồng 4,Mai 3, 9"
        ",Thị Kim 2,Thị Hồng 2,Thị Mỹ 2,Thị Bích 2,Thùy 2,Thị Phương 2,Quỳnh 1,Bảo 1,Khánh 1,Thị Cẩm 1,Thảo 1"
    ),
}
# The commonest first.
GIVEN = {
    "male": "Tuấn Hùng Dũng Minh Nam Sơn Thắng Hải Long Anh Đức Cường Trung Hiếu Hoàng Phong Tâm Quân Khánh Lâm"
    " Việt Bình Tùng Thành Phúc Vinh Kiên Mạnh Hưng Duy Toàn Đạt Chiến Lực Nghĩa Quý Tài Tiến Trọng Vũ",
    "female": "Hương Lan Hoa Hà Linh Thảo Trang Mai Hằng Nga Thủy Hòa Phương Anh Ngọc Dung Hạnh Hồng Yến Vân"
    " Thanh Nhung Liên Loan Thu Tâm Bích Oanh Quyên Trinh Trâm Uyên Vy Xuân Diệp Cúc Đào Huệ Nguyệt Tuyết",
}
# A commune that was split in three, as three forms have it; a hamlet of it, and a name of two communes: no unit.
UNSETTLED = (
    *(
        (text, 2024, "18796")
        for text in ("Xã Kỳ Lợi, thị xã Kỳ Anh", "xã Kỳ Lợi - thị xã Kỳ Anh", "XA KY LOI, THI XA KY ANH")
    ),
    ("Phường Đại Nài, TP Hà Tĩnh", 2024, "18082"),
    *((text, None, None) for text in ("Xóm 3, Kỳ Lợi", "xóm 3, kỳ lợi", "Thạch Hà")),
)
# What people are called where they live, and by whom they married.
CALLED = {
    "male": "Kevin David Michael Tony Peter John Andy Daniel Thomas Martin Paul Eric Steven Jason Henry Brian Jan Petr"
    " Tomáš Jiří Lukas Felix Jürgen Pierre Luc Étienne Nicolas Kenji Hiroshi Minho Somchai Ivan Dmitri Łukasz Paweł",
    "female": "Anna Mary Jenny Julie Kim Linda Tina Vivian Helen Christine Lisa Emma Sophie Amélie Chloé Eva Lenka"
    " Petra Jana Kateřina Nicole Sabine Ursula Yuki Sakura Jiwoo Olga Natalia Małgorzata Katarzyna Ingrid Astrid",
}
# The ends and the beginnings of surnames over there: thousands of them, as in life, each of a few people.
MARRIED = {
    "": "Müller Schmidt Weiß Novák Smith Johnson Taylor Dubois Lefèvre Tanaka Sato Kim Park Chen Wang Nagy Horváth",
    "ová": "Nov Dvořák Svobod Černý Procházk Kučer Vesel Horák Němc Pokorn Král Růžičk Beneš Fial Sedláč Zeman Kolář",
    "ski": "Kowal Wiśniew Wójcik Kamiń Lewandow Zieliń Szymań Woźniak Dąbrow Kozłow Jankow Wojciechow Malinow Pawłow",
    "mann": "Hoff Berg Neu Leh Zimmer Herr Kauf Ober Acker Bau Diet Eich Feld Grün Heine Stein Wald Winkel Schön Brück",
    "sen": "Jen Han Sørn Peder Ander Christen Lar Niel Ras Knud Thom Carl Joh Mikkel Olu Berth Gregor Iver Jacob Sim",
    "ton": "Hamil Kings Clif Mil Nor Pres Bur Shel Thorn Wal Wes Win Har Ash Brough Carl Hough Lex Ever Fen Lang",
}
JOBS = {
    "2": ("kỹ sư", "J"),
    "3": ("điều dưỡng", "R"),
    "5": ("chủ nhà hàng", "I"),
    "7": ("thợ hàn", "F"),
    "9": ("công nhân", "C"),
}


def people(chance: random.Random, kind: str = "abroad", surname: str | None = None) -> Iterator[Record]:
    """Give made-up people without end; the same for the same random numbers."""
    communes = places.communes(OFFICE)
    while True:
        gender, home = chance.choice(list(GIVEN)), chance.choice(communes)
        country = drawn(chance, COUNTRIES) if kind == "abroad" else "VN"
        name = _name(chance, gender, surname)
        values = {
            "name": name,
            "other_names": [_alias(chance, gender, name)] if kind == "abroad" and chance.random() < ALIASED else [],
            "kind": kind,
            "gender": gender,
            "born": _born(chance),
            "country": country,
            "home_text": home.full_name,
            "home_epoch": home.epoch,
            "home_code": home.code,
            **BASIS,
            **(_abroad(chance, country) if kind == "abroad" else {}),
        }
        yield Record(values, tuple(_contacts(chance, name, country)))


def unsettled(records: Sequence[Record]) -> list[Record]:
    """Return the records with the first of them from homes that wait for a clerk, as old papers have them."""
    homes = ({"home_text": text, "home_epoch": epoch, "home_code": code} for text, epoch, code in UNSETTLED)
    waiting = [replace(one, values={**one.values, **home}) for one, home in zip(records, homes, strict=False)]
    return [*waiting, *records[len(waiting) :]]


def drawn(chance: random.Random, weights: Mapping[str, int]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


def _name(chance: random.Random, gender: str, surname: str | None) -> str:
    """Return a name in home order; one in twelve is as passports abroad have it, given name first, no marks."""
    given = GIVEN[gender].split()
    rank = min(int(chance.expovariate(0.06)), len(given) - 1)
    parts = [surname or drawn(chance, SURNAMES), drawn(chance, MIDDLES[gender]), given[rank]]
    if chance.random() < 1 / 12:
        return fold(" ".join(reversed(parts))).title()
    return " ".join(filter(None, parts))


def _alias(chance: random.Random, gender: str, name: str) -> str:
    """Return a name of abroad: its given name, and one's own surname or another, taken in marriage."""
    surname = chance.choice((name.split(maxsplit=1)[0], _married(chance)))
    return f"{chance.choice(CALLED[gender].split())} {surname}"


def _married(chance: random.Random) -> str:
    end = chance.choice(list(MARRIED))
    begin = chance.choice(MARRIED[end].split())
    # Over there, too, there are Berg, Bergmann and Bergerová.
    between = chance.choice(("", "", "er", "in", "el", "as", "o", "ar", "en", "ik", "am", "us")) if end else ""
    return f"{begin}{between}{end}"


def _born(chance: random.Random) -> str:
    day = date(1935, 1, 1) + timedelta(days=int(chance.betavariate(3, 2) * 28_500))
    return chance.choices((day.isoformat(), f"{day:%Y-%m}", f"{day:%Y}", f"{day:%Y}~"), (6, 1, 3, 1))[0]


def _abroad(chance: random.Random, country: str) -> dict[str, Any]:
    group = chance.choice(list(JOBS))
    return {
        "city": chance.choice(CITIES.get(country, (None,))),
        "status": chance.choice(STATUS_ABROAD.codes),
        "citizenship": chance.choice(CITIZENSHIP.codes),
        "generation": chance.choices(GENERATION.codes, (6, 2, 2, 1))[0],
        "occupation": JOBS[group][0],
        "occupation_group": group,
        "sector": JOBS[group][1],
        "sector_version": SECTOR_VERSION,
        "education": chance.choice(EDUCATION.codes),
        "interests": chance.sample(INTEREST.codes, chance.randrange(3)),
        "confirmed_on": date(2024, 1, 1) + timedelta(days=chance.randrange(1000)),
    }


def _contacts(chance: random.Random, name: str, country: str) -> Iterator[Contact]:
    if chance.random() < WITH_PHONE:
        e164 = _number(chance, country)
        yield Contact(Channel.PHONE, e164, e164)
    if chance.random() < WITH_EMAIL:
        address = f"{fold(name).replace(' ', '.')}{chance.randrange(10**4)}@example.com"
        yield Contact(Channel.EMAIL, address, address)


def _number(chance: random.Random, country: str) -> str:
    """Return a number like the country's own example, with other last digits."""
    stem = _stem(country)[:-_ENDING]
    while True:
        number = f"{stem}{chance.randrange(10**_ENDING):0{_ENDING}}"
        if phonenumbers.is_valid_number(phonenumbers.parse(number)):
            return number


@cache
def _stem(country: str) -> str:
    example = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    assert example is not None  # noqa: S101 - every country of ours has one
    return Phone.parse(phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)).e164
