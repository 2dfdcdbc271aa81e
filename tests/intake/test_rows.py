"""The office's spreadsheet, 200 rows as an office keeps them: right rows in, wrong rows back, nothing guessed."""

import csv
import io
import shutil
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select, text

from kieubao import cli_intake
from kieubao.access import trail
from kieubao.consent import ledger, unions
from kieubao.consent.vocabulary import Channel, Purpose
from kieubao.db import db
from kieubao.ground.errors import Conflict, Forbidden, Invalid
from kieubao.intake import batches, mapping
from kieubao.outreach import organizer
from kieubao.outreach.models import OutreachList
from kieubao.outreach.vocabulary import Format
from kieubao.people import disclosure
from tests import factories

DATA = Path(__file__).parents[1] / "data"
NAME, BORN, GENDER, HOME, COUNTRY = "Họ và tên", "Ngày/năm sinh", "GT", "Quê quán", "Nước đang ở"
PHONE, EMAIL, RELATIVE, TIE = "Điện thoại", "E-mail", "Thân nhân tại quê", "Quan hệ"
RELATIVES_PHONE, ANSWER = "SĐT thân nhân", "Đồng ý liên hệ"

# Row by its STT: under which headings it has a reason, and the words of the office in them.
REFUSED = {
    "1": {PHONE: "+1 714 555 04733"},  # eleven digits after +1
    "2": {PHONE: "0987.110.742"},  # a number of Thailand as well as of Việt Nam
    "3": {PHONE: "0930.955.516"},  # of Taiwan as well; the signed yes waits until the number is known
    "4": {EMAIL: "hakhanhnguye @example.com"},  # a space inside; her "chưa rõ" for a telephone is no reason
    "10": {EMAIL: "nguyendinhth@example"},  # no such domain; 601 555 148 is right for Séc
    "21": {
        PHONE: "+1 714 555 02468",
        EMAIL: "trancongson @example.com",
        RELATIVES_PHONE: "09123",
    },  # every reason at once
    "27": {PHONE: "0935858761"},  # no country is written: it may be of any
    "110": {PHONE: "980810700"},  # of Germany or, its zero lost, of Việt Nam
    "153": {RELATIVES_PHONE: "09123"},  # her own "ko có" is no reason
    "195": {BORN: "31", EMAIL: "a@b"},  # 31 February
    "196": {NAME: "17"},  # NGUYEN THI KIM DAO is row 17's Nguyễn Thị Kim Đào, with her birth and number
    "197": {NAME: "30"},  # the row of STT 26 once more
    "198": {NAME: ""},  # a formula
    "199": {NAME: "đã mất 2021"},  # a person has to record a death
    "200": {NAME: "nt", GENDER: "nt", HOME: "nt", COUNTRY: "nt"},  # "nt" points to a row that may move
}
# How many rows have which reasons. 82 addresses have a space inside or no domain, 49 numbers of the people
# are too long, too short, of two countries or of nobody knows which, five of the relatives are 09123.
REASONS = {
    (EMAIL,): 61,
    (PHONE,): 30,
    (PHONE, EMAIL): 17,
    (PHONE, EMAIL, RELATIVES_PHONE): 1,
    (EMAIL, RELATIVES_PHONE): 2,
    (PHONE, RELATIVES_PHONE): 1,
    (RELATIVES_PHONE,): 1,
    (BORN, EMAIL): 1,
    (NAME,): 4,
    (NAME, GENDER, HOME, COUNTRY): 1,
}
# Row by its STT: under which headings it has a warning.
WARNED = {
    "7": set(),  # 01680190460 is today's 0380 190 460, beyond doubt
    "8": {TIE, RELATIVE},  # a relative of no tie is left out
    "13": {TIE, RELATIVE},  # the first of two is taken
    "18": set(),
    "26": {ANSWER},  # said by telephone, with no recording: no yes
    "29": {TIE, RELATIVE, ANSWER},  # nothing of the relative but a number
    "34": {ANSWER},  # the no to investment is recorded, the yes to meetings has no proof
    "40": {PHONE, ANSWER},  # 0393 815 519 may be an old landline of Hà Tĩnh
    "43": {RELATIVES_PHONE},
    "77": {PHONE, RELATIVE},
    "82": set(),  # the relative's number is "chưa rõ"
    "104": set(),
}
SIGNED = "đồng ý (ký phiếu 12/01/2026, email)"
INVESTMENT = "mời gặp mặt: có; đầu tư: không"
MEANS = {
    SIGNED: {("events", "email", "given")},
    "từ chối": {(p.value, c.value, "refused") for p in Purpose for c in Channel},
    "không": {(p.value, c.value, "refused") for p in Purpose for c in Channel},
    INVESTMENT: {("investment", c.value, "refused") for c in Channel},
    "đồng ý": set(),
    "ĐY qua ĐT 3/2024": set(),
    "": set(),
}
# Who signed, and is taken: the others of the 21 have a wrong number or address. Three of them gave an address.
ON_THE_LIST = {"20", "23", "39", "84", "109", "121", "123", "124", "126", "177"}
REACHED = {"tranvanhung@example.com", "vodinhbinh@example.com", "lethituyet@example.org"}


