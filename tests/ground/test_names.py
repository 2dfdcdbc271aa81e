"""golden_names.txt: 2,600 names drawn from lists of họ, đệm and tên that differ by little (seed 1; some in
capitals, in small letters, of one word, with - _ ' or .), sorted once by ICU 78.3 (PyICU, locale `vi`): by
the collation keys of tên, họ and đệm in turn at secondary strength, then the same three at tertiary.
"""

import random
from pathlib import Path

import pytest

from kieubao.ground.names import Keys, Parts, keys, sort_key, split, tokens

GOLDEN = (Path(__file__).parent / "golden_names.txt").read_text(encoding="utf-8").splitlines()


def test_names_sort_as_icu_sorts_them():
    shuffled = random.Random(7).sample(GOLDEN, len(GOLDEN))
    assert sorted(shuffled, key=lambda name: sort_key(name).encode()) == GOLDEN


def test_only_equal_names_tie():
    assert len(GOLDEN) >= 2000
    assert len({sort_key(name) for name in GOLDEN}) == len(GOLDEN)


def test_a_sort_key_is_ascii_and_short():
    assert all(sort_key(name).isascii() for name in GOLDEN)
    assert max(len(sort_key(name)) / len(name) for name in GOLDEN if len(name) > 10) < 4


@pytest.mark.parametrize(
    "ordered",
    [
        ["An", "Anh", "Ánh", "Ăn", "Ân", "Ấn"],
        ["An", "Àn", "Ản", "Ãn", "Án", "Ạn"],
        ["Vũ An", "Lê Ánh", "Đỗ Ân"],
        ["Lê An", "Lê Thị An", "Lê Thị Bé An", "Lê Văn An", "Lý An"],
        ["Lê Thuỳ Dung", "Lê Dũng", "Lê Đan"],
        ["Nguyễn Văn Tâm", "NGUYỄN VĂN TÂM", "Phạm Tâm", "Lê Tấm"],
        ["Trần Tâm", "Lê Tầm"],
        ["Lê Đan", "LÊ ÐAN", "Lê Đào"],
        ["Lê Muller", "Lê Müller", "Lê Mullin", "Lê Strasse", "Lê Straße"],
        ["", "An"],
    ],
)
def test_class_lists_go_by_given_name(ordered):
    found = [sort_key(name) for name in ordered]
    assert found == sorted(set(found))


def test_lists_by_family_name():
    ordered = ["An", "Lê An", "Lê Thị Yến", "Lê Văn An", "Lý An"]
    found = [sort_key(name, "family") for name in ordered]
    assert found == sorted(set(found))


def test_a_decomposed_name_sorts_where_its_composed_twin_does():
    assert sort_key("Nguye\u0302\u0303n") == sort_key("Nguyễn")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("", Parts("", "", "")),
        ("Hương", Parts("", "", "Hương")),
        ("Phạm Hương", Parts("Phạm", "", "Hương")),
        ("NGUYỄN VĂN TÂM", Parts("NGUYỄN", "VĂN", "TÂM")),
        (" Nguyễn  Thị Thu\xa0Thủy", Parts("Nguyễn", "Thị Thu", "Thủy")),
    ],
)
def test_home_order(name, parts):
    assert split(name) == parts


@pytest.mark.parametrize(
    ("name", "name_key", "given_key", "mid_key"),
    [
        ("Nguyễn Văn Tuấn", "nguyen van tuan", "tuan nguyen van", "van tuan nguyen"),
        ("Đặng Thị Kim Lan", "dang thi kim lan", "lan dang thi kim", "thi kim lan dang"),
        ("Phạm Hương", "pham huong", "huong pham", "huong pham"),
        ("Hương", "huong", "huong", "huong"),
        ("", "", "", ""),
    ],
)
def test_keys_begin_where_people_begin(name, name_key, given_key, mid_key):
    assert keys(name) == Keys(name_key, given_key, mid_key, sort_key(name), sort_key(name, "family"))


def test_tokens_are_folded_words():
    assert tokens("Jean-Pierre  Đỗ") == ["jean", "pierre", "do"]
