import pytest

from kieubao.ground import vocabulary
from kieubao.ground.errors import Invalid
from kieubao.ground.kinship import KINSHIP
from kieubao.ground.vocabulary import Vocabulary

LISTS = [KINSHIP, *(value for value in vars(vocabulary).values() if isinstance(value, Vocabulary))]


@pytest.mark.parametrize("listed", LISTS)
def test_every_code_has_two_labels(listed):
    assert all(code in listed and listed.label(code) and listed.label(code, "en") for code in listed.codes)
    assert len({listed.label(code) for code in listed.codes}) == len(listed.codes)


@pytest.mark.parametrize(
    ("listed", "codes"),
    [
        (vocabulary.OCCUPATION_GROUP, "0 1 2 3 4 5 6 7 8 9"),
        (vocabulary.SECTOR, "A B C D E F G H I J K L M N O P Q R S T U V"),
        (vocabulary.STATUS_ABROAD, "settled worker student business other unknown"),
        (vocabulary.CITIZENSHIP, "vn vn_foreign vn_origin"),
        (vocabulary.GENERATION, "1 1.5 2 3+"),
        (vocabulary.GENDER, "male female other"),
        (vocabulary.FORM_OF_ADDRESS, "ong ba anh chi cu chau"),
        (
            vocabulary.INTEREST,
            "investment trade knowledge science_technology training charity culture tourism connection",
        ),
    ],
)
def test_codes(listed, codes):
    assert " ".join(listed.codes) == codes


@pytest.mark.parametrize(
    ("listed", "code", "vi", "en"),
    [
        (vocabulary.SECTOR, "K", "viễn thông", "Telecommunications"),
        (vocabulary.SECTOR, "V", "cơ quan quốc tế", "extraterritorial"),
        (vocabulary.OCCUPATION_GROUP, "2", "Nhà chuyên môn bậc cao", "Professionals"),
        (vocabulary.GENERATION, "1.5", "Thế hệ 1,5", "1.5"),
    ],
)
def test_labels(listed, code, vi, en):
    assert vi in listed.label(code)
    assert en in listed.label(code, "en")


def test_a_code_outside_the_list():
    assert "x" not in vocabulary.GENDER
    with pytest.raises(Invalid, match="give one of male, female, other"):
        vocabulary.GENDER.label("x")