def table(path, headings):
    """The rows of a file below its headings, by STT."""
    lines = csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=";")
    below = next(line for line in lines if set(headings) <= set(line))
    return {row["STT"]: row for row in (dict(zip(below, line, strict=True)) for line in lines)}


def headings(remarks):
    """Under which headings a row has reasons, and under which warnings."""
    told = [remark.removeprefix("(Cảnh báo) ") for remark in remarks.split(" | ")]
    return tuple(dict.fromkeys(remark.split(":")[0] for remark in told if f"(Cảnh báo) {remark}" not in remarks))


@pytest.fixture
def office(app, cast, tmp_path):
    """The file in a folder of its own, a notice to cite, and a clerk of the province."""
    factories.notice()
    for kind in ("csv", "toml"):
        shutil.copy(DATA / f"danh-sach-kieu-bao.{kind}", tmp_path / f"a.{kind}")
    return SimpleNamespace(clerk=cast["clerk"], file=tmp_path / "a.csv", mapping=tmp_path / "a.toml", cast=cast)


def take_in(office, file=None, *, clerk=None, progress=lambda done, of=None: None, **options):
    said = mapping.read(office.mapping.read_text("utf-8"))
    return cli_intake.take_in(clerk or office.clerk, file or office.file, said, progress=progress, **options)


def people(kind="abroad"):
    """People in the order of their rows."""
    row = "SELECT min(r.id) FROM intake_row r WHERE p.id IN (r.person_id, r.relative_id)"
    query = f"SELECT id, code, name, home_text, home_code FROM person p WHERE kind = :k ORDER BY ({row})"
    return db.session.execute(text(query), {"k": kind}).all()


def taken_rows(office, outcome):
    """The rows that were taken, with the id of each person: the refused ones are the others."""
    refused = table(outcome.refused_path, ["Lý do"])
    sent = {stt: row for stt, row in table(office.file, ["STT", NAME]).items() if stt.isdigit() and stt not in refused}
    return {stt: (row, person.id) for (stt, row), person in zip(sent.items(), people(), strict=True)}


def test_right_rows_in_wrong_rows_back(office):
    outcome = take_in(office)
    assert outcome[:5] == (81, 58, 119, 51, 26)
    assert (len(people()), len(people("home"))) == (81, 58)
    back = table(outcome.refused_path, ["Lý do"])
    assert Counter(headings(row["Lý do"]) for row in back.values()) == REASONS
    for stt, reasons in REFUSED.items():
        assert headings(back[stt]["Lý do"]) == tuple(reasons), stt
        assert all(words in back[stt]["Lý do"] for words in reasons.values()), stt


def test_what_comes_back_is_its_owners_alone_whatever_stood_there(office, tmp_path):
    """Nothing is written through a link, nor into a file that others may read."""
    elsewhere, warnings = tmp_path / "elsewhere", tmp_path / "a.warnings.csv"
    elsewhere.write_text("as it was")
    (tmp_path / "a.refused.csv").symlink_to(elsewhere)
    warnings.touch(mode=0o666)
    outcome = take_in(office, dry_run=True)
    for path in (outcome.refused_path, outcome.warnings_path):
        assert (path.is_symlink(), path.stat().st_mode & 0o777) == (False, 0o600)
    assert table(outcome.refused_path, ["Lý do"])
    assert elsewhere.read_text() == "as it was"
    assert {one.suffix for one in tmp_path.iterdir()} == {".csv", ".toml", ""}


