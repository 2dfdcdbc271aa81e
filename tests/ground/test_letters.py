"""Letters: everybody has theirs, whole and in a section of its own; and a template that would do more is refused."""

import re
import zipfile
from io import BytesIO

import pytest
from docx import Document
from docx.enum.section import WD_SECTION
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from kieubao.ground import invitation, letters
from kieubao.ground.errors import Invalid

TOLD = {
    "title": "Gặp mặt Tết Đinh Mùi <2027> & hơn nữa",
    "place": "Nhà khách tỉnh",
    "day": "28/01/2027",
    "hour": "08:30",
    "sender": "Sở Ngoại vụ tỉnh Hà Tĩnh",
}
NAMES = ("Đặng Thị Hòa", "Công Tằng Tôn Nữ Ỷ Ưỡng", "A & B <c> {{ ma }} {% if x %}")
PEOPLE = [{"name": name, "form_of_address": "Bà", "code": f"KB-{at}"} for at, name in enumerate(NAMES)]
HOSTILE = {
    "{% for ho_ten in _letters %}{{ ho_ten }}{% endfor %}": "only places",
    "{{ ho_ten.__class__ }}": "only places",
    "{{ ho_ten|upper }}": "only places",
    "{{ 7 * 7 }}{{ ho_ten }}": "only places",
    "{% set x = 1 %}{{ ho_ten }}": "only places",
    "{% if ho_ten == 'x' %}a{% endif %}{{ ho_ten }}": "only places",
    "{% include 'x' %}{{ ho_ten }}": "only places",
    "{{ ho_ten }}{{ dien_thoai }}": "no place called dien_thoai",
    "{{ ho_ten }": "braces",
    "{{ ho_ten }}{% if ngay %}": "braces",
    "{{ ho_ten }}{{ _letters }}": "no place called _letters",
    "Kính gửi: bà Hòa": "ho_ten",
}


def template(*texts, change=None):
    document = Document()
    for text in texts:
        document.add_paragraph(text)
    if change:
        change(document)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def written(content):
    return [paragraph.text for paragraph in Document(BytesIO(content)).paragraphs]


def refused(content):
    with pytest.raises(Invalid) as wrong:
        letters.refuse_unfit(content)
    assert wrong.value.field == "file"
    return str(wrong.value)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_letter_that_everybody_has_is_to_everybody(language):
    letters.refuse_unfit(invitation.letter(language))
    made = letters.merged(invitation.letter(language), PEOPLE, TOLD, "LL-7F3Q")
    document = Document(BytesIO(made))
    assert [one.start_type for one in document.sections] == [WD_SECTION.NEW_PAGE] * 3
    assert all((round(one.page_width.mm), round(one.page_height.mm)) == (210, 297) for one in document.sections)
    text = "\n".join(written(made))
    for one in PEOPLE:
        assert text.count(one["name"]) == 1
        assert text.count(f"LL-7F3Q · {one['code']}") == 1
    assert text.count(TOLD["title"]) == 3
    assert "dia_chi" not in text
    assert "ÂL" not in text


def test_what_nobody_has_is_left_out_and_what_somebody_has_is_there():
    page = template("{{ ho_ten }}", "{%p if dia_chi %}", "Địa chỉ: {{ dia_chi }}", "{%p endif %}", "{{ ngay }}.")
    people = [{**PEOPLE[0], "address": "Thôn 3, xã Cẩm Bình"}, PEOPLE[1]]
    lines = written(letters.merged(page, people, TOLD, "LL"))
    assert lines == [
        NAMES[0],
        "Địa chỉ: Thôn 3, xã Cẩm Bình",
        "28/01/2027.",
        "LL · KB-0",
        NAMES[1],
        "28/01/2027.",
        "LL · KB-1",
    ]


