"""What the columns and words of a file may mean: proposed by what stands in them, for a person to confirm."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final

from kieubao.consent.vocabulary import Channel
from kieubao.ground.cells import plain
from kieubao.ground.legacy import Guess, decode, guess
from kieubao.ground.text import fold
from kieubao.ground.vocabulary import Vocabulary
from kieubao.intake.columns import JOINED
from kieubao.intake.cuts import CUTS
from kieubao.intake.files import Row, Sheet, Table, headed
from kieubao.labels import WORDS

# What a column may mean: a field of the person or of the relative, a channel by which one is reached, or the answer.
PERSON: Final = "person"
RELATIVE: Final = "relative"
CONSENT: Final = "consent"
ANSWER: Final = "consent.answer"
# Which record a row is of.
RECORD: Final = "person.code"
# What tells of an answer what proves it.
PROOF: Final = ("consent.signed_on", "consent.evidence", "consent.notice")
_OWN = (
    *("code", "name", "born", "gender", "form_of_address", "home", "country", "region", "city", "address", "status"),
    *("citizenship", "generation", "occupation", "occupation_group", "sector", "workplace", "position"),
    *("education", "note"),
)
_KINS = ("name", "kinship", "born", "gender", "home", "address")
_CHANNELS = (Channel.PHONE, Channel.ZALO, Channel.EMAIL, Channel.POST)
TARGETS: Final = (
    *(f"{PERSON}.{name}" for name in _OWN),
    *(f"{PERSON}:{channel}" for channel in _CHANNELS),
    *(f"{RELATIVE}.{name}" for name in _KINS),
    *(f"{RELATIVE}:{channel}" for channel in _CHANNELS),
    ANSWER,
    *PROOF,
)
# Columns whose cells are cut, by the name of the rule; what a part of a cell may mean, and what several may together.
_NAME = f"{PERSON}.name"
SPLIT: Final = "split"
SPLITS: Final = tuple(f"{SPLIT}.{rule}" for rule in CUTS)
_OF_PEOPLE = tuple(target for target in TARGETS if not target.startswith(CONSENT))
JOINS: Final = tuple(target for target in _OF_PEOPLE if target.partition(".")[2] in JOINED)
# Fields of which each word has to be said what it means.
CODED: Final = {name: words for name, words in WORDS.items() if name in _OWN and isinstance(words, Vocabulary)}
PIECES: Final = tuple(target for target in _OF_PEOPLE if target.partition(".")[2] not in CODED)
# What offices write for these, folded.
_ALSO: Final[Mapping[str, Mapping[str, str]]] = {
    "gender": {"m": "male", "f": "female", "ong": "male", "ba": "female", "nam gioi": "male", "nu gioi": "female"},
    "education": {"thpt": "secondary", "cap 3": "secondary", "12 12": "secondary", "dh": "bachelor", "cd": "college"},
    "status": {"dinh cu": "settled", "xkld": "worker", "lao dong xuat khau": "worker", "du hoc sinh": "student"},
}
# What offices call their columns, folded: the first that a heading holds tells it. Of kin first.
_HEADINGS: Final[Sequence[tuple[re.Pattern[str], str]]] = (
    (re.compile(r"^(ma|ma ho so|ma kieu bao|ma kb|code|record code)$"), RECORD),
    (re.compile(r"\b(moi )?quan he\b|relationship|kinship"), "relative.kinship"),
    (re.compile(r"(sdt|so dien thoai|dien thoai|dt|phone).*(than nhan|nguoi nha|gia dinh)"), "relative:phone"),
    (re.compile(r"(ngay|nam).*sinh.*(than nhan|nguoi nha)"), "relative.born"),
    (re.compile(r"(dia chi|noi o).*(than nhan|nguoi nha|gia dinh)"), "relative.address"),
    (re.compile(r"than nhan|nguoi nha|nguoi than|relative"), "relative.name"),
    (re.compile(r"ngay (ky|dong y|tra loi)|signed on"), "consent.signed_on"),
    (re.compile(r"so phieu|phieu so|bang chung|evidence"), "consent.evidence"),
    (re.compile(r"dong y|y kien|consent"), ANSWER),
    (re.compile(r"zalo"), "person:zalo"),
    (re.compile(r"e ?mail|thu dien tu|hop thu"), "person:email"),
    (re.compile(r"sdt|dien thoai|so dt|^dt\b|di dong|mobile|phone|^tel"), "person:phone"),
    (re.compile(r"(ngay|nam).*sinh|^sinh\b|date of birth|birth|dob"), "person.born"),
    (re.compile(r"gioi tinh|^gt$|^nam nu$|gender|^sex$"), "person.gender"),
    (re.compile(r"que quan|que goc|nguyen quan|^que\b|home ?(place|town)"), "person.home"),
    (re.compile(r"quoc tich|citizenship|nationality"), "person.citizenship"),
    (re.compile(r"dia chi|noi o|cho o|address"), "person.address"),
    (re.compile(r"(nuoc|quoc gia).*\b(o|song|cu tru|lam viec|so tai)\b|^nuoc\b|^quoc gia\b|country"), "person.country"),
    (re.compile(r"thanh pho|^city$"), "person.city"),
    (re.compile(r"nghe|cong viec|occupation|^job$"), "person.occupation"),
    (re.compile(r"noi lam viec|co quan|cong ty|don vi|workplace|employer"), "person.workplace"),
    (re.compile(r"chuc vu|chuc danh|position|title"), "person.position"),
    (re.compile(r"trinh do|hoc van|bang cap|education"), "person.education"),
    (re.compile(r"dien|tinh trang|status"), "person.status"),
    (re.compile(r"ho( va|,)? ?(chu dem )?(va )?ten|^ten$|full ?name|^name$|ho ten"), "person.name"),
    (re.compile(r"ghi chu|note|remark"), "person.note"),
)
# What columns are called that tell parts of a name, folded: where two of them stand, they do.
_NAME_PARTS: Final = frozenset(
    {"ho", "ten", "dem", "chu dem", "ten dem", "ten lot", "chu lot", "ho dem", "ho va dem", "ho va ten dem"}
    | {"ho va chu dem", "ho chu dem", "ho lot", "surname", "family name", "last name", "middle name"}
    | {"first name", "given name"}
)
_NO: Final = frozenset({"khong", "tu choi", "khong dong y", "no", "refused"})
_NUMBERED = re.compile(r"stt|so tt|tt|no|so thu tu")
# Of so many filled cells a column holds what they are, where most of them are.
_LOOKED_AT, _MOST = 30, 0.6
_CONTENT: Final[Sequence[tuple[Callable[[str], object], str]]] = (
    (re.compile(r"[^@\s]+@[^@\s]+").fullmatch, "person:email"),
    (re.compile(r"[+(]?[\d][\d .()-]{7,}").fullmatch, "person:phone"),
    (re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}").fullmatch, "person.born"),
    (lambda text: fold(text) in {"nam", "nu"}, "person.gender"),
)


def sheet_of(tables: Sequence[Table], place: int | None = None, above: int | None = None) -> Sheet:
    """Return the table that is named, or the one whose headings say most."""
    here = [(at, table) for at, table in enumerate(tables) if (table.shown if place is None else at == place)]
    rows = [(at, table, n) for at, table in here or enumerate(tables) for n in range(len(table.rows))]
    if above is not None:
        rows = [one for one in rows if one[1].rows[one[2]].number == above] or rows
    best = max(rows, key=lambda one: _weight(one[1].rows[one[2]]), default=None)
    return headed(best[1].rows, best[2], best[0]) if best else Sheet([])


def old(sheet: Sheet, rows: Sequence[Row], fonts: Sequence[str] = ()) -> dict[str, Guess]:
    """Return which columns seem to be typed in an old encoding, by their headings, and how surely.

    `fonts` are those of the sheet's columns, as far as it tells them.
    """
    texts = {
        heading: [heading, *(row.cells[at] for row in rows if at < len(row.cells))]
        for at, heading in enumerate(sheet.headings)
    }
    fonts_of = dict(zip(sheet.headings, fonts[sheet.reasons :], strict=False))
    found = {heading: guess(texts[heading], fonts_of.get(heading, "")) for heading in sheet.headings if heading}
    return {heading: one for heading, one in found.items() if one}


def columns(sheet: Sheet, rows: Sequence[Row]) -> list[str]:
    """Return what each column may mean, "" for nothing; no two mean the same but numbers, and parts of a name."""
    headings = [decode(one, sheet.old[one]) if one in sheet.old else one for one in sheet.headings]
    parts = {heading for heading in headings if fold(heading) in _NAME_PARTS}
    parts = parts if len(parts) > 1 else set()
    taken = {_NAME} if parts else set()
    found = []
    below = list(map(sheet.cells, rows))
    for at, heading in enumerate(headings):
        cells = [cells[at] for cells in below if at < len(cells) and cells[at].strip()]
        target = next((one for one in _meant(heading, cells) if _is_free(one, taken)), "")
        found.append(_NAME if heading in parts else target)
        taken.add(found[-1])
    return found


def pieces(heading: str, rule: str, count: int) -> list[str]:
    """Return what each part of a column's cells may mean, by the parts of its heading; "" for nothing."""
    parts = CUTS[rule].parts(heading)
    means = list(map(_by_heading, parts)) if len(parts) == count else [""] * count
    if any(one.startswith(RELATIVE) for one in means):
        means = [one.replace(PERSON, RELATIVE) for one in means]
    return [one if one in PIECES and one not in means[:at] else "" for at, one in enumerate(means)]


