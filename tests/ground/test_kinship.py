import pytest

from kieubao.ground.errors import Invalid
from kieubao.ground.kinship import KINSHIP, inverse, kin_label, kinship


@pytest.mark.parametrize(
    ("text", "term", "gender"),
    [
        # every tie of the sample spreadsheet
        ("anh trai", "elder_sibling", "male"),
        ("ông nội", "paternal_grandparent", "male"),
        ("chồng", "spouse", "male"),
        ("chú", "chu", "male"),
        ("con", "child", None),
        ("vợ", "spouse", "female"),
        ("chị gái", "elder_sibling", "female"),
        ("bố đẻ", "parent", "male"),
        ("cô", "co", "female"),
        ("em ruột", "younger_sibling", None),
        ("mẹ", "parent", "female"),
        # and others
        ("Cha", "parent", "male"),
        ("con trai", "child", "male"),
        ("con gái", "child", "female"),
        ("dì", "di", "female"),
        ("bác", "bac", None),
        ("bác gái", "bac", "female"),
        ("cậu", "cau", "male"),
        ("cháu nội", "paternal_grandchild", None),
        ("chau ngoai", "maternal_grandchild", None),
        ("bà ngoại", "maternal_grandparent", "female"),
        ("mẹ vợ", "parent_in_law", "female"),
        ("bố chồng", "parent_in_law", "male"),
        ("con dâu", "child_in_law", "female"),
        ("con rể", "child_in_law", "male"),
        ("con nuôi", "adopted_child", None),
        ("thím", "other", "female"),
        ("khác", "other", None),
        ("wife", "spouse", "female"),
    ],
)
def test_words(text, term, gender):
    assert kinship(text) == (term, gender)
    assert kinship(text.upper()) == (term, gender)


@pytest.mark.parametrize("text", ["cháu", "ông", "bà", "ba", "chau"])
def test_several(text):
    with pytest.raises(Invalid, match=r"can mean several ties; write one of: .*(nội|ngoại)"):
        kinship(text)


@pytest.mark.parametrize("text", ["", "hàng xóm", "09123"])
def test_unknown(text):
    with pytest.raises(Invalid, match="write one of: vợ/chồng, cha/mẹ đẻ"):
        kinship(text)


@pytest.mark.parametrize(
    ("term", "other"),
    [
        ("spouse", "spouse"),
        ("parent", "child"),
        ("adopted_child", "adoptive_parent"),
        ("elder_sibling", "younger_sibling"),
        ("parent_in_law", "child_in_law"),
        ("paternal_grandchild", "paternal_grandparent"),
        ("maternal_grandparent", "maternal_grandchild"),
        ("co", "nibling"),
        ("cau", "nibling"),
        ("nibling", "parent_sibling"),
        ("other", "other"),
    ],
)
def test_inverse(term, other):
    assert inverse(term) == other


def test_an_inverse_comes_back():
    vague = {"bac", "chu", "cau", "co", "di"}  # a nibling does not tell which of them
    assert all(inverse(inverse(term)) == term for term in KINSHIP.codes if term not in vague)
    assert {inverse(inverse(term)) for term in vague} == {"parent_sibling"}


@pytest.mark.parametrize(
    ("term", "relative", "person", "language", "label"),
    [
        ("parent", "female", None, "vi", "mẹ đẻ"),
        ("parent", None, None, "vi", "cha/mẹ đẻ"),
        ("parent", "other", None, "vi", "cha/mẹ đẻ"),
        ("parent_in_law", "male", "male", "vi", "cha vợ"),
        ("parent_in_law", "female", "female", "vi", "mẹ chồng"),
        ("parent_in_law", None, None, "vi", "cha/mẹ vợ/chồng"),
        ("spouse", "male", "female", "vi", "chồng"),
        ("younger_sibling", "male", None, "en", "younger brother"),
        ("co", None, None, "vi", "cô"),
    ],
)
def test_label(term, relative, person, language, label):
    assert kin_label(term, relative, person, language) == label


def test_every_label_is_read_back():
    assert [term for term in KINSHIP.codes if kinship(KINSHIP.label(term))[0] != term] == []


def test_no_such_term():
    for use in (inverse, kin_label):
        with pytest.raises(Invalid, match="give one of spouse"):
            use("cousin")
