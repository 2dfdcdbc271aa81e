"""Several columns put together into one field, and one column cut into several: as the mapping says, and never else."""

import pytest
from marshmallow import ValidationError

from kieubao.ground.errors import Invalid
from kieubao.intake import answers, mapping, proposals, service
from kieubao.intake.cuts import CUTS
from kieubao.intake.files import Row
from kieubao.intake.kept import carried
from kieubao.intake.mapping import laid_out
from kieubao.intake.meanings import layout
from kieubao.intake.schemas import MeaningForm, filled
from kieubao.intake.vocabulary import RowState
from kieubao.people import service as people
from tests import factories
from tests.pages.province import reader, sign_in_accounts
from tests.pages.sending import fields_in

TEXT = """
nothing = ["-", "ko có"]
above = ["nt"]

[person.columns]
"Tên" = { field = "name", part = 3 }
"Họ" = { field = "name", part = 1 }
"Đệm" = { field = "name", part = 2 }
"Số nhà" = { field = "address", part = 1, on_error = "leave_out" }
"Đường" = { field = "address", part = 2, on_error = "leave_out" }
"Nơi ở" = { split = "brackets", into = ["city", "country"] }

[relative.fixed]
country = "VN"

[relative.columns]
"Thân nhân" = { split = "dash", into = ["kinship", "name", { channels = ["phone"], on_error = "leave_out" }] }
"Khác" = { split = "comma", on_error = "leave_out", into = ["", "note"] }
"""
LAYOUT = laid_out(mapping.read(TEXT))


def told(part, **texts):
    found, remarks = LAYOUT.found(part, {name.casefold().replace("_", " "): text for name, text in texts.items()})
    said = {"+".join(one.column.channels) or one.column.field: one.text for one in found}
    return said, [(remark.heading, remark.on_error) for remark in remarks]


def person(**texts):
    return told(LAYOUT.person, **texts)


def relative(text, **texts):
    return told(LAYOUT.relative, **{"Thân nhân": text}, **texts)


def test_columns_are_put_together_in_the_order_that_is_said():
    assert person(Họ="Nguyễn", Đệm="Văn", Tên="An") == ({"name": "Nguyễn Văn An"}, [])
    assert person(Họ=" Hồ ", Đệm="-", Tên="Hải") == ({"name": "Hồ Hải"}, [])
    assert person(Số_nhà="12", Đường="Lê Lợi") == ({"address": "12, Lê Lợi"}, [])
    assert person() == ({}, [])


def test_of_what_is_wrong_in_one_column_nothing_is_put_together():
    assert person(Họ="nt", Tên="An") == ({}, [("Họ", "refuse")])
    assert person(Họ="Hồ", Tên="Hải (mất)") == ({}, [("Tên", "refuse")])
    assert person(Số_nhà="nt", Đường="Lê Lợi") == ({}, [("Số nhà", "leave_out")])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Vợ - Trần Thị Lan - 0912345678", {"kinship": "Vợ", "name": "Trần Thị Lan", "phone": "0912345678"}),
        ("Vợ – Trần Thị Lan — 0912-345-678", {"kinship": "Vợ", "name": "Trần Thị Lan", "phone": "0912-345-678"}),
        ("Vợ - Trần Thị Lan -", {"kinship": "Vợ", "name": "Trần Thị Lan"}),
        (" - Trần Thị Lan - ko có", {"name": "Trần Thị Lan"}),
        ("ko có", {}),
        ("", {}),
    ],
)
def test_a_cell_is_cut_by_the_rule_that_is_named(text, said):
    assert relative(text) == (said, [])


@pytest.mark.parametrize("text", ["Trần Thị Lan", "Vợ - Lan", "Vợ-Lan-0912345678", "Vợ - Lan - 09 - 08", "nt", "=A1"])
def test_a_cell_that_is_in_other_parts_is_refused(text):
    assert relative(text) == ({}, [("Thân nhân", "refuse")])


def test_what_would_be_right_is_told():
    (remark,) = LAYOUT.found(LAYOUT.relative, {"thân nhân": "Vợ, Lan"})[1]
    assert (remark.error.values["wanted"], remark.error.values["right"]) == (3, "… - … - …")


def test_a_wrong_part_is_told_by_itself():
    assert relative("Vợ - Lan (chết) - 0912345678") == (
        {"kinship": "Vợ", "phone": "0912345678"},
        [("Thân nhân", "refuse")],
    )
    assert relative("Vợ - Lan - nt") == ({"kinship": "Vợ", "name": "Lan"}, [("Thân nhân", "leave_out")])


