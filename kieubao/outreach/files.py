"""The file that leaves: CSV, XLSX, vCard, PDF or letters, whole Vietnamese text, nothing in it that would be run.

Rows are written as they come, into a file that has no name and is gone when it is closed.
"""

import csv
import hashlib
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, BinaryIO, cast

import rustpy_xlsxwriter

from kieubao.consent.vocabulary import Channel
from kieubao.ground import countries, languages
from kieubao.ground.cells import inert
from kieubao.ground.dates import PartialDate
from kieubao.ground.kinship import kin_label
from kieubao.ground.numbering import spaced
from kieubao.ground.vocabulary import ADDRESS_UNKNOWN, FORM_OF_ADDRESS, GENDER, SECTOR, Vocabulary
from kieubao.outreach import cards, invitations, mailing, post
from kieubao.outreach.invitations import Letters
from kieubao.outreach.vocabulary import GOES_BY, PRINTED, SENT, Format

COLUMNS = Vocabulary(
    {
        "code": ("Mã", "Code"),
        "name": ("Họ, chữ đệm và tên", "Name"),
        "form_of_address": ("Xưng hô", "Form of address"),
        "gender": ("Giới tính", "Gender"),
        "preferred_language": ("Ngôn ngữ", "Language"),
        "born": ("Ngày sinh", "Born"),
        "country": ("Nước", "Country"),
        "city": ("Thành phố", "City"),
        "home_text": ("Quê quán", "Home place"),
        "occupation": ("Nghề nghiệp", "Occupation"),
        "sector": ("Ngành", "Sector"),
        "workplace": ("Nơi làm việc", "Workplace"),
        "position": ("Chức vụ", "Position"),
        "basis": ("Căn cứ", "Basis"),
        "reply": ("Trả lời tại", "Answer at"),
        "phone": ("Điện thoại", "Telephone"),
        "sms": ("SMS", "SMS"),
        "email": ("E-mail", "E-mail"),
        "zalo": ("Zalo", "Zalo"),
        "post": ("Địa chỉ thư", "Postal address"),
        "in_person": ("Gặp trực tiếp", "In person"),
        "via": ("Qua thân nhân", "Through a relative"),
        "via_term": ("Quan hệ với thân nhân", "The relative is their"),
        "via_code": ("Mã thân nhân", "Relative's code"),
    }
)
MEDIA = {
    **dict.fromkeys(SENT | {Format.CSV}, "text/csv"),
    Format.VCARD: "text/vcard",
    Format.JSON: "application/json",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    **dict.fromkeys(PRINTED, "application/pdf"),
    Format.LETTERS: "application/zip",
}
# In characters; every other column has `_WIDTH`. A4, on its side, one page wide, the headings on each.
_WIDTH = 18
_WIDTHS = {"Họ, chữ đệm và tên": 28, "Name": 28, "E-mail": 30, "Địa chỉ thư": 40, "Postal address": 40, "Nội dung": 90}
_WIDTHS |= dict.fromkeys(COLUMNS.labels["reply"], 60)
_PAGE = {"paper_size": 9, "landscape": True, "fit_to_pages": (1, 0), "repeat_rows": 0}
# What of the manifest stands on every card; and fields that a card has no place of its own for.
_ON_EVERY_CARD = frozenset({"Lượt tải", "Mục đích", "Căn cứ", "Điều kiện"})
_NOTED = frozenset({"home_text", "sector", "reply"})
_NUMBERS = frozenset({Channel.PHONE, Channel.SMS, Channel.ZALO})


