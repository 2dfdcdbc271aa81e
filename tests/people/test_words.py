import pytest

from kieubao.people import lexicon
from kieubao.people.ranking import Named, Sought
from kieubao.people.words import filter_words, having, name_words, pairs, words

HERE = {"kind": "abroad", "country": "CZ", "province": "42", "commune": "18673"}


def document(name, *other_names, **columns):
    return words({"name": name, "other_names": other_names, **columns}).split()


def test_marks_case_and_tone_placement_do_not_matter():
    assert document("Đặng Thị Hòa", **HERE) == document("DANG thi Hoà", **HERE)


def test_a_document_has_the_words_of_every_name_how_they_begin_their_pairs_and_the_filters():
    found = document("Lê Hoà", "Hoa Müller", **HERE, sector="J", city="San José", interests=["trade", "gift_giving"])
    assert found == [
        *("0ccz", "0igiftgiving", "0itrade", "0kabroad", "0m18673", "0p42", "0tsanjose", "0vj"),
        *("10ccz0hoa", "10ccz0le", "10ccz0muller", "10m186730hoa", "10m186730le", "10m186730muller"),
        *("1hoa0le", "1hoa0muller", "1le0muller"),
        *("2h", "2ho", "2hoa", "2l", "2le", "2m", "2mu", "2mul", "hoa", "le", "muller"),
    ]


def test_what_is_not_known_leaves_no_word():
    assert document("Ho", kind="home", country=None, interests=[]) == ["0khome", "2h", "2ho", "ho"]


def test_a_name_cannot_pass_for_what_is_marked():
    assert name_words("0p42 1le0hoa 2h Hoa2 Hoa") == ["hoa"]


def test_a_word_said_twice_stands_once_in_a_document():
    assert name_words("Hoa Hoa Lê") == ["hoa", "hoa", "le"]
    assert document("Hoa Hoa") == document("Hoa")


def test_pairs_do_not_depend_on_the_order():
    assert sorted(pairs(["van", "nguyen", "an"])) == sorted(pairs(["an", "van", "nguyen"]))


def test_a_word_that_is_one_of_those_that_may_follow_is_asked_for_by_itself():
    assert having(["hoa"], ["hoa", "hoan"]) == [["hoa", "1hoa0hoan"]]


def test_only_what_the_documents_hold_is_asked_of_them():
    wanted = {"countries": ["CZ", "DE"], "kinds": [], "communes": ["18673"], "genders": ["female"]}
    assert filter_words(wanted | {"cities": ["Đà Lạt"]}) == [["0ccz", "0cde"], ["0tdalat"], ["0m18673"]]


def test_only_whole_words_are_known_and_only_the_nearest_are_meant(app):
    lexicon.learn(["nguyen", "hang", "angh"])
    assert lexicon.known(["nguyen", "nguyn", "han"]) == {"nguyen"}
    assert lexicon.near("hang", 9) == []
    assert lexicon.near("hagn", 9) == ["hang"]


@pytest.mark.parametrize(("typed", "fits"), [("V. An", True), ("V. V. An", False), ("V. V. Vũ", False)])
def test_an_initial_stands_for_a_word_of_its_own(typed, fits):
    rank = Sought.read(typed).rank(Named(1, "Vũ An", "", "vu an", "[]"))
    assert (rank is not None) == fits
