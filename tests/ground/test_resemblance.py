"""What speaks for two records being of one person, and how much."""

import pytest

from kieubao.ground.names import tokens
from kieubao.ground.resemblance import LIKELY, POSSIBLE, Reason, Traits, evidence, rarity_of, score
from kieubao.ground.vocabulary import LIKENESS

R = Reason
PEOPLE = 100_000


def traits(name="Nguyễn Thị Đào", **told):
    return Traits(
        name,
        tuple(tokens(name)),
        **{"born": "1960-08-14", "commune": "18673", "country": "CZ", "gender": "female", **told},
    )


def told(one, other, called=20):
    return {each.reason: each.bits for each in evidence(one, other, rarity_of(called, PEOPLE))}


def bits(one, other, called=20):
    return score(evidence(one, other, rarity_of(called, PEOPLE)), PEOPLE)


NAMES = [
    ("Nguyễn Thị Đào", R.SAME_NAME),
    ("NGUYỄN THỊ ĐÀO", R.SAME_NAME),
    ("Nguyen Thi dao", R.SAME_UNMARKED_NAME),
    ("Thị Đào Nguyễn", R.SAME_WORDS),
    ("Nguyễn Đào", R.FEWER_WORDS),
    ("Nguyễn Thii Đào", R.NEAR_NAME),
    ("Nguyễn Kevin", R.OTHER_NAME),
    ("Lê Kevin", R.OTHER_NAME),
]


@pytest.mark.parametrize(("name", "reason"), NAMES)
def test_names(name, reason):
    assert reason in told(traits(), traits(name))


def test_a_rare_name_tells_more_than_a_common_one_and_a_shared_surname_more_than_none():
    assert told(traits(), traits(), 5)[R.SAME_NAME] > told(traits(), traits(), 5_000)[R.SAME_NAME] > 0
    assert 0 > told(traits(), traits("Nguyễn Kevin"))[R.OTHER_NAME] > told(traits(), traits("Lê Kevin"))[R.OTHER_NAME]


def test_another_name_that_is_shared():
    other = traits("Kevin Lê", others=("dao nguyen thi",))
    assert R.OTHER_NAME_SHARED in told(traits(), other)
    assert R.OTHER_NAME_SHARED in told(other, traits())
    assert R.OTHER_NAME_SHARED in told(traits("Lê Hoa", others=("hoa le",)), traits("Vũ Lan", others=("hoa le",)))


BIRTHS = [
    ("1960-08-14", "1960-08-14", R.SAME_BIRTH, 14.0),
    ("1960-08", "1960-08", R.SAME_BIRTH, 9.0),
    ("1960", "1960", R.SAME_BIRTH_YEAR, 5.5),
    ("1960~", "1960-08-14", R.SAME_BIRTH_YEAR, 5.5),
    ("1960-08-04", "1960-04-08", R.TURNED_BIRTH, 9.0),
    ("1960-08-14", "1960-08-15", R.OTHER_BIRTH_DAY, 4.0),
    ("1960-08-14", "1960-02-28", R.OTHER_BIRTH_DAY, -4.0),
    ("1960-08-14", "1961-08-14", R.OTHER_BIRTH_YEAR, 2.0),
    ("1960-08-14", "1971-03-02", R.OTHER_BIRTH_YEAR, -7.0),
]


@pytest.mark.parametrize(("one", "other", "reason", "weight"), BIRTHS)
def test_births(one, other, reason, weight):
    for first, second in ((one, other), (other, one)):
        births = {
            name: value for name, value in told(traits(born=first), traits(born=second)).items() if "BIRTH" in name.name
        }
        assert births == {reason: weight}


@pytest.mark.parametrize("born", [None, "1960/1965"])
def test_a_birth_that_is_not_known_tells_nothing(born):
    assert not [one for one in told(traits(), traits(born=born)) if "BIRTH" in one.name]


SHARED = [
    ({"numbers": {1, 2}}, {"numbers": {2}}, R.SAME_NUMBER),
    ({"numbers": {1}}, {"numbers": {2}}, R.OTHER_NUMBER),
    ({"emails": {1}}, {"emails": {1}}, R.SAME_EMAIL),
    ({"emails": {1}}, {"emails": {2}}, R.OTHER_EMAIL),
    ({"kin": {7}}, {"kin": {7, 8}}, R.SAME_KIN),
    ({}, {}, R.SAME_COMMUNE),
    ({}, {"commune": "18685"}, R.OTHER_COMMUNE),
    ({}, {"country": "JP"}, R.OTHER_COUNTRY),
    ({"city": "Praha"}, {"city": "Praha"}, R.SAME_PLACE),
    ({"city": "Praha"}, {"city": "Brno"}, R.OTHER_PLACE),
    ({}, {"gender": "male"}, R.OTHER_GENDER),
]


@pytest.mark.parametrize(("one", "other", "reason"), SHARED)
def test_what_is_shared_and_what_differs(one, other, reason):
    mine, theirs = ({k: frozenset(v) if isinstance(v, set) else v for k, v in some.items()} for some in (one, other))
    found = told(traits(**mine), traits(**theirs))
    assert (found[reason] > 0) == ("SAME" in reason.name)


@pytest.mark.parametrize("name", ["born", "gender", "commune", "country"])
def test_what_is_not_known_of_one_tells_nothing(name):
    whole, less = told(traits(), traits()), told(traits(), traits(**{name: None}))
    assert less.items() < whole.items()


def test_cities_of_different_countries_are_not_compared():
    assert not {R.SAME_PLACE, R.OTHER_PLACE} & told(traits(city="Lyon"), traits(city="Lyon", country="JP")).keys()


def test_what_is_called_likely():
    assert bits(traits(), traits()) >= LIKELY
    assert bits(traits(), traits("Nguyen Thi dao", born=None), 3_000) < LIKELY
    assert bits(traits(), traits("Lê Văn Ba", born="1971-03-02", gender="male")) < POSSIBLE


def test_the_more_people_the_less_it_tells():
    found = evidence(traits(), traits(), 10)
    assert score(found, 1_000) > score(found, 1_000_000)
    assert score(found, 1) == score(found, 1_000)


def test_every_reason_has_its_words():
    assert {reason.value for reason in Reason} == set(LIKENESS.codes)
