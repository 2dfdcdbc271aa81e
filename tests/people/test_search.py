import random
from datetime import timedelta

import pytest

from bench.people import populate
from kieubao.access.roles import Scope
from kieubao.db import db
from kieubao.ground import clock, codes
from kieubao.ground.errors import Invalid
from kieubao.people import neighbours, registry, search
from kieubao.people.filters import matching, within
from kieubao.people.models import ContactPoint, Person
from kieubao.people.neighbours import MANY
from kieubao.people.records import Record
from kieubao.people.search import NOBODY, find
from kieubao.people.words import name_words
from tests import factories

PROVINCE = Scope(frozenset({"42"}))
HERE, THERE = "18673", "18676"
BASE = {"kind": "abroad", "country": "CZ", "source": "1", "legal_basis": "consent", "legal_document": "1"}


def enrolled(*names, **fields):
    made = registry.enrol([Record({**BASE, "name": name, "other_names": [], **fields}) for name in names], "42", None)
    db.session.commit()
    return [one.id for one in made]


def ids(text, wanted=None, scope=PROVINCE):
    """Who has the words, without those who only come near; they stand last."""
    found = find(text, wanted or {}, scope, size=MANY)
    return found.ids[: len(found.ids) - found.near]


def near(text, wanted=None, scope=PROVINCE):
    """Who only comes near."""
    return find(text, wanted or {}, scope, size=MANY).ids[len(ids(text, wanted, scope)) :]


def paged(text, wanted=None, scope=PROVINCE, size=7):
    """Every page to the last one: who has the words, in their order, and what each page said of the count."""
    pages = [find(text, wanted or {}, scope, size=size)]
    while pages[-1].more:
        pages.append(find(text, wanted or {}, scope, after=pages[-1].more, size=size))
    assert len({(page.count, page.exact, page.near) for page in pages}) == 1
    assert all(len(page.ids) == size for page in pages[:-1])
    found = [one for page in pages for one in page.ids]
    assert len(found) == len(set(found)) >= pages[0].count + pages[0].near
    assert {one for page in pages for one in page.close} == set(found[len(found) - pages[0].near :])
    return found[: len(found) - pages[0].near], pages[0]


def oracle(text, wanted=None, scope=PROVINCE):
    """Everybody who has all the words in one name or another, by looking at everybody."""
    *complete, last = name_words(text)
    people = db.session.query(Person).where(within(scope), *matching(wanted or {}))
    spoken = {one.id: set().union(*map(name_words, [one.name, *one.other_names])) for one in people}
    return {
        one for one, said in spoken.items() if said >= set(complete) and any(word.startswith(last) for word in said)
    }


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Đặng Thị Hòa",
            "Đặng Thị Hoà",
            "đặng thị hòa",
            "DANG THI HOA",
            "dang thi hoa",
            "Hòa Đặng Thị",
            "thi hoa dang",
        ),
        *("hoa thi dang", "đặng hoà", "hoa", "dang t", "dang thi h", "d", "  Đặng   Thị-Hòa ", "Đặng Thị Hòa 1957"),
        *("Ðặng thị hòa", "\u200bĐặng Thị Hòa", "Hoa Novak", "novakova hoa dang", "hoa nov"),
    ],
)
def test_a_name_is_found_however_it_is_typed(app, text):
    (one,) = enrolled("Đặng Thị Hòa", other_names=["Hoa Nováková"])
    enrolled("Trần Văn Sơn", "Lê Thị Hương")
    assert ids(text) == [one]


@pytest.mark.parametrize("text", ["Đặng Hoa Mai", "ang", "dang  thi hoan", "hoa d hoa k", "thihoa"])
def test_a_name_is_not_found_by_what_it_is_not(app, text):
    enrolled("Đặng Thị Hòa")
    assert ids(text) == []


def test_the_best_fit_comes_first(app):
    other, any_order, middle, given, turned, exact = enrolled(
        "Kevin Tran", "Hòa Bình Lê Văn", "Trần Lê Hoà An", "Hoà Trần Lê", "Lê Hoa", "Lê Hòa"
    )
    person = db.session.get_one(Person, other)
    registry.amend(other, person.version, {"other_names": ["Lê Hòa"]}, "42", None)
    db.session.commit()
    assert ids("lê hòa") == [exact, turned, given, middle, any_order, other]


def test_people_who_fit_alike_stand_in_vietnamese_order(app):
    names = ["Lê Văn Ấn", "Lê Văn An", "Lê Văn Ánh", "Lê Văn Anh", "Lê Thị An"]
    people = dict(zip(names, enrolled(*names), strict=True))
    order = ["Lê Thị An", "Lê Văn An", "Lê Văn Anh", "Lê Văn Ánh", "Lê Văn Ấn"]
    assert ids(None) == ids("le") == [people[name] for name in order]


