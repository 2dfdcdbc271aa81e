"""What was done to a chain is named, and to which entries, to the number: on chains that no database holds."""

from dataclasses import astuple

import pytest

from kieubao.access.chain import START, Roots, examine
from kieubao.access.faults import REACH, End, Kind, Where, hash_of
from kieubao.access.roots import GENESIS

LENGTH = 9
ENTRY, HEAD = Where.ENTRY, Where.HEAD


def entry(number, previous, **values):
    one = {"id": number, "previous": previous, "action": "people.read", "found": number, **values}
    return {**one, "hash": hash_of(one)}


def chain(length=LENGTH):
    made = []
    for number in range(1, length + 1):
        made.append(entry(number, made[-1]["hash"] if made else GENESIS))
    return made


def numbered(entries, first=1):
    """Give entries the numbers from one on, and leave all else of them as it was."""
    return [{**one, "id": number} for number, one in enumerate(entries, first)]


def told(entries, length=LENGTH, end=None):
    """Return the one fault of what should be a chain of a length."""
    said = end or End(length, chain(length)[-1]["hash"])
    (fault,) = examine(entries, said, Roots()).faults
    return astuple(fault)


def test_a_chain_that_nobody_touched_has_none():
    verdict = examine(chain(), End(LENGTH, chain()[-1]["hash"]), Roots())
    assert (verdict.entries, verdict.head, verdict.vouched) == (LENGTH, chain()[-1]["hash"], 0)
    assert (verdict.whole, verdict.broken_at) == (True, None)
    walked = {"entries": LENGTH, "head": chain()[-1]["hash"], "vouched": 0, "faults": ()}
    assert verdict.sheet() == walked | {"whole": True, "broken_at": None}
    assert examine([], START, Roots()).whole


@pytest.mark.parametrize("at", [1, 4, LENGTH])
@pytest.mark.parametrize("changed", [{"found": 99}, {"hash": ""}, {"hash": None}, {"id": None}, {"id": "4"}])
def test_edited(at, changed):
    spoilt = chain()
    spoilt[at - 1] = {**spoilt[at - 1], **changed}
    assert told(spoilt) == (Kind.EDITED, at, at, ENTRY)


def test_edited_in_its_number_alone():
    for at, number in ((3, 0), (3, -7), (1, 0), (2, 0), (4, -1)):
        spoilt = chain()
        moved = {**spoilt.pop(at - 1), "id": number}
        assert told([moved, *spoilt]) == (Kind.EDITED, at, at, ENTRY)
    spoilt = chain()
    spoilt.append({**spoilt.pop(2), "id": 40})
    assert told(spoilt) == (Kind.EDITED, 3, 3, ENTRY)
    whole = chain()
    assert told([*whole[:-1], {**whole[-1], "id": 40}]) == (Kind.EDITED, LENGTH, LENGTH, ENTRY)


def test_edited_so_that_it_says_another_came_before():
    spoilt = chain()
    spoilt[3] = {**spoilt[3], "previous": "f" * 64}
    assert told(spoilt) == (Kind.EDITED, 4, 4, ENTRY)


@pytest.mark.parametrize(("first", "last"), [(1, 1), (3, 3), (3, 6), (1, LENGTH - 1)])
def test_taken_out(first, last):
    left = [one for one in chain() if not first <= one["id"] <= last]
    assert told(left) == (Kind.DELETED, first, last, ENTRY)
    assert told(numbered(left)) == (Kind.DELETED, first, last, ENTRY)


@pytest.mark.parametrize("gone", [1, REACH - 1, REACH])
def test_taken_out_and_numbered_anew_is_known_as_far_as_it_is_looked_for(gone):
    whole = chain(REACH + 9)
    as_it_was = [*whole[:2], *whole[2 + gone :]]
    assert told(as_it_was, REACH + 9) == (Kind.DELETED, 3, 2 + gone, ENTRY)
    left = numbered(as_it_was)
    kind, last = (Kind.DELETED, 2 + gone) if gone < REACH else (Kind.EDITED, 3)
    assert told(left, REACH + 9) == (kind, 3, last, ENTRY)


