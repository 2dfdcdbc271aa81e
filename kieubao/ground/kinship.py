"""What a relative is to a person: the terms, their words for either gender, and the tie from the other side.

The terms are those of family forms in use (no list in law is cited) and say no more than the word does: a chú
or a cô sees a nibling, and a nibling sees a parent's sibling whose exact word the record does not tell.
"""

from collections.abc import Iterator
from typing import Final

from kieubao.ground.errors import Invalid, _
from kieubao.ground.spellings import Spellings
from kieubao.ground.vocabulary import Vocabulary

Kin = tuple[str, str | None]

# The words for a relative of unknown, male and female gender; %s depends on the person's own.
_VI: Final = {
    "spouse": ("vợ/chồng", "chồng", "vợ"),
    "parent": ("cha/mẹ đẻ", "cha đẻ", "mẹ đẻ"),
    "child": ("con đẻ", "con trai", "con gái"),
    "elder_sibling": ("anh/chị ruột", "anh ruột", "chị ruột"),
    "younger_sibling": ("em ruột", "em trai", "em gái"),
    "adoptive_parent": ("cha/mẹ nuôi", "cha nuôi", "mẹ nuôi"),
    "adopted_child": ("con nuôi", "con trai nuôi", "con gái nuôi"),
    "parent_in_law": ("cha/mẹ %s", "cha %s", "mẹ %s"),
    "child_in_law": ("con dâu/con rể", "con rể", "con dâu"),
    "paternal_grandparent": ("ông/bà nội", "ông nội", "bà nội"),
    "maternal_grandparent": ("ông/bà ngoại", "ông ngoại", "bà ngoại"),
    "paternal_grandchild": ("cháu nội", "cháu nội trai", "cháu nội gái"),
    "maternal_grandchild": ("cháu ngoại", "cháu ngoại trai", "cháu ngoại gái"),
    "bac": ("bác", "bác trai", "bác gái"),
    "chu": ("chú", "chú", "chú"),
    "cau": ("cậu", "cậu", "cậu"),
    "co": ("cô", "cô", "cô"),
    "di": ("dì", "dì", "dì"),
    "parent_sibling": ("cô/dì/chú/bác/cậu", "chú/bác/cậu", "cô/dì/bác"),
    "nibling": ("cháu (con của anh, chị, em)", "cháu trai", "cháu gái"),
    "other": ("khác", "khác", "khác"),
}
_EN: Final = {
    "spouse": ("spouse", "husband", "wife"),
    "parent": ("parent", "father", "mother"),
    "child": ("child", "son", "daughter"),
    "elder_sibling": ("elder sibling", "elder brother", "elder sister"),
    "younger_sibling": ("younger sibling", "younger brother", "younger sister"),
    "adoptive_parent": ("adoptive parent", "adoptive father", "adoptive mother"),
    "adopted_child": ("adopted child", "adopted son", "adopted daughter"),
    "parent_in_law": ("parent-in-law", "father-in-law", "mother-in-law"),
    "child_in_law": ("child-in-law", "son-in-law", "daughter-in-law"),
    "paternal_grandparent": ("paternal grandparent", "paternal grandfather", "paternal grandmother"),
    "maternal_grandparent": ("maternal grandparent", "maternal grandfather", "maternal grandmother"),
    "paternal_grandchild": ("son's child", "son's son", "son's daughter"),
    "maternal_grandchild": ("daughter's child", "daughter's son", "daughter's daughter"),
    "bac": ("parent's elder sibling", "parent's elder brother", "parent's elder sister"),
    "chu": ("father's younger brother",) * 3,
    "cau": ("mother's brother",) * 3,
    "co": ("father's younger sister",) * 3,
    "di": ("mother's younger sister",) * 3,
    "parent_sibling": ("aunt or uncle", "uncle", "aunt"),
    "nibling": ("niece or nephew", "nephew", "niece"),
    "other": ("other",) * 3,
}
_GENDERS: Final = (None, "male", "female")
_OF_SPOUSE: Final = {"male": "vợ", "female": "chồng"}
_EITHER: Final = "vợ/chồng"

KINSHIP: Final = Vocabulary({term: (labels[0].replace("%s", _EITHER), _EN[term][0]) for term, labels in _VI.items()})

_PAIRS: Final = (
    ("spouse", "spouse"),
    ("parent", "child"),
    ("adoptive_parent", "adopted_child"),
    ("parent_in_law", "child_in_law"),
    ("elder_sibling", "younger_sibling"),
    ("paternal_grandparent", "paternal_grandchild"),
    ("maternal_grandparent", "maternal_grandchild"),
    ("parent_sibling", "nibling"),
    ("other", "other"),
)
_INVERSE: Final = (
    dict.fromkeys(("bac", "chu", "cau", "co", "di"), "nibling") | dict(_PAIRS) | {other: term for term, other in _PAIRS}
)

