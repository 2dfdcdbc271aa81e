"""Tombstones: added to, chained, keyed, and never found to be other than they were laid."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from kieubao.ground.ciphers import Keyring
from kieubao.ground.errors import Conflict
from kieubao.ground.keys import Kind
from kieubao.ground.tombstones import Buried, Disturbed, Tombstones

PEOPLE = [Buried(f"KB-7F3Q-9XK{letter}-2", uuid4()) for letter in "ABCD"]


@pytest.fixture
def graves(tmp_path):
    return Tombstones(tmp_path / "graves", Keyring.fresh())


def ends(graves):
    return graves.ends(graves.content())


def test_a_person_is_known_by_code_or_by_pseudonym(graves):
    assert graves.content() == b""
    graves.lay(PEOPLE[:2])
    graves.lay(PEOPLE[2:3])
    names = graves.names()
    for code, subject, _marks in PEOPLE[:3]:
        assert graves.tells(names, code, uuid4())
        assert graves.tells(names, "KB-0000-0000-0", subject)
    assert not graves.tells(names, *PEOPLE[3][:2])
    assert len(ends(graves)) == 1 + 3
    assert graves.path.stat().st_mode & 0o777 == 0o600


def test_who_would_be_known_again_is(graves):
    graves.lay([Buried(*PEOPLE[0][:2], ["nguyen thi dao +420601555148", "nguyen thi dao 1960-08-14"]), PEOPLE[1]])
    assert graves.meets(graves.marks(), ["le van ba 1950-01-01", "nguyen thi dao 1960-08-14"])
    assert not graves.meets(graves.marks(), ["nguyen thi dao", "le van ba +420601555148"])
    assert not graves.meets(frozenset(), ["nguyen thi dao 1960-08-14"])
    content = graves.content().decode()
    # Four digits stand in some hash by chance once in a hundred runs.
    assert not any(one in content for one in ("dao", "601555148", "1960-08"))
    # Neither code nor pseudonym is one: whoever has those is somebody on record.
    assert not graves.meets(graves.marks(), [PEOPLE[0].code, str(PEOPLE[0].subject)])
    key_id, ring = graves.ring.adding(Kind.FINGERPRINT)
    later = Tombstones(graves.path, ring.using(key_id))
    assert later.meets(later.marks(), ["nguyen thi dao 1960-08-14"])
    assert len(ends(graves)) == 1 + 2


def test_it_names_nobody_and_no_moment(graves):
    graves.lay(PEOPLE)
    content = graves.content().decode()
    for code, subject, _marks in PEOPLE:
        assert not {code, code[3:7], str(subject), subject.hex} & set(content.split())
        assert subject.hex[:8] not in content
    other = Tombstones(graves.path, Keyring.fresh())
    assert not any(other.tells(graves.names(), *one[:2]) for one in PEOPLE)
    assert ":" not in content


def test_another_key_is_added_and_those_who_lie_there_are_known_still(graves):
    graves.lay(PEOPLE[:2])
    key_id, ring = graves.ring.adding(Kind.FINGERPRINT)
    later = Tombstones(graves.path, ring.using(key_id))
    later.lay(PEOPLE[2:3])
    assert len(ends(later)) == 1 + 3
    assert all(later.tells(later.names(), *one[:2]) for one in PEOPLE[:3])
    assert not later.tells(later.names(), *PEOPLE[3][:2])
    # Who has only the older ring lacks a key, and accuses nobody.
    with pytest.raises(Disturbed, match=f"lacks the key {key_id}, .* at line 3"):
        ends(graves)


TAMPERED = {
    "changed": lambda lines: [lines[0], lines[1].replace("2", "3", 1), *lines[2:]],
    "cut out": lambda lines: [lines[0], *lines[2:]],
    "changed places": lambda lines: [lines[1], lines[0], *lines[2:]],
    "added": lambda lines: [*lines, lines[0]],
    "the first gone": lambda lines: lines[1:],
    "emptied": lambda lines: [lines[0], "\n", *lines[2:]],
}


@pytest.mark.parametrize("how", TAMPERED)
def test_what_was_disturbed_is_told_of_and_not_added_to(graves, how):
    graves.lay(PEOPLE[:3])
    lines = graves.content().decode().splitlines(keepends=True)
    graves.path.write_text("".join(TAMPERED[how](lines)), "utf-8")
    before = graves.path.read_bytes()
    with pytest.raises(Disturbed, match="do not hold at line"):
        ends(graves)
    with pytest.raises(Disturbed):
        graves.lay(PEOPLE[3:])
    assert graves.path.read_bytes() == before


def test_what_a_power_cut_left_is_no_line(graves):
    graves.lay(PEOPLE[:2])
    whole = graves.content()
    graves.path.write_bytes(whole + b"2026-07-24 0001.ab")
    assert graves.content() == whole
    graves.lay(PEOPLE[2:])
    assert len(ends(graves)) == 1 + 4


def test_many_at_once_stand_in_one_chain(graves):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda one: graves.lay([one]), PEOPLE * 10))
    assert len(ends(graves)) == 1 + 40


def test_without_a_place_nobody_is_buried(graves):
    nowhere = Tombstones(None, graves.ring)
    assert nowhere.content() == b""
    with pytest.raises(Conflict, match="KIEUBAO_TOMBSTONES"):
        nowhere.lay(PEOPLE)


def test_another_copy_is_taken_over_where_it_goes_on(graves, tmp_path):
    graves.lay(PEOPLE[:2])
    longer = Tombstones(tmp_path / "longer", graves.ring)
    longer.take_over(graves.content())
    assert longer.content() == graves.content()
    longer.lay(PEOPLE[2:])
    graves.take_over(longer.content())
    assert graves.content() == longer.content()
    other = Tombstones(tmp_path / "other", graves.ring)
    other.lay(PEOPLE[3:])
    with pytest.raises(Conflict, match="find out what was lost"):
        graves.take_over(other.content())
