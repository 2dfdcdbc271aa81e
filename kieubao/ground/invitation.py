"""The letter of invitation that is there before an office writes its own, laid out as NĐ 30/2020 has it."""

from functools import cache
from io import BytesIO
from typing import Any, Final

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGNED
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

_MOTTO: Final = {
    "vi": ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"),
    "en": ("SOCIALIST REPUBLIC OF VIET NAM", "Independence - Freedom - Happiness"),
}
_HEADING: Final = {"vi": "THƯ MỜI", "en": "INVITATION"}
_LETTER: Final = {
    "vi": (
        "Kính gửi: {{ xung_ho }} {{ ho_ten }}",
        "{%p if dia_chi %}",
        "Địa chỉ: {{ dia_chi }}",
        "{%p endif %}",
        "{{ noi_gui }} trân trọng kính mời {{ xung_ho }} tới dự: {{ ten_dip }}.",
        "{%p if ngay %}",
        "Thời gian: {% if gio %}{{ gio }}, {% endif %}{{ ngay }}{% if ngay_am_lich %} ({{ ngay_am_lich }}){% endif %}.",
        "{%p endif %}",
        "{%p if dia_diem %}",
        "Địa điểm: {{ dia_diem }}.",
        "{%p endif %}",
        "{%p if tra_loi_truoc %}",
        "Xin {{ xung_ho }} vui lòng trả lời chậm nhất ngày {{ tra_loi_truoc }}.",
        "{%p endif %}",
        "{%p if tra_loi_tai %}",
        "{{ xung_ho }} có thể trả lời tại: {{ tra_loi_tai }}",
        "{%p endif %}",
        "Sự có mặt của {{ xung_ho }} là niềm vinh dự của chúng tôi.",
    ),
    "en": (
        "To: {{ form_of_address }} {{ name }}",
        "{%p if address %}",
        "Address: {{ address }}",
        "{%p endif %}",
        "{{ sender }} has the honour to invite you to: {{ title }}.",
        "{%p if day %}",
        "Date: {{ day }}{% if hour %}, {{ hour }}{% endif %}{% if lunar_day %} ({{ lunar_day }}){% endif %}.",
        "{%p endif %}",
        "{%p if place %}",
        "Place: {{ place }}.",
        "{%p endif %}",
        "{%p if reply_by %}",
        "Please answer by {{ reply_by }}.",
        "{%p endif %}",
        "{%p if reply_at %}",
        "You can answer at: {{ reply_at }}",
        "{%p endif %}",
        "We would be honoured by your presence.",
    ),
}
_SIGNED: Final = {"vi": "{{ noi_gui }}", "en": "{{ sender }}"}
_LANGUAGES: Final = {"vi": "vi-VN", "en": "en-GB"}
_FONT: Final = "Times New Roman"


@cache
def letter(language: str) -> bytes:
    """Return the template of a letter, .docx, in "vi" or "en", as `ground.letters` fills it."""
    document = Document()
    _lay_out(document, language)
    _head(document, language)
    _write(document.add_paragraph(), _HEADING[language], 14, bold=True)
    for text in _LETTER[language]:
        line = document.add_paragraph()
        line.paragraph_format.first_line_indent = Mm(10)
        _write(line, text, aligned=ALIGNED.JUSTIFY)
    foot = document.add_table(1, 2).cell(0, 1)
    _write(foot.paragraphs[0], _SIGNED[language], bold=True)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _lay_out(document: Any, language: str) -> None:
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


def _head(document: Any, language: str) -> None:
    """Write who writes on the left, and on the right the name of the state and its motto."""
    table = document.add_table(1, 2)
    sender, nation = table.rows[0].cells
    # The name of the state stands in one line.
    for column, width in zip(table.columns, (Mm(58), Mm(102)), strict=True):
        column.width = column.cells[0].width = width
    state, motto = _MOTTO[language]
    _write(sender.paragraphs[0], _SIGNED[language], 12, bold=True)
    _write(nation.paragraphs[0], state, 12, bold=True)
    _write(nation.add_paragraph(), motto, bold=True)
    document.add_paragraph()


def _write(line: Any, text: str, size: int = 13, *, bold: bool = False, aligned: Any = ALIGNED.CENTER) -> None:
    run = line.add_run(text)
    run.bold, run.font.size, line.alignment = bold, Pt(size), aligned
