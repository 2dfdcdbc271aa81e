"""Workbooks made to harm, or broken on the way; of each its name and its bytes, made anew and the same every time."""

import io
import random
import struct
import zipfile
from collections.abc import Callable, Iterator
from functools import partial

TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def cell(place: str, text: str = "", kind: str = "inlineStr") -> str:
    inner = f"<is><t>{text}</t></is>" if kind == "inlineStr" else f"<v>{text}</v>"
    return f'<c r="{place}" t="{kind}">{inner}</c>'


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


GOOD = row(1, cell("A1", "Họ và tên"), cell("B1", "GT")) + row(2, cell("A2", "Lê Thị Tư"), cell("B2", "nữ"))


def parts(
    rows: str = GOOD, *, dimension: str = "A1:B2", after: str = "", head: str = HEAD, **others: str
) -> dict[str, str]:
    """Return the parts of an .xlsx by their names; `others` replace or add parts, __ for / and _dot_ for a point."""
    made = {
        "[Content_Types].xml": HEAD + TYPES,
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}"><Relationship Id="r1"'
        f' Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        '<sheet name="DS" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}"><Relationship Id="r1"'
        f' Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2"'
        f' Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{head}<worksheet xmlns="{MAIN}"><dimension ref="{dimension}"/>'
        f"<sheetData>{rows}</sheetData>{after}</worksheet>",
    }
    return made | {name.replace("__", "/").replace("_dot_", "."): text for name, text in others.items()}


def packed(files: dict[str, str | bytes], *, first: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files, key=lambda one: one != first):
            archive.writestr(name, files[name])
    return out.getvalue()


def xlsx(rows: str = GOOD, **options: str) -> bytes:
    return packed(parts(rows, **options))


def ods(table: str) -> bytes:
    """Return an .ods whose one table has this inside."""
    spaces = " ".join(
        f'xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{one}:1.0"' for one in ("office", "table", "text")
    )
    content = f"{HEAD}<office:document-content {spaces}><office:body><office:spreadsheet>"
    content += f'<table:table table:name="DS">{table}</table:table>'
    content += "</office:spreadsheet></office:body></office:document-content>"
    return packed({"mimetype": ODS, "content.xml": content}, first="mimetype")


def ods_cell(text: str, repeated: int = 1) -> str:
    return (
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{repeated}">'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


def ods_row(inner: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{inner}</table:table-row>'


def strings(*texts: str, count: int | None = None) -> dict[str, str]:
    many = len(texts) if count is None else count
    inner = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return {"xl__sharedStrings_dot_xml": f'{HEAD}<sst xmlns="{MAIN}" count="{many}" uniqueCount="{many}">{inner}</sst>'}


def laughing(entity: str, many: int = 9) -> str:
    """Return a document type whose last entity is the first ten to the ninth times."""
    told = [f'<!ENTITY a0 "{entity}">']
    told += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, many + 1)]
    return f"{HEAD}<!DOCTYPE x [{''.join(told)}]>"


def lying(content: bytes, size: int) -> bytes:
    """Return an archive whose list says another size of its largest part than it comes to."""
    at = content.index(b"PK\x01\x02")
    changed = bytearray(content)
    while at >= 0:
        struct.pack_into("<I", changed, at + 24, size)
        at = changed.find(b"PK\x01\x02", at + 4)
    return bytes(changed)