@dataclass(frozen=True)
class Table:
    """A sheet: its name, its columns, and rows of as many texts."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[str]]


@dataclass(frozen=True)
class People:
    """Rows of people, with what of them is asked for: their fields, and the contact points of channels.

    `mark`: the code of the pull; `sender`: who writes to them, and `title`: to what, where that is known; `about`: what
    that says of itself, in each language; `letters`: in which words, where it is letters that are wanted; `relayed`:
    rows say through whom somebody is asked.
    """

    rows: Iterable[Mapping[str, Any]]
    fields: Sequence[str]
    channels: Sequence[str]
    language: str
    mark: str = ""
    sender: str = ""
    title: str = ""
    about: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    letters: Letters | None = None
    relayed: bool = False


def name(code: str, wanted: Format) -> str:
    """Return what a file is called."""
    kinds = {Format.LETTERS: "zip", **dict.fromkeys(PRINTED, "pdf"), **dict.fromkeys(SENT, "csv")}
    return f"{code}-{wanted}.{kinds[wanted]}" if wanted in kinds else f"{code}.{wanted}"


def has_place(person: Mapping[str, Any], wanted: Format) -> bool:
    """Tell whether a person has a place in a file: in what goes by a channel, only who is reached by it.

    In what a service reads, only by what a spreadsheet would leave as it is: no address may be another's there.
    """
    if wanted not in GOES_BY:
        return True
    if not person["reach"].get(GOES_BY[wanted]):
        return False
    return wanted not in SENT or (to := mailing.address(wanted, person)) == inert(to)


def taken(wanted: Format, people: People, manifest: Table) -> tuple[BinaryIO, str]:
    """Return a file of people, open at its beginning, and its SHA-256. The manifest's rows are asked for last."""
    if wanted is Format.VCARD:
        return _kept(lambda file: _as_cards(file, people, manifest))
    if wanted is Format.JSON:
        return _kept(lambda file: _as_json(file, people, manifest))
    if wanted in SENT:
        # Every row says of which pull it is: no manifest is beside it.
        rows, columns = ({**one, "pull": people.mark} for one in people.rows), (*people.fields, "pull")
        say = partial(mailing.message, people.about, people.language)
        told = mailing.rows(wanted, rows, columns, _reader(people.language), say)
        # As services read it, who do not know the mark at the beginning.
        return _kept(lambda file: _as_csv(file, Table("", *told), manifest, "utf-8"))
    if people.letters:
        whom = (people.rows, people.letters, people.language)
        return _kept(lambda file: invitations.write(file, *whom, manifest.rows))
    if wanted in PRINTED:
        about = {"mark": people.mark, "sender": people.sender, "title": people.title}
        return _kept(lambda file: post.write(file, people.rows, wanted, people.language, about))
    asked = (people.rows, people.fields, people.channels, people.language)
    return written(wanted, table(*asked, relayed=people.relayed), manifest)


def written(wanted: Format, people: Table, manifest: Table) -> tuple[BinaryIO, str]:
    """Return a file of two tables, CSV or XLSX, open at its beginning, and its SHA-256."""
    write = _as_csv if wanted is Format.CSV else _as_xlsx
    return _kept(lambda file: write(file, people, manifest))


def _kept(write: Callable[[BinaryIO], None]) -> tuple[BinaryIO, str]:
    file = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - the caller closes it
    write(file)
    file.seek(0)
    digest = hashlib.file_digest(cast("Any", file), "sha256").hexdigest()
    file.seek(0)
    return file, digest


def table(
    people: Iterable[Mapping[str, Any]],
    fields: Sequence[str],
    channels: Sequence[str],
    language: str,
    *,
    relayed: bool = False,
) -> Table:
    """Return people as a sheet: codes as their labels, numbers as they are dialled.

    `relayed`: after what is theirs, through whom they are asked, and how that relative is reached.
    """
    shown = [(name, _READ.get(name, _as_is)) for name in fields]
    reached = [(channel, spaced if channel in _NUMBERS else str) for channel in channels]

    def points(one: Mapping[str, Any]) -> list[str]:
        return ["; ".join(map(read, one["reach"].get(channel, ()))) for channel, read in reached]

    rows = (
        [read(person[name], language) for name, read in shown]
        + points(person)
        + ([*_through(person["via"] or _NOBODY, language), *points(person["via"] or _NOBODY)] if relayed else [])
        for person in people
    )
    headings = [COLUMNS.label(name, language) for name in (*fields, *channels, *(_VIA if relayed else ()))]
    theirs = [f"{COLUMNS.label('via', language)}: {COLUMNS.label(one, language)}" for one in channels]
    return Table("Danh sách" if language == "vi" else "People", headings + (theirs if relayed else []), rows)