def test_a_reader_may_have_families_stand_together(app):
    names = ["Vũ An", "Lê Ấn", "Lê An", "Đỗ Văn An", "Đỗ An"]
    people = dict(zip(names, enrolled(*names), strict=True))
    by_family = ["Đỗ An", "Đỗ Văn An", "Lê An", "Lê Ấn", "Vũ An"]
    assert find(None, {}, PROVINCE, order="family").ids == [people[name] for name in by_family]
    assert find("an", {}, PROVINCE, order="family").ids == [people[name] for name in by_family]
    first = find(None, {}, PROVINCE, order="family", size=2)
    second = find(None, {}, PROVINCE, order="family", size=9, after=first.more)
    assert [*first.ids, *second.ids] == [people[name] for name in by_family]
    by_given = ["Đỗ An", "Đỗ Văn An", "Lê An", "Vũ An", "Lê Ấn"]
    assert find(None, {}, PROVINCE).ids == [people[name] for name in by_given]


def test_a_code_is_found_however_it_is_read_out(app):
    one = factories.person()
    factories.person()
    for text in (one.code, one.code.lower(), one.code.replace("-", " "), one.code.replace("-", "")):
        assert ids(text) == [one.id]
    assert ids(one.code, scope=Scope(frozenset({"56"}))) == []


@pytest.mark.parametrize("body", ["7F3Q9XKC", "ABCDEFGH"])
def test_a_code_is_found_without_its_prefix_though_it_has_no_digit(app, body):
    one = db.session.get(Person, factories.person().id)
    one.code = codes._written("KB", body)
    db.session.commit()
    assert codes.check("ABCDEFGH").isalpha()
    assert ids(one.code[3:]) == ids(one.code[3:].lower()) == [one.id]
    assert ids("Anne-Mari-E") == []


def test_a_wrong_code_finds_nobody(app):
    one = factories.person()
    assert ids(one.code[:-1] + ("0" if one.code[-1] != "0" else "1")) == []


@pytest.mark.parametrize(
    "text",
    [
        *("+84 383 456 789", "0084383456789", "(+84) 383-456-789", "84383456789", "0383456789", "0168 345 6789"),
        *("01683456789", "+84 168 345 6789", "383456789", "56789", "6789", "６７８９"),
    ],
)
def test_a_number_is_found_old_or_new_whole_or_by_its_end(app, text):
    one = factories.person(contact_points=[{"channel": "zalo", "value": "+84 383 456 789"}])
    factories.person(contact_points=[{"channel": "phone", "value": "+84 912 345 670"}])
    assert ids(text) == [one.id]


def test_a_number_abroad_is_found_as_it_is_dialled_there(app):
    one = factories.person(contact_points=[{"channel": "phone", "value": "601 555 148"}])
    for text in ("601555148", "+420 601 555 148", "00420601555148", "420601555148", "5148"):
        assert ids(text) == [one.id]
    assert ids("+48 601 555 148") == []


def test_a_name_that_is_only_begun_comes_before_other_names(app):
    other = factories.person("Đặng Thị Hòa", other_names=["Hoa Nováková"])
    own = factories.person("Nováková Hoàng")
    assert ids("novakova hoa") == [own.id, other.id]


def test_a_number_that_is_whole_at_home_is_not_the_end_of_one_abroad(app):
    here, china = (
        factories.person(contact_points=[{"channel": "phone", "value": value}])
        for value in ("0983 000 111", "+86 139 8300 0111")
    )
    assert ids("0983000111") == [here.id]
    assert set(ids("983000111")) == {here.id, china.id}


def test_a_number_no_longer_used_still_tells_who_it_was(app):
    one = factories.person(contact_points=[{"channel": "phone", "value": "+84 383 456 789"}])
    db.session.query(ContactPoint).one().retired_at = clock.now() - timedelta(days=400)
    db.session.commit()
    assert ids("0383456789") == [one.id]


def test_an_address_is_found_whole(app):
    one = factories.person(contact_points=[{"channel": "email", "value": "Hoa.Dang@example.com"}])
    assert ids("hoa.dang@EXAMPLE.com ") == [one.id]
    assert ids("hoa.dang@example.co") == ids("hoa.dang@") == ids("@") == []


def test_filters_narrow_what_a_text_finds(app):
    czech = enrolled("Đặng Thị Hòa", "Đặng Văn Sơn", sector="J")
    german = enrolled("Đặng Thị Hòa", country="DE")
    assert ids("dang", {"countries": ["CZ"]}) == ids("dang", {"sectors": ["J"]}) == czech
    assert ids("hoa", {"countries": ["DE", "PL"], "kinds": ["abroad"]}) == german
    assert ids(None, {"countries": ["DE"]}) == german
    assert ids("hoa", {"countries": ["DE"], "sectors": ["J"]}) == []