def test_a_part_without_a_name_is_not_read_and_a_cell_may_be_left_out():
    assert relative("", Khác="nt, Hội trưởng") == ({"note": "Hội trưởng"}, [])
    assert relative("", Khác="Hội trưởng") == ({}, [("Khác", "leave_out")])


@pytest.mark.parametrize(
    ("text", "said"), [("Praha (Séc)", {"city": "Praha", "country": "Séc"}), ("(Séc)", {"country": "Séc"})]
)
def test_what_stands_in_brackets_is_the_second_part(text, said):
    assert person(Nơi_ở=text) == (said, [])


@pytest.mark.parametrize("text", ["Praha", "Praha (Séc) cũ", "Praha (Séc) (EU)", "Praha (Séc"])
def test_brackets_that_are_not_at_the_end_are_refused(text):
    assert person(Nơi_ở=text) == ({}, [("Nơi ở", "refuse")])


@pytest.mark.parametrize(
    ("rule", "text"), [("comma", "a, b"), ("semicolon", "a;b"), ("slash", "a /b"), ("line", "a \r\n b")]
)
def test_every_rule_cuts(rule, text):
    assert CUTS[rule].parts(text) == ["a", "b"]
    assert CUTS[rule].parts(CUTS[rule].shape(3).replace(" ↵ ", "\n")) == ["…"] * 3


@pytest.mark.parametrize(
    "wrong",
    [
        '{ split = "dash" }',
        '{ into = ["name", "born"] }',
        '{ split = " - ", into = ["name", "born"] }',
        '{ split = "dash", into = ["name"] }',
        '{ split = "dash", into = ["", ""] }',
        '{ split = "dash", into = ["name", "", "", "", "", "", "", "", ""] }',
        '{ split = "brackets", into = ["name", "country", "born"] }',
        '{ split = "dash", into = ["name", "born"], field = "note" }',
        '{ split = "dash", into = ["name", 3] }',
        '{ split = "dash", into = ["name", {}] }',
        '{ split = "dash", into = ["name", { split = "comma", into = ["born", "note"] }] }',
        '{ split = "dash", into = ["born", { field = "name", part = 1 }] }',
        '{ split = "dash", on_error = "leave_out", into = ["name", "country"] }',
        '{ field = "born", part = 1 }',
        '{ field = "name", part = -1 }',
        '{ field = "name", part = true }',
        '{ channels = ["phone"], part = 1 }',
    ],
)
def test_what_is_not_understood_is_named_by_its_heading(wrong):
    with pytest.raises(Invalid, match="Cột A"):
        laid_out(mapping.read(f'[person.columns]\n"Cột A" = {wrong}'))


FIXED = {**factories.FIXED, "kind": "abroad"}


@pytest.mark.parametrize(
    "columns",
    [
        {"Họ": "name", "Tên": "name"},
        {"Họ": {"field": "name", "part": 1}, "Tên": "name"},
        {"Họ": {"field": "name", "part": 1}, "Tên": {"field": "name", "part": 1}},
        {"Họ": "name", "Tên": {"split": "comma", "into": ["name", "born"]}},
    ],
)
def test_columns_of_one_field_that_nobody_put_in_order_are_refused(app, columns):
    with pytest.raises(Invalid, match="“Họ”, “Tên”"):
        answers.meant(laid_out({"person": {"fixed": FIXED, "columns": columns}}))


def test_a_field_that_does_not_exist_is_named_in_a_part_too(app):
    columns = {"Tên": {"split": "comma", "into": ["name", "job"]}}
    with pytest.raises(Invalid, match="job"):
        answers.meant(laid_out({"person": {"fixed": FIXED, "columns": columns}}))


HEADINGS = ("Họ", "Tên", "Thư", "Thân nhân")
SPLIT = {"split": "dash", "on_error": "leave_out", "into": ["kinship", "name", {"channels": ["phone"]}]}
SAID = {
    "person": {
        "fixed": {**FIXED, "home": "xã Cẩm Xuyên"},
        "columns": {
            "Họ": {"field": "name", "part": 1},
            "Tên": {"field": "name", "part": 2},
            "Thư": {"channels": ["email"]},
        },
    },
    "relative": {
        "fixed": {**factories.FIXED, "kind": "home", "country": "VN", "home": "xã Cẩm Xuyên"},
        "columns": {"Thân nhân": SPLIT},
    },
}


