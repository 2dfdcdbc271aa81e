"""The letter of invitation that is there before an office writes its own, laid out as NĐ 30/2020 has it."""

from functools import cache
from typing import Final

from kieubao.ground import document

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


@cache
def letter(language: str) -> bytes:
    """Return the template of a letter, .docx, in "vi" or "en", as `ground.letters` fills it."""
    made = document.lay_out(language)
    document.head(made, language, _SIGNED[language])
    made.add_paragraph()
    document.write(made.add_paragraph(), _HEADING[language], 14, bold=True)
    for text in _LETTER[language]:
        document.body(made, text)
    foot = made.add_table(1, 2).cell(0, 1)
    document.write(foot.paragraphs[0], _SIGNED[language], bold=True)
    return document.content(made)
