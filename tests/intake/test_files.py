import stat

import pytest

from kieubao.ground.errors import Invalid
from kieubao.intake import files

NEEDED = {"họ và tên", "gt"}
TITLES = "ỦY BAN;;\n;;\n"
TABLE = "STT;Họ và  tên;GT\n1; Lê Thị Tư ;nữ\n;;\n2;Lê Văn Ba\n"


def read(text, encoding="utf-8", **options):
    return files.read(text.encode(encoding), NEEDED, encoding=encoding, **options)


def test_headings_stand_wherever_they_stand():
    sheet = read(TITLES + TABLE)
    assert sheet.headings == ["STT", "Họ và  tên", "GT"]
    assert [(row.number, row.cells) for row in sheet.rows] == [(4, ["1", " Lê Thị Tư ", "nữ"]), (6, ["2", "Lê Văn Ba"])]
    assert sheet.texts(sheet.rows[1]) == {"stt": "2", "họ và tên": "Lê Văn Ba"}


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found_by_the_headings(delimiter):
    assert read(TABLE.replace(";", delimiter)).delimiter == delimiter


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_encoding_is_the_one_that_is_said(encoding):
    assert len(read(TABLE, encoding).rows) == 2


def test_what_came_back_from_us_is_utf_8_whatever_the_office_writes():
    assert files.read(TABLE.encode("utf-8-sig"), NEEDED, encoding="cp1258").headings[1] == "Họ và  tên"


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


def test_another_encoding_is_not_guessed():
    with pytest.raises(Invalid, match="utf-8"):
        files.read("Họ và tên;GT".encode("utf-16"), NEEDED, encoding="utf-8")


def test_text_beside_the_headings_is_seen():
    sheet = read("Họ và tên;GT;\na;nữ;;;\nb;mời: có; đầu tư: không\n")
    assert [sheet.astray(row) for row in sheet.rows] == [False, True]


def test_rows_written_back_are_read_as_they_were_and_run_nowhere(tmp_path):
    path = tmp_path / "a.csv"
    rows = [("sai", '=HYPERLINK("x")', "+84912345678"), ("sai", "Lê; Ba", "-")]
    files.write(path, (files.REASON, "Họ và tên", "GT"), rows, ";")
    assert "\n=" not in path.read_text("utf-8-sig").replace(";", "\n")
    assert [row.cells for row in files.read(path.read_bytes(), NEEDED, encoding="utf-8").rows] == [
        list(row[1:]) for row in rows
    ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