def test_either_name_of_a_place_is_read_however_word_cut_it():
    def cut(document):
        line = document.add_paragraph("Tới: ")
        for piece in ("{", "{ na", "me", " }", "}"):
            line.add_run(piece).bold = piece == "me"

    assert written(letters.merged(template(change=cut), PEOPLE[:1], TOLD, "LL"))[0] == f"Tới: {NAMES[0]}"


def test_the_head_and_foot_of_a_page_say_what_all_letters_say():
    def foot(document):
        document.sections[0].footer.paragraphs[0].text = "{{ noi_gui }}"

    page = template("{{ ho_ten }}", change=foot)
    letters.refuse_unfit(page)
    document = Document(BytesIO(letters.merged(page, PEOPLE, TOLD, "LL")))
    assert [one.footer.paragraphs[0].text for one in document.sections] == [TOLD["sender"]] * 3


def test_what_is_of_one_person_is_refused_at_the_head():
    def head(document):
        document.sections[0].header.paragraphs[0].text = "{{ ho_ten }}"

    assert "not at its head or foot" in refused(template("{{ ho_ten }}", change=head))


@pytest.mark.parametrize(("text", "why"), HOSTILE.items())
def test_what_is_more_than_places_is_refused(text, why):
    assert re.search(why, refused(template(text)))


def test_a_loop_of_its_own_is_refused_wherever_it_stands():
    def head(document):
        document.sections[0].header.paragraphs[0].text = "{% for ho_ten in _letters %}x{% endfor %}"

    assert "only places" in refused(template("{{ ho_ten }}", change=head))


def test_a_template_that_libreoffice_saved_makes_a_document_without_parts_that_stand_twice():
    """It names what is said of the document in a way of its own, which python-docx takes for nothing said."""
    with zipfile.ZipFile(BytesIO(template("{{ ho_ten }}"))) as real:
        parts = {name: real.read(name) for name in real.namelist()}
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(
        b"openxmlformats.org/package/2006/relationships/metadata",
        b"openxmlformats.org/officedocument/2006/relationships/metadata",
    )
    letters.refuse_unfit(archive(parts))
    made = letters.merged(archive(parts), PEOPLE, TOLD, "LL")
    names = zipfile.ZipFile(BytesIO(made)).namelist()
    assert len(names) == len({*names})
    assert NAMES[0] in written(made)


def test_what_is_said_of_the_document_stays_as_it_is():
    def title(document):
        document.core_properties.title = "{% for x in _letters %}{{ x }}{% endfor %}"

    made = letters.merged(template("{{ ho_ten }}", change=title), PEOPLE, TOLD, "LL")
    assert Document(BytesIO(made)).core_properties.title.startswith("{% for")


def test_a_condition_that_ends_elsewhere_is_refused():
    def table(document):
        document.add_table(1, 2).cell(0, 0).text = "{% if ngay %}"
        document.add_paragraph("{% endif %}")

    assert "one paragraph" in refused(template("{{ ho_ten }}", change=table))


def link(kind, target):
    return lambda document: document.part.relate_to(target, kind, is_external=True)


def embed(content_type):
    def change(document):
        part = Part(PackURI("/word/embedded.bin"), content_type, b"x", document.part.package)
        document.part.relate_to(part, RELATIONSHIP_TYPE.PACKAGE)

    return change


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        (RELATIONSHIP_TYPE.IMAGE, "http://example.org/pixel.png"),
        (
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate",
            "http://example.org/a.dotm",
        ),
        (RELATIONSHIP_TYPE.HYPERLINK, r"\\server\share"),
        (RELATIONSHIP_TYPE.HYPERLINK, "file:///c:/x"),
    ],
)
def test_what_a_document_would_fetch_is_refused(kind, target):
    assert target in refused(template("{{ ho_ten }}", change=link(kind, target)))


def test_a_picture_of_old_word_that_is_fetched_is_refused():
    def picture(document):
        shape = (
            '<w:pict {} xmlns:v="urn:schemas-microsoft-com:vml"><v:imagedata src="http://example.org/x.png"/></w:pict>'
        )
        run = document.add_paragraph().add_run()
        run._r.append(parse_xml(shape.format(nsdecls("w"))))

    assert "http://example.org/x.png" in refused(template("{{ ho_ten }}", change=picture))