def _is_free(target: str, taken: Collection[str]) -> bool:
    return target not in taken or ":" in target or target in SPLITS


def _rule(heading: str, cells: Sequence[str]) -> str:
    """Return by which rule a heading, and most cells below, fall into as many parts, each of which means something."""
    for rule, cut in CUTS.items():
        count = len(cut.parts(heading))
        looked_at = [len(cut.parts(cell)) for cell in cells[:_LOOKED_AT]]
        if count > 1 and all(pieces(heading, rule, count)) and looked_at.count(count) > _MOST * len(looked_at):
            return rule
    return ""


def meaning(name: str, word: str) -> str:
    """Return the code a word may stand for in a field, or the no that an answer may be; "" where none is near."""
    if name not in CODED:
        return "refused" if fold(word) in _NO else ""
    known = CODED[name]
    labels = {fold(said): code for code in known.codes for said in (code, *known.labels[code])}
    return {**labels, **_ALSO.get(name, {})}.get(fold(word), "")


def _weight(row: Row) -> tuple[int, int]:
    """Tell how much a row is one of headings: by how many it is known, then by how many cells are filled."""
    filled = [cell for cell in row.cells if cell.strip()]
    return sum(bool(_by_heading(cell)) for cell in filled), len({plain(cell) for cell in filled})


def _meant(heading: str, cells: Sequence[str]) -> Iterator[str]:
    if _NUMBERED.fullmatch(fold(heading)):
        return
    rule = _rule(heading, cells)
    yield from filter(None, [f"{SPLIT}.{rule}" if rule else "", _by_heading(heading)])
    looked_at = cells[:_LOOKED_AT]
    for tells, target in _CONTENT:
        if looked_at and sum(bool(tells(cell.strip())) for cell in looked_at) > _MOST * len(looked_at):
            yield target


def _by_heading(heading: str) -> str:
    folded = fold(heading)
    return next((target for pattern, target in _HEADINGS if pattern.search(folded)), "")