def test_no_other_address_is_refused_than_one_with_a_space_or_no_domain(office):
    back = table(take_in(office).refused_path, ["Lý do"])
    sent = table(office.file, ["STT", NAME])
    wrong = {
        stt
        for stt, row in sent.items()
        if " @" in row[EMAIL] or ("@" in row[EMAIL] and "." not in row[EMAIL].split("@")[1])
    }
    assert {stt for stt, row in back.items() if EMAIL in headings(row["Lý do"])} == wrong
    assert len(wrong) == 82


def test_what_is_left_out_of_a_row_is_told_with_it(office):
    outcome = take_in(office)
    warned = table(outcome.warnings_path, ["Cảnh báo"])
    taken = taken_rows(office, outcome)
    for stt, expected in WARNED.items():
        assert stt in taken
        assert (
            {remark.split(":")[0] for remark in warned[stt]["Cảnh báo"].split(" | ")} == expected
            if expected
            else stt not in warned
        )
    codes = {person.id: person.code for person in people()}
    assert all(row["Mã"] == codes[taken[stt][1]] for stt, row in warned.items())


def test_what_was_written_is_what_is_kept(office):
    taken = taken_rows(office, take_in(office))
    shown = {stt: disclosure.record(office.clerk.scope, person_id) for stt, (_row, person_id) in taken.items()}
    assert shown["77"]["name"] == "Nguyễn Hữu Tâm"
    assert (shown["7"]["born"], shown["11"]["born"], shown["30"]["born"]) == ("1987-11-10", "1953-12", "1950~")
    assert (shown["7"]["gender"], shown["42"]["gender"], shown["127"]["gender"]) == ("female", "male", None)
    assert (shown["13"]["country"], shown["13"]["address"], shown["13"]["city"]) == ("CZ", "Seoul", None)
    assert (shown["22"]["home_text"], shown["22"]["home_code"]) == ("Vũ Quang", None)
    assert (shown["8"]["home_text"], shown["8"]["home_epoch"]) == ("xã Lộc Hà", 2025)
    assert [(c["raw"], c["value"], c["rule"]) for c in shown["7"]["contact_points"]] == [
        ("01680190460", "+84380190460", "vn-mobile-2018")
    ]
    assert [c["doubtful"] for c in shown["40"]["contact_points"]] == [True]
    assert shown["82"]["legal_basis"] == "19.1.c"


def test_relatives_live_at_the_home_place_and_are_what_the_word_says(office):
    taken = taken_rows(office, take_in(office))
    kin = {
        stt: disclosure.record(office.clerk.scope, taken[stt][1])["kinships"] for stt in ("7", "18", "34", "70", "8")
    }
    assert [(k["name"], k["term"], k["gender"], k["kind"]) for k in kin["34"]] == [
        ("Lê Khánh Thủy", "spouse", "male", "home")
    ]
    assert [(k["term"], k["gender"]) for k in kin["18"] + kin["70"]] == [("co", "female"), ("chu", "male")]
    assert kin["8"] == []
    mother = next(person for person in people("home") if person.name == kin["7"][0]["name"])
    assert mother.home_text == "Kỳ Lợi, thị xã Kỳ Anh"


def test_consent_is_what_the_table_says_and_nothing_more(office):
    taken = taken_rows(office, take_in(office))
    said = Counter()
    for row, person_id in taken.values():
        lines = ledger.lines(person_id)
        assert {(line["purpose"], line["channel"], line["state"]) for line in lines} == MEANS[row[ANSWER]], row
        assert len(lines) == len(MEANS[row[ANSWER]])
        said[row[ANSWER]] += 1
        proofs = {(line["method"], line["evidence"], line["notice"]) for line in lines if line["state"] == "given"}
        assert proofs <= {("paper", "phiếu 12/01/2026", "events/1")}
    assert said == {"": 24, "đồng ý": 13, "ĐY qua ĐT 3/2024": 11, SIGNED: 10, "từ chối": 9, INVESTMENT: 8, "không": 6}
    assert unions.replay() == ledger.kept()
    assert trail.verify().whole