def with_part(name, content_type, blob):
    def change(document):
        part = Part(PackURI(name), content_type, blob, document.part.package)
        document.part.relate_to(part, "http://example.org/relationship")

    return template("{{ ho_ten }}", change=change)


def test_a_part_that_cannot_be_read_is_refused():
    assert "no Word document" in refused(with_part("/customXml/item9.xml", "application/xml", b"<a>"))


def test_footnotes_stay_as_they_are():
    """Word writes a part of them into most documents, though nobody wrote one."""
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    notes = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:footnotes %s>{{ ma }}</w:footnotes>'
    page = with_part("/word/footnotes.xml", kind, notes % nsdecls("w").encode())
    letters.refuse_unfit(page)
    made = letters.merged(page, PEOPLE, TOLD, "LL")
    assert b"{{ ma }}" in zipfile.ZipFile(BytesIO(made)).read("word/footnotes.xml")
    assert NAMES[0] in written(made)


def test_an_address_on_the_web_may_stand_in_it():
    page = template("{{ ho_ten }}", change=link(RELATIONSHIP_TYPE.HYPERLINK, "https://hatinh.gov.vn"))
    letters.refuse_unfit(page)
    made = Document(BytesIO(letters.merged(page, PEOPLE, TOLD, "LL")))
    assert "https://hatinh.gov.vn" in {one.target_ref for one in made.part.rels.values() if one.is_external}


@pytest.mark.parametrize(
    "content_type",
    [
        "application/vnd.ms-office.vbaProject",
        "application/vnd.openxmlformats-officedocument.oleObject",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.ms-office.activeX+xml",
        "application/vnd.ms-word.vbaData+xml",
        "text/html",
        "image/svg+xml",
    ],
)
def test_what_is_embedded_is_refused(content_type):
    assert "embedded" in refused(template("{{ ho_ten }}", change=embed(content_type)))


@pytest.mark.parametrize("pieces", [["INCLUDEPICTURE http://x"], [" MERGE", "FIELD Ten"], ["DDEAUTO c:\\x"], ["  "]])
@pytest.mark.parametrize("ended", [True, False])
def test_fields_that_fetch_or_ask_are_refused(pieces, ended):
    def field(document):
        line = document.add_paragraph()
        for kind in ("begin", *pieces, *["end"] * ended):
            run = line.add_run()
            part = OxmlElement("w:fldChar" if kind in {"begin", "end"} else "w:instrText")
            if kind in {"begin", "end"}:
                part.set(qn("w:fldCharType"), kind)
            else:
                part.text = kind
            run._r.append(part)

    assert "field" in refused(template("{{ ho_ten }}", change=field))


def with_field(*words, space="preserve"):
    """A template with a field whose words stand in runs of their own; `space` stands in an attribute of each."""

    def change(document):
        line = document.add_paragraph()
        for at, word in enumerate(("begin", *words, "end")):
            run = line.add_run()
            if word in {"begin", "end"}:
                part = OxmlElement("w:fldChar")
                part.set(qn("w:fldCharType"), word)
            else:
                part = OxmlElement("w:instrText")
                part.set(qn("xml:space"), space if isinstance(space, str) else space[at - 1])
                part.text = word
            run._r.append(part)

    return template("{{ ho_ten }}", change=change)


FETCH = 'INCLUDEPICTURE "http://example.org/{{ ho_ten }}" \\d'


@pytest.mark.parametrize(
    "hidden",
    [
        lambda: with_field("PAGE ", FETCH, space=("{#", "#}")),
        lambda: with_field("PAGE ", FETCH, space=("{% if dia_chi %}", "{% endif %}")),
        lambda: with_field("{% if ngay %}PAGE {% endif %}", "INCLUDEPICTURE x"),
        lambda: with_field("PAGE {{ ho_ten }}"),
        lambda: template("{{ ho_ten }}{# {{ ma }} #}"),
    ],
)
def test_braces_that_nobody_sees_are_refused(hidden):
    assert refused(hidden())


