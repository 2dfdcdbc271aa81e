from kieubao.people.words import filter_words, name_words, pairs, words

PLACE = {"kind": "abroad", "country": "CZ", "province": "42", "commune": "18673"}


def test_marks_case_and_tone_placement_do_not_matter():
    assert words("Đặng Thị Hòa", [], **PLACE) == words("DANG thi Hoà", [], **PLACE)


def test_a_document_has_the_words_of_every_name_their_pairs_and_the_filters():
    found = words("Lê Hoà", ["Hoa Müller"], **PLACE).split()
    assert found == [
        "0ccz",
        "0kabroad",
        "0m18673",
        "0p42",
        "1hoa0le",
        "1hoa0muller",
        "1le0muller",
        "hoa",
        "le",
        "muller",
    ]


def test_what_is_not_known_leaves_no_word():
    assert words("Hoa", [], kind="home", country=None, province="42", commune=None) == "0khome 0p42 hoa"


def test_a_name_cannot_pass_for_a_filter_or_a_pair():
    assert name_words("0p42 1le0hoa Hoa2 Hoa") == ["hoa"]


def test_a_word_said_twice_is_one_word():
    assert name_words("Hoa Hoa Lê") == ["hoa", "le"]


def test_pairs_do_not_depend_on_the_order():
    assert pairs(["van", "nguyen", "an"]) == pairs(["an", "van", "nguyen"])


def test_only_what_the_documents_hold_is_asked_of_them():
    wanted = {"countries": ["CZ", "DE"], "kinds": [], "communes": ["18673"], "sectors": ["A"]}
    assert filter_words(wanted) == [["0ccz", "0cde"], ["0m18673"]]
