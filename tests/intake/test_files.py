import pytest

from kieubao.ground.cells import plain
from kieubao.ground.errors import Invalid
from kieubao.intake import files, workbooks
from tests.intake.reading import read_file

NEEDED = {"họ và tên", "gt"}
TITLES = "ỦY BAN;;\n;;\n"
TABLE = "STT;Họ và  tên;GT\n1; Lê Thị Tư ;nữ\n;;\n2;Lê Văn Ba\n"


def read(text, encoding="utf-8", **options):
    return read_file(text.encode(encoding), NEEDED, **options)


def test_headings_stand_wherever_they_stand():
    sheet = read(TITLES + TABLE)
    assert sheet.headings == ["STT", "Họ và  tên", "GT"]
    assert [(row.number, row.cells) for row in sheet.rows] == [(4, ["1", " Lê Thị Tư ", "nữ"]), (6, ["2", "Lê Văn Ba"])]
    assert sheet.texts(sheet.rows[1]) == {"stt": "2", "họ và tên": "Lê Văn Ba"}


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found_by_the_headings(delimiter):
    assert read(TABLE.replace(";", delimiter)).delimiter == delimiter


def test_what_came_back_from_us_is_utf_8_whatever_the_office_writes():
    assert read_file(TABLE.encode("utf-8-sig"), NEEDED, encoding="cp1258").headings[1] == "Họ và  tên"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "gt"),
        ("Họ và tên;Giới\nx;y", "gt"),
        ("Họ và tên;GT;GT\nx;y;z", "gt"),
        ('Họ và tên;GT\n"x;y', "2"),
    ],
)
def test_a_file_that_is_not_as_described_is_refused_by_name(content, said):
    with pytest.raises(Invalid, match=said):
        read(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_how_a_file_is_written_is_found(encoding):
    assert len(read(TABLE, encoding).rows) == 2


def test_what_is_neither_is_read_as_western_for_old_fonts_are_written_so():
    sheet = read_file("Hä vµ tªn;GT\nNguyÔn;÷\n".encode("cp1252"), {plain("Hä vµ tªn")})
    assert (sheet.encoding, sheet.rows[0].cells) == ("cp1252", ["NguyÔn", "÷"])


def test_a_letter_may_stand_across_the_end_of_what_is_looked_at():
    for before in range(4):
        text = "Họ và tên;GT\n" + "x" * (workbooks._HEAD - 18 + before) + "ếếếế;nữ\n"
        assert read(text).encoding == "utf-8"


def test_a_file_is_in_the_encoding_that_is_said():
    for encoding in ("utf-8", "no-such"):
        with pytest.raises(Invalid, match=encoding):
            read_file(b"H\xe1 v\xe0;GT\n", NEEDED, encoding=encoding)


def test_text_beside_the_headings_is_seen():
    sheet = read("Họ và tên;GT;\na;nữ;;;\nb;mời: có; đầu tư: không\n")
    assert [sheet.astray(row) for row in sheet.rows] == [False, True]


def test_rows_written_back_are_read_as_they_were_and_run_nowhere(tmp_path):
    path = tmp_path / "a.csv"
    rows = [("sai", '=HYPERLINK("x")', "+84912345678"), ("sai", "Lê; Ba", "-")]
    with path.open("wb") as file:
        files.write(file, (files.REASON, "Họ và tên", "GT"), rows, ";")
    assert "\n=" not in path.read_text("utf-8-sig").replace(";", "\n")
    assert [row.cells for row in read_file(path.read_bytes(), NEEDED, encoding="utf-8").rows] == [
        list(row[1:]) for row in rows
    ]