def test_what_is_filled_in_is_read_again(monkeypatch):
    """Were the first look deceived, the second is not: no letter has another field than the template said."""
    deceiving = with_field("{% if ngay %}PAGE {% endif %}", "INCLUDEPICTURE x")
    with pytest.raises(Invalid, match="INCLUDEPICTURE"):
        letters.merged(deceiving, PEOPLE, {**TOLD, "day": ""}, "LL")


@pytest.mark.parametrize(
    ("words", "fits"),
    [
        ('HYPERLINK "https://hatinh.gov.vn"', True),
        ("HYPERLINK \\l moc", True),
        ('HYPERLINK "file://server/run.exe"', False),
        ("HYPERLINK c:\\run.exe", False),
        ('HYPERLINK \\o "x" "file://server/run.exe"', False),
        ('HYPERLINK "https://hatinh.gov.vn" \\o "Trang nhà" \\t _blank', True),
        ('HYPERLINK "file://server/run.exe" \\l "moc"', False),
        ('HYPERLINK \\o "https://hatinh.gov.vn" "file://server/run.exe"', False),
        ("HYPERLINK \\\\server\\run.exe \\L moc", False),
        ("HYPERLINK \\L moc", True),
        ('HYPERLINK "https://hatinh.gov.vn" "file://server/run.exe"', False),
    ],
)
def test_a_field_leads_where_a_link_may(words, fits):
    if fits:
        letters.refuse_unfit(with_field(words))
    else:
        assert "HYPERLINK" in refused(with_field(words))


@pytest.mark.parametrize("name", ["mailMerge", "altChunk", "subDoc", "object", "control"])
def test_what_asks_or_brings_another_document_along_is_refused(name):
    def change(document):
        place = document.settings.element if name == "mailMerge" else document.add_paragraph()._p
        place.append(OxmlElement(f"w:{name}"))

    assert name in refused(template("{{ ho_ten }}", change=change))


def test_a_number_of_the_page_may_stand_in_it_and_a_simple_field_may_not_fetch():
    def field(words):
        def change(document):
            part = OxmlElement("w:fldSimple")
            part.set(qn("w:instr"), words)
            document.add_paragraph()._p.append(part)

        return change

    letters.refuse_unfit(template("{{ ho_ten }}", change=field(r"PAGE \* MERGEFORMAT")))
    assert "DATABASE" in refused(template("{{ ho_ten }}", change=field("database x")))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no", b"\xd0\xcf\x11\xe0" + b"x" * 100])
def test_what_is_no_document_is_refused(content):
    assert "no Word document" in refused(content)


def archive(parts):
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked():
    with zipfile.ZipFile(BytesIO(template("{{ ho_ten }}"))) as real:
        parts = {name: real.read(name) for name in real.namelist()}
    assert "no Word document" in refused(archive({"a.txt": "b"}))
    assert "too large" in refused(archive(parts | {"word/media/x.png": b"\0" * 21 * 2**20}))
    assert "too large" in refused(archive(parts | {f"x/{n}": b"" for n in range(300)}))


def test_what_a_part_says_of_entities_is_not_expanded():
    with zipfile.ZipFile(BytesIO(template("{{ ho_ten }}"))) as real:
        parts = {name: real.read(name) for name in real.namelist()}
    bomb = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    body = parts["word/document.xml"].replace(b"{{ ho_ten }}", b"{{ ho_ten }} &a;")
    head, rest = body.split(b"?>", 1)
    try:
        made = letters.merged(archive(parts | {"word/document.xml": head + b"?>" + bomb + rest}), PEOPLE, TOLD, "LL")
    except Invalid:
        return
    assert b"root:" not in made
    assert "root:" not in "".join(written(made))