# What clerks write besides the labels. Words with several meanings stand here with each, and so are refused.
_WORDS: Final[dict[Kin, str]] = {
    ("spouse", "male"): "ông xã",
    ("spouse", "female"): "bà xã",
    ("parent", "male"): "cha; bố; bố đẻ; ba; ba đẻ; ba ruột; cha ruột; bố ruột; tía; thân phụ",
    ("parent", "female"): "mẹ; má; mẹ ruột; má ruột; mạ; thân mẫu",
    ("parent", None): "bố mẹ; cha mẹ; bố/mẹ; cha/mẹ; ba mẹ; bố mẹ đẻ; cha mẹ đẻ",
    ("child", None): "con; con ruột",
    ("child", "male"): "con trai ruột; con trai đẻ",
    ("child", "female"): "con gái ruột; con gái đẻ",
    ("elder_sibling", None): "anh/chị; anh chị; anh chị ruột",
    ("elder_sibling", "male"): "anh; anh trai; anh trai ruột; anh cả; anh hai",
    ("elder_sibling", "female"): "chị; chị gái; chị gái ruột; chị cả; chị hai",
    ("younger_sibling", None): "em; em út",
    ("younger_sibling", "male"): "em trai ruột",
    ("younger_sibling", "female"): "em gái ruột",
    ("adoptive_parent", None): "bố mẹ nuôi; cha mẹ nuôi; bố/mẹ nuôi",
    ("adoptive_parent", "male"): "bố nuôi; ba nuôi",
    ("adoptive_parent", "female"): "má nuôi",
    ("adopted_child", None): "con nuôi",
    ("parent_in_law", None): "bố mẹ vợ; bố mẹ chồng; cha mẹ vợ; cha mẹ chồng",
    ("parent_in_law", "male"): "bố vợ; bố chồng; ba vợ; ba chồng; nhạc phụ; cha vợ; cha chồng",
    ("parent_in_law", "female"): "má vợ; má chồng; nhạc mẫu; mẹ vợ; mẹ chồng",
    ("child_in_law", "male"): "chàng rể; rể",
    ("child_in_law", "female"): "nàng dâu; dâu",
    ("paternal_grandparent", "male"): "ông",
    ("maternal_grandparent", "male"): "ông",
    ("paternal_grandparent", "female"): "bà",
    ("maternal_grandparent", "female"): "bà",
    ("paternal_grandchild", None): "cháu",
    ("maternal_grandchild", None): "cháu",
    ("nibling", None): "cháu; cháu ruột; cháu họ",
    ("bac", None): "bác ruột; bác họ",
    ("chu", "male"): "chú ruột; chú họ",
    ("cau", "male"): "cậu ruột; cậu họ",
    ("co", "female"): "cô ruột; cô họ; o; o ruột",
    ("di", "female"): "dì ruột; dì họ",
    ("other", None): "em họ; họ hàng; bà con; người quen; bạn; người nhà",
    ("other", "male"): "anh họ; anh rể; em rể; dượng",
    ("other", "female"): "chị họ; chị dâu; em dâu; thím; mợ",
}
_GENDERED: Final = {"chu": "male", "cau": "male", "co": "female", "di": "female"}


def kin_label(term: str, relative: str | None = None, person: str | None = None, language: str = "vi") -> str:
    """Return the word for a relative of that gender; the person's own tells mẹ vợ from mẹ chồng."""
    KINSHIP.label(term)
    words = (_VI if language == "vi" else _EN)[term]
    word = words[_GENDERS.index(relative) if relative in _GENDERS else 0]
    return word.replace("%s", _OF_SPOUSE.get(person or "", _EITHER))


def inverse(term: str) -> str:
    """Return what the person is to the relative: "child" for "parent"."""
    KINSHIP.label(term)
    return _INVERSE[term]


def kinship(text: str) -> tuple[str, str | None]:
    """Return the term and the relative's gender if the word tells it; raise Invalid for no or several terms.

    Bare "ông", "bà" and "cháu" are refused: they do not say through whom.
    """
    found = _SPELLINGS.meanings(text)
    if not found:
        known = ", ".join(KINSHIP.label(term) for term in KINSHIP.codes)
        raise Invalid(_("%(text)s is not a known tie; write one of: %(known)s"), text=text, known=known)
    if len(found) > 1:
        known = ", ".join(sorted(kin_label(*kin) for kin in found))
        raise Invalid(_("%(text)s can mean several ties; write one of: %(known)s"), text=text, known=known)
    return next(iter(found))


def is_sure(text: str) -> bool:
    """Tell whether a word names one tie, and no other."""
    return len(_SPELLINGS.meanings(text)) == 1


def _spelled() -> Iterator[tuple[str, Kin]]:
    for term, words in (*_VI.items(), *_EN.items()):
        for gender, word in zip(_GENDERS, words, strict=True):
            yield word.replace("%s", _EITHER), (term, _GENDERED.get(term) if word == words[0] else gender)
    for kin, ways in _WORDS.items():
        yield from ((way, kin) for way in ways.split("; "))


_SPELLINGS: Final = Spellings(_spelled())