def test_people_come_in_with_what_their_cells_say(app, cast):
    clerk = cast["clerk"]
    lines = [("Lê Văn", "Ba", "ba@example.com", "mẹ - Trần Thị Tư - 0912345678"), ("Hồ", "Hải", "", "Lan")]
    lines += [("", "", "", "mẹ - Trần Thị Tám - 0912345678"), ("Võ", "Năm (mất)", "", "")]
    content = "\n".join(map(";".join, (HEADINGS, *lines))).encode()
    code = factories.taken(clerk, content=content, said=SAID)
    taken = service.rows(clerk, code, [RowState.TAKEN])["rows"]
    names = [people.read(clerk, row.code)["name"] for row in taken]
    assert names == ["Lê Văn Ba", "Hồ Hải"]
    ((kin,), none) = ([one["name"] for one in people.read(clerk, row.code)["kinships"]] for row in taken)
    assert (kin, none) == ("Trần Thị Tư", [])
    warned = service.rows(clerk, code, [RowState.TAKEN], warned=True)["rows"]
    assert [told[0] for told in warned[0].told] == ["Thân nhân"]
    back = service.rows(clerk, code, [RowState.REFUSED])["rows"]
    assert [sorted({told[0] for told in row.told}) for row in back] == [["Họ + Tên"], ["Tên"]]


@pytest.fixture
def window(app, client):
    cast = sign_in_accounts()
    window = reader(client, "clerk")
    window.actor = cast["clerk"]
    return window


SAME = {"source": "danh sách xã", "legal_basis": "consent", "legal_document": "phiếu 12", "country": "CZ"}
NAMED = ("Họ", "Chữ đệm", "Tên", "Quan hệ - họ tên thân nhân - số điện thoại", "Quê quán")
WHOLE = ("Hồ", "Văn", "Ba", "mẹ - Trần Thị Tư - 0912345678", "xã Cẩm Xuyên")


def sent(window, headings, *lines):
    content = "\n".join(map(";".join, (headings, *lines))).encode()
    return factories.sent(window.actor, content=content, said=None)


def test_a_page_proposes_parts_of_a_name_and_of_cells_and_a_clerk_confirms_them(window):
    code = sent(window, NAMED, WHOLE, WHOLE)
    page = window.get(f"/imports/{code}/mapping")
    proposed = fields_in(page)
    means = [proposed[f"columns-{place}-means"] for place in range(5)]
    assert means == [*[["person.name"]] * 3, ["split.dash"], ["person.home"]]
    assert [proposed[f"pieces-{n}-means"] for n in range(3)] == [
        ["relative.kinship"],
        ["relative.name"],
        ["relative:phone"],
    ]
    assert "Họ + Chữ đệm + Tên → Người: Họ, chữ đệm và tên khai sinh: <strong>Hồ Văn Ba</strong>" in page.text
    sent_on = {**proposed, **SAME}
    done = window.post(f"/imports/{code}/mapping", data={**sent_on, "keep": "on", "sender": "Xã Cẩm Bình"})
    assert done.status_code == 303, done.text
    said = service.all_mappings(window.actor)[0]["mapping"]
    assert said["person"]["columns"]["Tên"] == {"field": "name", "part": 3}
    assert said["relative"]["columns"][NAMED[3]] == {
        "split": "dash",
        "into": ["kinship", "name", {"channels": ["phone"]}],
        "on_error": "leave_out",
    }
    again = window.get(f"/imports/{sent(window, NAMED, WHOLE)}/mapping")
    assert "lấy từ khai báo đã lưu của Xã Cẩm Bình" in again.text
    filled = fields_in(again)
    for name in ("columns-3-means", "pieces-2-means", "joined[]", "same_home"):
        assert filled[name] == proposed[name]
    shown = window.get(f"/imports/mappings/{service.all_mappings(window.actor)[0]['code']}").text
    assert "Thân nhân: Điện thoại" in shown


def test_columns_that_mean_the_same_are_asked_about(window):
    code = sent(window, ("A", "B", "Quê quán"), ("Hồ", "Ba", "xã Cẩm Xuyên"))
    proposed = fields_in(window.get(f"/imports/{code}/mapping"))
    chosen = {**proposed, **SAME, "columns-0-means": "person.name", "columns-1-means": "person.name"}
    asked = window.post(f"/imports/{code}/mapping", data=chosen)
    assert (asked.status_code, 'href="#f-joined"' in asked.text) == (422, True)
    assert "<strong>Hồ Ba</strong>" in asked.text
    chosen = {**fields_in(asked), "joined[]": "person.name"}
    assert window.post(f"/imports/{code}/mapping", data=chosen).status_code == 303


