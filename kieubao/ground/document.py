"""Word documents of an office, laid out as NĐ 30/2020/NĐ-CP (Phụ lục I) has them: the page, the head, its letters."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any, Final, NamedTuple

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGNED
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

_MOTTO: Final = {
    "vi": ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"),
    "en": ("SOCIALIST REPUBLIC OF VIET NAM", "Independence - Freedom - Happiness"),
}
_WORDS: Final = {
    "vi": {"number": "Số:          /", "about": "V/v {about}", "to": "Kính gửi: {to}", "copies": "Nơi nhận:"},
    "en": {"number": "No.:          /", "about": "Re: {about}", "to": "To: {to}", "copies": "Copies to:"},
}
_LANGUAGES: Final = {"vi": "vi-VN", "en": "en-GB"}
_FONT: Final = "Times New Roman"


class Letter(NamedTuple):
    """An official letter (công văn); its number is given by the office's registry, and its signature by hand."""

    language: str
    office: str
    place: str
    day: date
    about: str
    to: str
    address: str
    paragraphs: Sequence[str]
    copies: Sequence[str]


def letter(said: Letter) -> bytes:
    """Return an official letter as .docx, to be numbered and signed."""
    words, document = _WORDS[said.language], lay_out(said.language)
    _number_pages(document)
    sender, nation = head(document, said.language, said.office.upper())
    write(sender.add_paragraph(), words["number"])
    write(sender.add_paragraph(), words["about"].format(about=said.about), 12)
    write(nation.add_paragraph(), f"{said.place}, {_dated(said.day, said.language)}").italic = True
    document.add_paragraph()
    write(document.add_paragraph(), words["to"].format(to=said.to))
    if said.address:
        write(document.add_paragraph(), said.address)
    for text in said.paragraphs:
        body(document, text)
    copies, signed = document.add_table(1, 2).rows[0].cells
    write(copies.paragraphs[0], words["copies"], 12, bold=True, aligned=ALIGNED.LEFT).italic = True
    for one in said.copies:
        write(copies.add_paragraph(), f"- {one}", 11, aligned=ALIGNED.LEFT)
    write(signed.paragraphs[0], said.office.upper(), bold=True)
    return content(document)


def lay_out(language: str) -> Any:
    """Begin a document: A4, the margins, the font and the language."""
    document = Document()
    page, text = document.sections[0], document.styles["Normal"]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin = page.bottom_margin = Mm(20)
    page.left_margin, page.right_margin = Mm(30), Mm(20)
    text.font.name, text.font.size = _FONT, Pt(13)
    text.paragraph_format.space_after = Pt(6)
    marks, spoken = text.element.get_or_add_rPr(), OxmlElement("w:lang")
    marks.rFonts.set(qn("w:eastAsia"), _FONT)
    spoken.set(qn("w:val"), _LANGUAGES[language])
    marks.append(spoken)
    return document


def head(document: Any, language: str, sender: str) -> tuple[Any, Any]:
    """Write who writes on the left, and on the right the name of the state and its motto; return both cells."""
    table = document.add_table(1, 2)
    left, right = table.rows[0].cells
    # The name of the state stands in one line.
    for column, width in zip(table.columns, (Mm(58), Mm(102)), strict=True):
        column.width = column.cells[0].width = width
    state, motto = _MOTTO[language]
    write(left.paragraphs[0], sender, 12, bold=True)
    _rule(left.paragraphs[0], Mm(18))
    write(right.paragraphs[0], state, 12, bold=True)
    write(right.add_paragraph(), motto, bold=True)
    _rule(right.paragraphs[1], Mm(22))
    return left, right


def body(document: Any, text: str) -> None:
    line = document.add_paragraph()
    line.paragraph_format.first_line_indent = Mm(10)
    write(line, text, aligned=ALIGNED.JUSTIFY)


def write(line: Any, text: str, size: int = 13, *, bold: bool = False, aligned: Any = ALIGNED.CENTER) -> Any:
    """Write on a line; return what was written, to be made italic."""
    run = line.add_run(text)
    run.bold, run.font.size, line.alignment = bold, Pt(size), aligned
    return run


def content(document: Any) -> bytes:
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _rule(line: Any, aside: Any) -> None:
    """Draw a line below, but for so much at either side: indents of a line move its border with it."""
    below = line._parent.add_paragraph()  # noqa: SLF001 - the cell it is in
    below.paragraph_format.left_indent = below.paragraph_format.right_indent = aside
    below.paragraph_format.space_after, below.paragraph_format.line_spacing = Pt(4), Pt(2)
    borders, border = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "auto")):
        border.set(qn(f"w:{name}"), value)
    borders.append(border)
    # Word wants them in their order.
    below._p.get_or_add_pPr().insert_element_before(borders, "w:spacing", "w:ind", "w:jc")  # noqa: SLF001 - python-docx has no borders


def _number_pages(document: Any) -> None:
    """Put the number at the head of every page but the first."""
    section = document.sections[0]
    section.different_first_page_header_footer = True
    number = OxmlElement("w:fldSimple")
    number.set(qn("w:instr"), "PAGE")
    line = section.header.paragraphs[0]
    line.alignment = ALIGNED.CENTER
    line._p.append(number)  # noqa: SLF001 - nor fields


def _dated(day: date, language: str) -> str:
    """Return a day as documents have it: those below ten, and the first two months, with a nought."""
    if language == "en":
        return f"{day.day} {day:%B %Y}"
    month = f"{day.month:02}" if day.month in {1, 2} else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"