_VIA = ("via", "via_term", "via_code")
_NOBODY: Mapping[str, Any] = {"name": "", "term": None, "code": "", "reach": {}}


def _through(via: Mapping[str, Any], language: str) -> list[str]:
    return [via["name"], kin_label(via["term"], language=language) if via["term"] else "", via["code"]]


def _as_csv(file: BinaryIO, people: Table, _manifest: Table, encoding: str = "utf-8-sig") -> None:
    text = io.TextIOWrapper(file, encoding=encoding, newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(map(inert, people.columns))
    writer.writerows(map(inert, row) for row in people.rows)
    text.detach()


def _as_json(file: BinaryIO, people: People, manifest: Table) -> None:
    """Write people as they are kept, codes as codes; and after them, what the file is and on what terms."""
    file.write(b'{"people": [')
    told = (json.dumps(person, ensure_ascii=False).encode() for person in people.rows)
    file.writelines(b", " * bool(number) + one for number, one in enumerate(told))
    notes = dict(cast("Iterable[tuple[str, str]]", manifest.rows))
    file.write(b'], "notes": ' + json.dumps(notes, ensure_ascii=False).encode() + b"}")


def _as_cards(file: BinaryIO, people: People, manifest: Table) -> None:
    """Write cards, each with the file it is of and on what terms: it is soon apart from the others."""
    terms = [f"{name}: {value}" for name, value in manifest.rows if name in _ON_EVERY_CARD]
    read = _reader(people.language)

    def note(person: Mapping[str, Any]) -> str:
        said = {name: read(person, name) for name in _NOTED & person.keys()}
        said |= {Channel.IN_PERSON: "; ".join(person["reach"].get(Channel.IN_PERSON, ()))}
        told = [f"{COLUMNS.label(name, people.language)}: {value}" for name, value in sorted(said.items()) if value]
        if via := person.get("via"):
            name, term, _code = _through(via, people.language)
            ways = [f"{COLUMNS.label(one, people.language)} {', '.join(some)}" for one, some in via["reach"].items()]
            told.append(f"{COLUMNS.label('via', people.language)}: {name} ({term}), {'; '.join(ways)}")
        return "\n".join(told + terms)

    cards.write(file, people.rows, note, people.language)


def _as_xlsx(file: BinaryIO, people: Table, manifest: Table) -> None:
    """Every value is a string by its type, so none is a formula."""
    sheets: list[Any] = [(sheet.name, _records(sheet)) for sheet in (people, manifest)]
    both = (people, manifest)
    rustpy_xlsxwriter.write_worksheets(
        sheets,
        file,
        bold_headers=True,
        freeze_panes={"general": {"row": 1, "col": 0}},
        column_widths={sheet.name: [_WIDTHS.get(name, _WIDTH) for name in sheet.columns] for sheet in both},
        page_setup={sheet.name: _PAGE for sheet in both},
    )


def _records(sheet: Table) -> Iterator[dict[str, str]]:
    row: Sequence[str] | None = None
    for row in sheet.rows:
        yield dict(zip(sheet.columns, row, strict=True))
    if row is None:
        # The writer takes its headings from the first row.
        yield dict.fromkeys(sheet.columns, "")


def _reader(language: str) -> Callable[[Mapping[str, Any], str], str]:
    """Return what gives a field of a person in words."""
    return lambda person, name: _READ.get(name, _as_is)(person[name], language)


def _as_is(value: Any, language: str) -> str:
    return value or ""


def _label(vocabulary: Vocabulary) -> Any:
    return lambda value, language: vocabulary.label(value, language) if value else ""


_READ: Mapping[str, Any] = {
    "form_of_address": lambda value, language: (
        FORM_OF_ADDRESS.label(value, language) if value else ADDRESS_UNKNOWN[language == "en"]
    ),
    "gender": _label(GENDER),
    "sector": _label(SECTOR),
    "preferred_language": lambda value, language: languages.language_name(value, language) if value else "",
    "born": lambda value, language: PartialDate.from_edtf(value).display(language) if value else "",
    "country": lambda value, language: countries.name(value, language) if value else "",
}