@pytest.mark.parametrize(("one", "two"), [(1, 2), (2, 5), (4, LENGTH), (1, LENGTH)])
def test_swapped(one, two):
    spoilt = chain()
    spoilt[one - 1], spoilt[two - 1] = spoilt[two - 1], spoilt[one - 1]
    assert told(numbered(spoilt)) == (Kind.SWAPPED, one, two, ENTRY)


def test_swapped_though_one_of_them_was_written_over_too():
    spoilt = chain()
    spoilt[1], spoilt[4] = {**spoilt[4], "found": 99}, spoilt[1]
    assert told(numbered(spoilt)) == (Kind.INSERTED, 2, 2, ENTRY)


@pytest.mark.parametrize("at", [1, 4, LENGTH])
@pytest.mark.parametrize("hashed", [True, False])
def test_slipped_in(at, hashed):
    whole = chain()
    before = whole[at - 2]["hash"] if at > 1 else GENESIS
    made = entry(at, before if hashed else "f" * 64, action="people.nothing")
    spoilt = numbered([*whole[: at - 1], made if hashed else {**made, "hash": "x"}, *whole[at - 1 :]])
    assert told(spoilt) == (Kind.INSERTED, at, at, ENTRY)


@pytest.mark.parametrize("many", [1, 3])
def test_several_slipped_in_that_follow_each_other(many):
    made = chain(4)
    for number in range(5, 5 + many):
        made.append(entry(number, made[-1]["hash"], action="people.nothing"))
    spoilt = [*made, *numbered(chain()[4:], 5 + many)]
    assert told(spoilt) == (Kind.INSERTED, 5, 4 + many, ENTRY)


@pytest.mark.parametrize("number", [0, -1, -9])
def test_slipped_in_before_the_first(number):
    assert told([entry(number, "f" * 64), *chain()]) == (Kind.INSERTED, number, number, ENTRY)


def test_added_at_the_end():
    whole = chain()
    more = entry(LENGTH + 1, whole[-1]["hash"])
    assert told([*whole, more]) == (Kind.INSERTED, LENGTH + 1, LENGTH + 1, HEAD)
    assert told([*whole, {**more, "hash": "x"}]) == (Kind.INSERTED, LENGTH + 1, LENGTH + 1, ENTRY)
    assert told([*whole, {**whole[2], "found": 99}]) == (Kind.INSERTED, LENGTH + 1, LENGTH + 1, ENTRY)


@pytest.mark.parametrize("left", [0, 1, LENGTH - 1])
def test_cut(left):
    assert told(chain()[:left]) == (Kind.CUT, left + 1, LENGTH, HEAD)


def test_hashed_anew():
    whole = chain()
    whole[3] = entry(4, whole[2]["hash"], found=99)
    assert told(whole) == (Kind.REHASHED, 4, 5, ENTRY)
    whole = [entry(1, GENESIS, found=99), *chain()[1:]]
    assert told(whole) == (Kind.REHASHED, 1, 2, ENTRY)
    for at in range(1, LENGTH):
        whole[at] = entry(at + 1, whole[at - 1]["hash"])
    assert told(whole) == (Kind.REHASHED, 1, LENGTH, HEAD)


def test_the_head_that_says_another_number():
    for number in (LENGTH - 1, LENGTH + 1):
        assert told(chain(), end=End(number, chain()[-1]["hash"])) == (Kind.EDITED, LENGTH, LENGTH, HEAD)


def test_what_cannot_be_written_down_has_no_hash():
    without_end = []
    for _depth in range(100_000):
        without_end = [without_end]
    assert [hash_of({"id": 1, "details": one}) for one in ("half a letter: \ud800", without_end)] == ["", ""]
    assert hash_of({"id": 1}) == hash_of({"id": 1, "hash": "whatever"}) != hash_of({"id": 2})


def test_written_over_by_one_of_a_number_that_was_long_before():
    for at, number in ((5, 2), (LENGTH, 1)):
        spoilt = chain()
        spoilt[at - 1] = entry(number, "f" * 64, found=99)
        assert told(spoilt) == (Kind.INSERTED, at, at, ENTRY)