def test_a_list_is_published_from_what_came_in(office):
    taken = taken_rows(office, take_in(office))
    issue = factories.published(office.clerk, office.cast["approver"], office.cast["organizer"], formats=("csv",))
    drawn = db.session.scalars(select(OutreachList)).one()
    assert issue.people == len(ON_THE_LIST)
    assert drawn.purpose == Purpose.EVENTS
    pulled = organizer.pull(office.cast["organizer"], issue.code, reason="giấy mời", format=Format.CSV)
    with pulled.content as file:
        listed = list(csv.DictReader(io.StringIO(file.read().decode("utf-8-sig"), newline="")))
    codes = {person.id: person.code for person in people()}
    assert {row["Mã"] for row in listed} == {codes[taken[stt][1]] for stt in ON_THE_LIST}
    assert {row["E-mail"] for row in listed} - {""} == REACHED
    assert unions.replay() == ledger.kept()
    assert trail.verify().whole


def test_the_same_file_changes_nothing_the_second_time(office):
    take_in(office)
    before = ledger.kept()
    with pytest.raises(Conflict):
        take_in(office)
    assert (len(people()), len(people("home")), ledger.kept()) == (81, 58, before)


def corrected(path, corrections):
    """Another file, in which some cells of a file that came back are corrected."""
    written = path.read_text("utf-8-sig")
    for wrong, right in corrections:
        assert written.count(wrong) == 1, wrong
        written = written.replace(wrong, right)
    better = path.with_name("sửa.csv")
    better.write_text(written, "utf-8-sig")
    return better


def test_rows_that_came_back_are_taken_once_corrected_and_only_those(office):
    back = take_in(office).refused_path
    better = corrected(
        back,
        [
            (";+1 714 555 04733;", ";+1 714 555 0473;"),
            (";0930.955.516;", ";+84 930 955 516;"),
            (";31/02/1980;", ";28/02/1980;"),
            (";a@b;", ";;"),
            (";Lê Văn Ba (đã mất 2021);", ";Lê Văn Ba;"),
        ],
    )
    again = take_in(office, better)
    assert again[:3] == (4, 3, 115)
    assert [person.name for person in people()[81:]] == ["Hoàng Hữu Hòa", "Nguyễn Khánh Hà", "Trần Thị", "Lê Văn Ba"]
    signed = people()[82]
    assert [line["state"] for line in ledger.lines(signed.id)] == ["given"]
    still = table(again.refused_path, ["Lý do"])
    assert list(next(iter(still.values()))) == list(next(iter(table(back, ["Lý do"]).values())))
    # The two that stood twice in the first file are on record now.
    assert all("KB-" in still[stt]["Lý do"] for stt in ("196", "197"))


def test_the_whole_file_sent_again_with_a_change_doubles_nobody_who_can_be_told_apart(office):
    take_in(office)
    outcome = take_in(office, corrected(office.file, [(";14/8/48;", ";15/8/48;")]))
    reached = people()[81:]
    assert outcome.taken == len(reached)
    assert all(not disclosure.record(office.clerk.scope, person.id)["contact_points"] for person in reached)


def test_a_dry_run_says_the_same_and_records_nobody(office):
    outcome = take_in(office, dry_run=True)
    assert outcome[:5] == (81, 58, 119, 51, 26)
    assert people() == []
    assert ledger.kept() == {}
    assert take_in(office)[:5] == outcome[:5]


def test_the_counts_are_told_with_the_files_there_are(office):
    told = take_in(office, dry_run=True).told()
    assert (told["taken"], told["refused_path"]) == (81, str(office.file.with_name("a.refused.csv")))


def test_a_file_of_names_alone_needs_no_more_than_that(office):
    office.file.write_text("Họ tên\nLê Thị Tư\n", "utf-8")
    basis = 'source = "x"\nlegal_basis = "consent"\nlegal_document = "x"\nkind = "home"'
    office.mapping.write_text(f'[fixed]\n{basis}\n[person.columns]\n"Họ tên" = "name"\n', "utf-8")
    told = take_in(office).told()
    assert {name: count for name, count in told.items() if count} == {"taken": 1}
    assert "code" not in told
    assert [person.name for person in people("home")] == ["Lê Thị Tư"]


def test_what_comes_back_runs_in_no_spreadsheet(office):
    outcome = take_in(office)
    for path in (outcome.refused_path, outcome.warnings_path):
        lines = csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=";")
        assert not [cell for line in lines for cell in line if cell.startswith(("=", "-", "@"))]


def test_what_comes_back_is_the_owners_alone_to_read(office):
    outcome = take_in(office, dry_run=True)
    for path in (outcome.refused_path, outcome.warnings_path):
        assert path.stat().st_mode & 0o777 == 0o600