@pytest.mark.parametrize(
    "text", ["Đặng Thị Hòa", "hoa", "h", None, "", "+84383456789", "6789", "hoa@example.com", "0p42", "code"]
)
def test_scope_never_leaks(app, text):
    points = [{"channel": "phone", "value": "+84383456789"}, {"channel": "email", "value": "hoa@example.com"}]
    there = factories.person("Đặng Thị Hòa", home_unit=f"2025:{THERE}", contact_points=points)
    asked = there.code if text == "code" else text
    assert find(asked, {}, Scope(frozenset({HERE}))) == find(asked, {}, Scope()) == NOBODY
    assert find(asked, {"communes": [THERE]}, Scope(frozenset({HERE}))) == NOBODY
    assert ids(asked, scope=Scope(frozenset({THERE, HERE}))) == ([] if text == "0p42" else [there.id])


@pytest.mark.parametrize(
    "text",
    [
        *(
            "%",
            "_",
            "*",
            "đ%",
            '"',
            "'",
            "' OR 1=1 --",
            '") OR (" ',
            "hoa*",
            "NOT hoa",
            "hoa AND",
            "NEAR(hoa)",
            "words:hoa",
        ),
        *(
            ":*",
            "hoa:*",
            "hoa & !hoa",
            "hoa | thi",
            "\\",
            "\x00",
            "\x00hoa\x00",
            "\ud800",
            "\u202e",
            "🙂",
            "!!!",
            "()",
            "-hoa",
        ),
        *(
            "0",
            "0c",
            "0p42",
            "1hoa0thi",
            "1",
            "12",
            "KB",
            "KB-",
            "KB-7F3Q-9XKC-0",
            "@@",
            "a@b",
            "+",
            "+84",
            "hoa " * 50,
        ),
        *(
            "a" * 10_000,
            "hoa " * 2_500,
            "%" * 10_000,
            "🙂" * 10_000,
            "1" * 10_000,
            "@" * 10_000,
            "a b c d e f g h i j k",
        ),
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_hostile_text_does_no_harm(app, text):
    enrolled("Đặng Thị Hòa", "Trần Văn Sơn")
    assert set(ids(text)) <= (oracle(text) if name_words(text) else set())


def test_two_letters_and_what_has_a_digit_bring_nobody_near(app):
    one, _other, third = enrolled("Mè Bé Vẻ", "Quế Kẽm Hẹ", "Trịnh Bảo Khuyên")
    assert (ids("ve"), near("ve"), near("khuyem 2")) == ([one], [], [])
    assert near("khuyem") == [third]


def test_of_a_long_name_eight_words_are_enough(app):
    name = "Công Tằng Tôn Nữ Thị Ngọc Bích Trâm Anh"
    (one,) = enrolled(name)
    assert ids(name) == [one]


@pytest.mark.parametrize(
    "cursor", [[], [1], ["1", "a", 1], [1, 2, 3], [1, "a", 2**70], [1, "a\x00", 1], [1, "a", 1, 1]]
)
def test_a_cursor_of_somebody_elses_is_refused(app, cursor):
    with pytest.raises(Invalid):
        find("hoa", {}, PROVINCE, after=cursor)


def test_a_cursor_beyond_the_end_is_the_end(app):
    enrolled("Đặng Thị Hòa")
    assert find("hoa", {}, PROVINCE, after=(9, "z", 1)).ids == []


def test_pages_of_what_is_ranked_are_what_looking_at_everybody_finds(app):
    populate(400)
    chance = random.Random(7)
    names = [one.name for one in db.session.query(Person)]
    for _ in range(40):
        words = chance.sample(chance.choice(names).split(), 2)
        text = " ".join([words[0], words[1][: chance.randint(1, 6)]])
        wanted = chance.choice([{}, {"countries": ["US", "CZ"]}, {"sectors": ["A", "C"]}])
        found, page = paged(text, wanted)
        assert len(found) == page.count
        assert set(found) == oracle(text, wanted)
        assert page.exact


# One in each part of the answer for "nguyen van", and who has none of it.
_TURNED = ("Nguyễn Văn {}", "Văn {} Nguyễn", "{} Nguyễn Văn", "Trần Văn Nguyên {}", "Lê Thị {}")
_GIVEN = ("Anh", "Bình", "Cường", "Dũng", "Hà", "Hải", "Khánh", "Lâm", "Minh", "Nam", "Ơn", "Phúc")


@pytest.fixture
def crowd(app):
    """More people than are ranked: most called Nguyễn Văn, the others with these words elsewhere."""
    chance = random.Random(3)
    names = [chance.choices(_TURNED, (80, 8, 6, 6, 10))[0].format(chance.choice(_GIVEN)) for _ in range(MANY + 400)]
    enrolled(*names[:700], home_epoch=2025, home_code=HERE)
    enrolled(*names[700:], home_epoch=2025, home_code=THERE, sector="J")
    enrolled("Kevin Tran", "Petr Le", other_names=["Nguyễn Văn Ba"], country="DE", home_epoch=2025, home_code=HERE)
    db.session.execute(db.text("ANALYZE"))
    db.session.commit()


def test_pages_of_what_is_walked_lose_nobody_and_repeat_nobody(crowd):
    found, page = paged("nguyen van", size=90)
    assert len(found) > MANY
    assert set(found) == oracle("nguyen van")
    assert (page.count, page.exact) == (MANY, False)


def test_what_is_walked_comes_turn_by_turn_in_the_order_of_its_keys(crowd):
    found, _page = paged("nguyễn văn", size=101)
    people = {one.id: one for one in db.session.query(Person)}
    turns = [[people[one].name_key, people[one].given_key, people[one].mid_key] for one in found]
    places = [next((n for n, key in enumerate(keys) if key.startswith("nguyen van")), 3) for keys in turns]
    assert places == sorted(places)
    assert set(places) == {0, 1, 2, 3}
    for turn in range(3):
        keys = [keys[turn] for keys, place in zip(turns, places, strict=True) if place == turn]
        assert keys == sorted(keys)


def test_everybody_is_walked_in_vietnamese_order(crowd):
    found, page = paged(None, size=200)
    everybody = db.session.query(Person.id).order_by(Person.sort_key, Person.id)
    assert found == [one for (one,) in everybody]
    assert (page.count, page.exact) == (MANY, False)


@pytest.mark.parametrize("text", ["nguyen van", "van nguyen", "van", "n", "nguyen van k"])
@pytest.mark.parametrize("wanted", [{}, {"communes": [HERE]}, {"sectors": ["J"]}, {"countries": ["DE"]}], ids=str)
def test_a_filter_decides_whether_all_are_ranked(crowd, text, wanted):
    found, page = paged(text, wanted, size=100)
    everybody = oracle(text, wanted)
    assert set(found) == everybody
    assert len(found) == len(everybody)
    assert (page.count, page.exact) == (min(len(everybody), MANY), len(everybody) <= MANY)


def test_a_crowd_is_walked_to_its_end_where_its_words_are_not_known_yet(crowd):
    """As after a migration, before everybody's keys were made anew."""
    db.session.execute(db.text("DELETE FROM name_spelling"))
    found, _page = paged("nguyen van", size=100)
    assert set(found) < oracle("nguyen van")
    assert len(found) > MANY


@pytest.mark.parametrize("text", ["nguyen van", "van", None])
def test_scope_does_not_leak_from_a_crowd(crowd, text):
    found, _page = paged(text, scope=Scope(frozenset({HERE})), size=100)
    homes = {one.id: one.commune for one in db.session.query(Person)}
    assert {homes[one] for one in found} == {HERE}
    assert set(found) == oracle(text or "", scope=Scope(frozenset({HERE}))) if text else len(found) == 702


@pytest.fixture
def small(crowd, monkeypatch):
    """A hundred are many."""
    for room in (search, neighbours):
        monkeypatch.setattr(room, "MANY", 100)


@pytest.mark.parametrize("text", ["nguyen van", "van", None])
def test_scope_does_not_leak_from_what_is_walked(small, text):
    found, page = paged(text, scope=Scope(frozenset({HERE})), size=90)
    homes = {one.id: one.commune for one in db.session.query(Person)}
    everybody = oracle(text) if text else set(homes)
    assert (page.count, page.exact) == (100, False)
    assert set(found) == {one for one in everybody if homes[one] == HERE}


def test_who_stands_elsewhere_along_a_key_makes_nobody_many(small):
    enrolled(
        *(f"{surname} Văn Ba" for surname in ("Lê", "Trần") for _one in range(101)),
        country="PL",
        home_epoch=2025,
        home_code=HERE,
    )
    assert find("nguyen van", {"countries": ["PL"]}, Scope(frozenset({HERE}))) == NOBODY


def test_nobody_of_another_province_is_walked_to(small):
    (other,) = enrolled("Petr Le", other_names=["Nguyễn Văn Ba"], home_epoch=2025, home_code="24823")
    found, _page = paged("nguyen van", size=90)
    assert other not in found
    assert other in paged("nguyen van", scope=Scope(frozenset({"42", "68"})), size=90)[0]