def test_cells_that_are_split_are_asked_about(window):
    code = sent(window, ("A", "Quê quán"), ("Hồ Ba (Séc)", "xã Cẩm Xuyên"))
    at = f"/imports/{code}/mapping"
    asked = window.post(at, data={**fields_in(window.get(at)), **SAME, "columns-0-means": "split.brackets"})
    assert (asked.status_code, 'href="#f-pieces"' in asked.text) == (200, True)
    assert ("<td>Hồ Ba</td>" in asked.text, "<td>Séc</td>" in asked.text) == (True, True)
    chosen = {**fields_in(asked), "pieces-1-means": "person.country"}
    gap = window.post(at, data=chosen)
    assert (gap.status_code, 'href="#f-pieces"' in gap.text) == (200, True)
    done = window.post(at, data={**fields_in(gap), "pieces-0-means": "person.name", "keep": "on", "sender": "x"})
    assert done.status_code == 303
    (kept,) = service.all_mappings(window.actor)
    assert kept["mapping"]["person"]["columns"]["A"] == {"split": "brackets", "into": ["name", "country"]}


def formed(columns, **said):
    named = [{"place": place, "means": means} for place, means in columns]
    return MeaningForm().load({"above": 1, "kind": "abroad", **SAME, "columns": named, **said})


TWO = [{"place": 1, "at": 0, "means": "person.name"}, {"place": 1, "at": 1, "means": "none"}]


@pytest.mark.parametrize(
    ("columns", "said", "where"),
    [
        ([(0, "person.born"), (1, "person.born")], {"joined": []}, "columns"),
        ([(0, "person.name"), (1, "person.name")], {}, "joined"),
        ([(0, "person.name"), (1, "split.dash")], {"pieces": TWO, "joined": ["person.name"]}, "columns"),
    ],
)
def test_what_cannot_be_put_together_is_refused_where_it_is_said(app, columns, said, where):
    with pytest.raises(ValidationError) as refused:
        formed(columns, **said)
    assert [*refused.value.messages_dict] == [where]


def test_a_cell_of_the_person_and_of_the_relative_is_split_for_both(app):
    pieces = [
        {"place": 0, "at": at, "means": means} for at, means in enumerate(("person.name", "none", "relative.name"))
    ]
    pieces += [{"place": 1, "at": 1, "means": "person:phone"}]
    columns = [(0, "split.comma"), (1, "relative.kinship"), (2, "person.home"), (3, "person.home")]
    sheet = factories.sheet_with("Họ tên, năm, thân nhân", "Quan hệ", "Xã", "Tỉnh")
    told = layout(formed(columns, pieces=pieces, joined=["person.home"], same_home=True), sheet, "")
    assert told["person"]["columns"]["Họ tên, năm, thân nhân"]["into"] == ["name", "", ""]
    assert told["relative"]["columns"]["Họ tên, năm, thân nhân"]["into"] == ["", "", "name"]
    assert told["relative"]["columns"]["Tỉnh"] == {"field": "home", "part": 2}
    answers.meant(laid_out(told))
    assert filled(laid_out(carried(told)), sheet)["joined"] == ["person.home", "relative.home"]


@pytest.mark.parametrize(
    ("heading", "cells", "target"),
    [
        ("Quan hệ - họ tên", ["vợ - Lan", "con - Hà"], "split.dash"),
        ("Quan hệ - họ tên", ["vợ", "con"], "relative.kinship"),
        ("Họ tên (nước)", ["Hồ Ba (Séc)", "Lê Tư (Mỹ)", "x"], "split.brackets"),
        ("Họ tên (ghi hoa)", ["Hồ Ba (Séc)"], "person.name"),
        ("SĐT / Zalo", [], "person:zalo"),
    ],
)
def test_a_split_is_proposed_where_heading_and_cells_fall_into_the_same_parts(heading, cells, target):
    sheet = factories.sheet_with(heading)
    assert proposals.columns(sheet, [Row(n, [cell]) for n, cell in enumerate(cells)]) == [target]


def test_one_part_of_a_name_is_none():
    assert proposals.columns(factories.sheet_with("Họ tên", "Tên"), []) == ["person.name", ""]
    assert proposals.columns(factories.sheet_with("Họ", "Họ tên", "Tên"), []) == ["person.name", "", "person.name"]