def test_progress_is_heard_to_the_end(office, monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 100)
    heard = []
    take_in(office, dry_run=True, progress=lambda done, of=None: heard.append((done, of)))
    # Every row as it is read, the title among them; then those below the headings, the totals too.
    assert heard == [(100, None), (200, None), (204, None), (100, 201), (200, 201), (201, 201)]


def test_a_commune_clerk_takes_in_only_their_own(office):
    # Xã Cẩm Xuyên: rows 20, 26, 36, 115, 118, 124, 127, 164, 197, of which 36 and 164 are wrong and 197 stands twice.
    outcome = take_in(office, clerk=factories.actor(units=["18673"]))
    assert outcome.taken == 6
    assert {person.home_text for person in people()} == {"xã Cẩm Xuyên"}
    assert HOME in headings(table(outcome.refused_path, ["Lý do"])["7"]["Lý do"])


@pytest.mark.parametrize("role", ["approver", "organizer", "admin"])
def test_only_a_clerk_takes_a_file_in(office, role):
    with pytest.raises(Forbidden):
        take_in(office, clerk=office.cast[role])
    assert not list(office.file.parent.glob("*.refused.csv"))


def remapped(office, old, new):
    written = office.mapping.read_text("utf-8")
    assert old in written
    office.mapping.write_text(written.replace(old, new, 1), "utf-8")


def test_a_wrong_address_may_be_left_out_where_the_mapping_says_so(office):
    remapped(office, '{ channels = ["email"] }', '{ channels = ["email"], on_error = "leave_out" }')
    outcome = take_in(office)
    # All whose address was the only thing wrong, and nobody else.
    assert (outcome.taken, outcome.refused) == (81 + 61, 119 - 61)
    told = table(outcome.warnings_path, ["Cảnh báo"])["4"]["Cảnh báo"]
    assert told.startswith("E-mail: ")
    assert "hakhanhnguye @example.com" in told
    assert unions.replay() == ledger.kept()


def test_a_name_can_never_be_left_out(office):
    remapped(office, '"Họ và tên" = "name"', '"Họ và tên" = { field = "name", on_error = "leave_out" }')
    outcome = take_in(office)
    assert outcome.refused == 119
    assert headings(table(outcome.refused_path, ["Lý do"])["199"]["Lý do"]) == (NAME,)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('ignored = ["STT"]', "ignored = []", "STT"),
        ('"Nghề nghiệp" = "occupation"\n', "", "Nghề nghiệp"),
        ('"Nghề nghiệp" = "occupation"', '"Nghề" = "occupation"', "nghề"),
        ('= "occupation"', '= "job"', "job"),
        ('= "occupation"', '= "interests"', "interests"),
        ('source = "', '#source = "', "source"),
        ('legal_basis = "19.1.c"', 'legal_basis = "19.1.x"', "legal_basis"),
        ('"Nước đang ở" = "country"', '"Nước đang ở" = { field = "country", on_error = "leave_out" }', COUNTRY),
        ('"Quan hệ" = { field = "kinship", on_error = "leave_out" }\n', "", "kinship"),
        ('evidence = "phiếu 12/01/2026"\n', "", "evidence"),
        ('notice = "events/1"\n', "", "notice"),
        ('signed_on = "12/01/2026"\n', "", "signed_on"),
        ('purposes = ["events"]\n', "", "purposes"),
        ('state = "given"', 'state = "yes"', "state"),
        ('{ channels = ["email"] }', '{ channels = ["mail"] }', EMAIL),
    ],
)
def test_a_mapping_that_says_too_little_or_too_much_stops_before_any_row(office, old, new, named):
    remapped(office, old, new)
    with pytest.raises(Invalid, match=named):
        take_in(office)
    assert people() == []


def test_an_answer_the_mapping_does_not_know_refuses_its_row(office):
    remapped(office, '[consent.means."không"]', '[consent.means."thôi"]')
    back = table(take_in(office).refused_path, ["Lý do"])
    assert headings(back["24"]["Lý do"]) == (ANSWER,)


def test_a_row_with_a_cell_too_many_comes_back(office):
    written = office.file.read_text("utf-8-sig")
    office.file.write_text(
        written.replace('"mời gặp mặt: có; đầu tư: không"', "mời gặp mặt: có; đầu tư: không"), "utf-8-sig"
    )
    outcome = take_in(office)
    assert outcome.refused == 119 + 8