def flipped(content: bytes, seed: int) -> bytes:
    chance, changed = random.Random(seed), bytearray(content)
    for _time in range(20):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def compound(*sectors: bytes, fat: int = -2) -> bytes:
    """Return the head of an old workbook (OLE2) whose first table of sectors says what it says."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<iiiIIiIiI", 0, 1, 0, 0, 4096, fat, 0, fat, 0) + struct.pack("<i", 0) + b"\xff" * 432
    return head[:512].ljust(512, b"\xff") + b"".join(one.ljust(512, b"\0") for one in sectors)


BLANKS = "".join(f'<row r="{n}" spans="1:2"/>' for n in range(3, 300_000))
MADE: dict[str, Callable[[], bytes]] = {
    "nothing but a beginning": lambda: b"PK\x03\x04",
    "an empty archive": lambda: b"PK\x03\x04" + packed({}),
    "an archive of something else": lambda: packed({"a.txt": "x"}),
    "an archive in an archive": lambda: packed({"a.xlsx": xlsx()}),
    "no list of sheets": lambda: packed({k: v for k, v in parts().items() if k != "xl/workbook.xml"}),
    "a sheet that is not there": lambda: packed({k: v for k, v in parts().items() if "sheet1" not in k}),
    "no sheets": lambda: xlsx(xl__workbook_dot_xml=f'{HEAD}<workbook xmlns="{MAIN}"><sheets/></workbook>'),
    "a thousand sheets of one part": lambda: xlsx(
        xl__workbook_dot_xml=f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        + "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r1"/>' for n in range(1_000))
        + "</sheets></workbook>"
    ),
    "a part outside the archive": lambda: packed({**parts(), "../../../tmp/kieubao-was-here": "x"}),
    "a sheet outside the archive": lambda: xlsx(
        xl___rels__workbook_dot_xml_dot_rels=f'{HEAD}<Relationships xmlns="{PACKAGE}"><Relationship Id="r1"'
        f' Type="{RELATIONS}/worksheet" Target="/etc/passwd"/></Relationships>'
    ),
    "a part of zeros": lambda: packed({**parts(), "xl/media/image1.png": bytes(500 * 2**20)}),
    "a sheet of blanks": lambda: xlsx(GOOD + " " * 390 * 2**20),
    "a list that lies small": lambda: lying(xlsx(GOOD + " " * 450 * 2**20), 10),
    "a list that lies large": lambda: lying(xlsx(), 2**32 - 2),
    "a text of 300 million letters": lambda: xlsx(row(1, cell("A1", "x" * 300 * 2**20))),
    "a million texts": lambda: xlsx(**strings(*["Nguyễn"] * 1_000_000)),
    "a list of texts that says four billion": lambda: xlsx(
        row(1, cell("A1", "0", "s")), **strings("a", count=2**32 - 1)
    ),
    "a text that is not in the list": lambda: xlsx(row(1, cell("A1", "7", "s")), **strings("a")),
    "a text before the list": lambda: xlsx(row(1, cell("A1", "-1", "s")), **strings("a")),
    "a cell at the far end": lambda: xlsx(GOOD + row(1_048_576, cell("XFD1048576", "x"))),
    "a cell beyond the far end": lambda: xlsx(GOOD + row(99_999_999, cell("ZZZZZZ99999999", "x"))),
    "a row that is none": lambda: xlsx(row(0, cell("A0", "x"))),
    "a row before the first": lambda: xlsx(row(-5, cell("A-5", "x"))),
    "a place that is none": lambda: xlsx(row(1, cell("@#!", "x"))),
    "rows the wrong way round": lambda: xlsx(row(9, cell("A9", "x")) + row(1, cell("A1", "y"))),
    "a size that lies": lambda: xlsx(dimension="A1:XFD1048576"),
    "a size that is none": lambda: xlsx(dimension="??"),
    "300,000 blank rows": lambda: xlsx(GOOD + BLANKS),
    "a merged sheet": lambda: xlsx(after='<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    "entities of entities": lambda: xlsx(row(1, cell("A1", "&a9;")), head=laughing("ha")),
    "an entity from a file": lambda: xlsx(
        row(1, cell("A1", "&x;")), head=f'{HEAD}<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    ),
    "an entity from elsewhere": lambda: xlsx(
        row(1, cell("A1", "&x;")), head=f'{HEAD}<!DOCTYPE x [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>'
    ),
    "a hundred thousand in one another": lambda: xlsx("<row>" * 100_000),
    "a sheet that does not end": lambda: xlsx(GOOD + "<row r='3'><c r='A3'"),
    "a sheet that is no XML": lambda: xlsx(xl__worksheets__sheet1_dot_xml="\x00\x01 no XML"),
    "a sheet of another alphabet": lambda: packed(
        {**parts(), "xl/worksheets/sheet1.xml": parts()["xl/worksheets/sheet1.xml"].encode("utf-16")}
    ),
    "letters that are none": lambda: packed(
        {
            **parts(),
            "xl/worksheets/sheet1.xml": parts()["xl/worksheets/sheet1.xml"].encode().replace(b"T\xc6\xb0", b"\xff\xfe"),
        }
    ),
    "control characters": lambda: xlsx(row(1, cell("A1", "a&#1;b_x0000_c"))),
    "numbers without an end": lambda: xlsx(
        row(1, cell("A1", "1e309", "n"), cell("B1", "-1e309", "n"), cell("C1", "NaN", "n"))
    ),
    "a number of a million digits": lambda: xlsx(row(1, cell("A1", "9" * 1_000_000, "n"))),
    "a number that is none": lambda: xlsx(row(1, cell("A1", "12,5", "n"))),
    "a day before days": lambda: xlsx(row(1, '<c r="A1" s="1" t="d"><v>-9999-99-99</v></c>')),
    "a command as a formula": lambda: xlsx(row(1, '<c r="A1" t="str"><f>cmd|"/c calc"!A1</f><v>=cmd|x</v></c>')),
    "a formula of itself": lambda: xlsx(row(1, '<c r="A1"><f>A1+1</f></c>')),
    "an error for a value": lambda: xlsx(row(1, cell("A1", "#REF!", "e"))),
    "a link to elsewhere": lambda: xlsx(
        after='<hyperlinks><hyperlink ref="A1" location="http://127.0.0.1:9/"/></hyperlinks>'
    ),
    "a sheet with a name of a thousand letters": lambda: xlsx(
        xl__workbook_dot_xml=f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        f'<sheet name="{"Ơ" * 1_000}" sheetId="1" r:id="r1"/></sheets></workbook>'
    ),
    "ods: a row 17 billion times": lambda: ods(ods_row(ods_cell("x", 16_384), 1_048_576)),
    "ods: a cell a billion times": lambda: ods(ods_row(ods_cell("x", 10**9))),
    "ods: a cell minus once": lambda: ods(ods_row(ods_cell("x", -1))),
    "ods: a row as often as no number": lambda: ods(ods_row(ods_cell("x"), 10**30)),
    "ods: blank rows to the far end": lambda: ods(
        ods_row(ods_cell("Họ và tên")) + ods_row("<table:table-cell/>", 1_048_575)
    ),
    "ods: in one another": lambda: ods("<table:table-row>" * 100_000),
    "ods: nothing inside": lambda: packed({"mimetype": ODS}, first="mimetype"),
    "ods: no XML": lambda: packed({"mimetype": ODS, "content.xml": "\x00"}, first="mimetype"),
    "xls: nothing but a beginning": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "xls: a table of sectors that goes round": lambda: compound(struct.pack("<128i", *[1] * 128), bytes(512)),
    "xls: sectors far away": lambda: compound(struct.pack("<128i", *[2**30] * 128), bytes(512)),
    "xls: another table that is itself": lambda: compound(b"\xff" * 512, b"\xff" * 512, fat=0),
    "xls: chance": lambda: compound(*[random.Random(n).randbytes(512) for n in range(40)]),
}


def files() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Give every file by its name: those made so, one cut off at ten places, and one with bits turned ten times."""
    yield from MADE.items()
    whole = xlsx(GOOD + "".join(row(n, cell(f"A{n}", f"Lê {n}")) for n in range(3, 300)), **strings("a", "b"))
    for part in range(1, 11):
        yield f"cut off at {part} of 11", partial(whole.__getitem__, slice(len(whole) * part // 11))
        yield f"bits turned, {part}", partial(flipped, whole, part)
