"""Letters merged into one Word document, each in a section of its own, from a template as an office edits it.

A place in it is `{{ ho_ten }}`, or in English `{{ name }}`; `{% if dia_chi %}…{% endif %}` leaves out what is said of
who has none. Nothing else of Jinja is read, and nothing is taken that a document would fetch, embed or run.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from typing import Any, Final

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsmap, qn
from docxtpl import DocxTemplate
from jinja2 import Environment, StrictUndefined, TemplateError, UndefinedError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from kieubao.ground.errors import Invalid, _
from kieubao.ground.vocabulary import Vocabulary

MEDIA: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST: Final = 900_000
_MOST_UNPACKED, _MOST_PARTS = 20 * 2**20, 300

OF_WHOM: Final = Vocabulary(
    {
        "name": ("ho_ten", "name"),
        "form_of_address": ("xung_ho", "form_of_address"),
        "address": ("dia_chi", "address"),
        "code": ("ma", "code"),
        "reply": ("tra_loi_tai", "reply_at"),
    }
)
OF_WHAT: Final = Vocabulary(
    {
        "title": ("ten_dip", "title"),
        "host": ("co_quan_to_chuc", "host"),
        "place": ("dia_diem", "place"),
        "day": ("ngay", "day"),
        "lunar_day": ("ngay_am_lich", "lunar_day"),
        "hour": ("gio", "hour"),
        "reply_by": ("tra_loi_truoc", "reply_by"),
        "sender": ("noi_gui", "sender"),
    }
)
"""What a letter has places for: of whom it is to, and of what it is about; by either name."""

_EACH: Final = [name for names in OF_WHOM.labels.values() for name in names]
_KNOWN: Final = frozenset({*_EACH, *(name for names in OF_WHAT.labels.values() for name in names)})
_READ: Final = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.If,
    nodes.Not,
)

_PARTS: Final = re.compile(
    r"application/(xml|vnd\.openxmlformats-package\.core-properties\+xml"
    r"|vnd\.openxmlformats-officedocument\.((?!embed)wordprocessingml\.[\w.]+|theme|(extended|custom)-properties"
    r"|customXmlProperties)\+xml|vnd\.ms-word\.(?!vba)[\w.]+\+xml)|image/(png|jpeg|gif)"
)
_HYPERLINK: Final = RELATIONSHIP_TYPE.HYPERLINK
_LINKS: Final = re.compile(r"(https?:|mailto:)", re.IGNORECASE)
# What Word reckons by itself; every other field fetches, asks or runs something.
_FIELDS: Final = frozenset({"PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "DATE", "TIME", "HYPERLINK"})
# What a picture of old Word (VML) is fetched from.
_FETCHES: Final = re.compile(r"(^|\})(src|href)$")
# What asks for data, brings another document along, or runs: by its element.
_ASKS: Final = frozenset({"mailMerge", "altChunk", "subDoc", "OLEObject", "object", "control", "attachedTemplate"})
# Braces that are a comment, or that stand within a tag of the document: nobody who writes a letter sees them.
_HIDDEN: Final = re.compile(r"\{#|<[^>]*(\{[{%]|[}%]\})")
_SWITCH: Final = re.compile(r"\\[A-Za-z]")
_TOLD: Final = frozenset({"\\l", "\\o", "\\t"})
_WORD: Final = re.compile(r'"[^"]*"|\S+')
_FIELD, _SAID, _SIMPLE = qn("w:fldChar"), qn("w:instrText"), qn("w:fldSimple")


def merged(template: bytes, people: Iterable[Mapping[str, str]], told: Mapping[str, str], mark: str) -> bytes:
    """Return a document with a letter to each of some people; `told` is what all letters are about.

    People and `told` are keyed as `OF_WHOM` and `OF_WHAT`. Under each letter stands the mark, and whose it is. Raises
    Invalid, naming `file`, for a template that `refuse_unfit` refuses.
    """
    document = _opened(template)
    rows = [[one.get(key, "") for key, names in OF_WHOM.labels.items() for _name in names] for one in people]
    about = {name: told.get(key, "") for key, names in OF_WHAT.labels.items() for name in names}
    places = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    try:
        document.render({"_mark": mark, "_letters": rows, **about}, places)
    except UndefinedError as error:
        raise _wrong(_("What is of one person stands in the letter itself, not at its head or foot")) from error
    except SyntaxError as error:
        raise _wrong(_("Begin and end a condition in one paragraph, or in paragraphs of its own")) from error
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def refuse_unfit(template: bytes) -> None:
    """Refuse a file that is no template of a letter, or has in it what is neither read, fetched nor run.

    Raises Invalid, naming `file`, and what would be right.
    """
    document = _opened(template)
    package = document.docx.part.package
    _refuse_links(package.rels)
    for part in package.iter_parts():
        _refuse_part(part)
    if not {*OF_WHOM.labels["name"]} & _places(document.patch_xml(document.get_xml())):
        raise _wrong(_("Write {{ ho_ten }} where the name belongs: a letter says to whom it is"))
    # Whoever has something for each place, and whoever has for none.
    for filled in ("x", ""):
        merged(template, [dict.fromkeys(OF_WHOM.codes, filled)], dict.fromkeys(OF_WHAT.codes, filled), "")


class _Document(DocxTemplate):  # type: ignore[misc]
    """As docxtpl fills it: but its body stands once for each letter, and what has gone wrong is told, not mended."""

    def render_xml_part(self, src_xml: str, part: Any, context: Any, jinja_env: Any = None) -> str:
        _places(src_xml)
        whole = _repeated(src_xml) if part is self.docx.part else src_xml
        filled: str = super().render_xml_part(whole, part, context, jinja_env)
        # What is filled in, or left out, may make another field of what was read before.
        _refuse_words(parse_xml(filled))
        return filled

    def fix_docpr_ids(self, tree: Any) -> None:
        # The last letter ends with the document; the section of its own would begin another page.
        for section in tree.xpath("./w:p/w:pPr/w:sectPr", namespaces=nsmap)[-1:]:
            section.getparent().remove(section)
        super().fix_docpr_ids(tree)

    def render_properties(self, context: Any, jinja_env: Any = None) -> None:
        """Leave what is said of the document as it is."""

    def render_footnotes(self, context: Any, jinja_env: Any = None) -> None:
        """Leave footnotes as they are: docxtpl would fill them in anew for every letter."""


def _places(source: str) -> set[str]:
    """Return the names a part has places for; raise Invalid for what is not read."""
    if _HIDDEN.search(source):
        raise _wrong(_("Of what stands in braces only places and conditions are read, such as {{ ho_ten }}"))
    try:
        read = Environment(autoescape=True).parse(source)
    except TemplateError as error:
        raise _wrong(_("Some braces do not match: write places as {{ ho_ten }}")) from error
    if not all(isinstance(one, _READ) for one in read.find_all(nodes.Node)):
        raise _wrong(_("Of what stands in braces only places and conditions are read, such as {{ ho_ten }}"))
    names = {one.name for one in read.find_all(nodes.Name)}
    if unknown := sorted(names - _KNOWN):
        known = ", ".join(sorted(_KNOWN))
        raise _wrong(_("There is no place called %(unknown)s: write one of %(known)s"), unknown=unknown[0], known=known)
    return names


def _repeated(body: str) -> str:
    """Have a body stand once for each letter, a section each, with the mark under it."""
    begins, ends = body.index(">") + 1, body.rindex("<w:sectPr")
    section = body[ends : body.rindex("</w:body>")]
    sign = "<w:r><w:rPr><w:sz w:val='12'/></w:rPr><w:t>{{ _mark }} · {{ code }}</w:t></w:r>"
    letter = f"{body[begins:ends]}<w:p><w:pPr>{section}</w:pPr>{sign}</w:p>"
    loop = f"{{% for {', '.join(_EACH)} in _letters %}}{letter}{{% endfor %}}"
    return body[:begins] + loop + body[ends:]


def _opened(template: bytes) -> Any:
    try:
        with zipfile.ZipFile(BytesIO(template)) as archive:
            parts = archive.infolist()
        if len(parts) <= _MOST_PARTS and sum(part.file_size for part in parts) <= _MOST_UNPACKED:
            document = _Document(BytesIO(template))
            document.init_docx()
            body = document.docx.element.body
            if body.sectPr is None:
                body.append(OxmlElement("w:sectPr"))
            return document
    except Exception as error:  # whatever a file did, it is no template
        raise _wrong(_("This is no Word document: save the template as .docx")) from error
    raise _wrong(_("The template is too large: at most %(most)s KB"), most=MOST // 1000)


def _refuse_part(part: Any) -> None:
    if not _PARTS.fullmatch(part.content_type):
        raise _wrong(_("Take out what is embedded in the template (%(what)s)"), what=str(part.partname))
    _refuse_links(part.rels)
    if part.content_type.endswith("xml"):
        _refuse_words(_parsed(part.blob))


def _refuse_links(links: Mapping[str, Any]) -> None:
    outside = [link for link in links.values() if link.is_external]
    others = [link.target_ref for link in outside if link.reltype != _HYPERLINK or not _LINKS.match(link.target_ref)]
    if others:
        raise _wrong(_("The template refers to something outside itself: %(what)s"), what=others[0][:100])


def _refuse_words(root: Any) -> None:
    """Refuse what a part fetches without a link of its own, and its fields but those that Word reckons by itself."""
    named = (value for one in root.iter("*") for name, value in one.items() if _FETCHES.search(name))
    if fetched := [value for value in named if value]:
        raise _wrong(_("The template refers to something outside itself: %(what)s"), what=fetched[0][:100])
    names = (one.tag.rpartition("}")[2] for one in root.iter("*"))
    if asks := [name for name in names if name in _ASKS]:
        raise _wrong(_("Take out what is embedded in the template (%(what)s)"), what=asks[0])
    if unread := [field for field in _fields(root) if field not in _FIELDS]:
        raise _wrong(_("Write {{ ho_ten }} and the like in the place of Word's field %(called)s"), called=unread[0])


def _parsed(blob: bytes) -> Any:
    try:
        return parse_xml(blob)
    except SyntaxError as error:
        raise _wrong(_("This is no Word document: save the template as .docx")) from error


def _fields(root: Any) -> Iterator[str]:
    """Give what the fields in a part are called."""
    told = [one.get(qn("w:instr")) or "" for one in root.iter(_SIMPLE)]
    begun: list[str] = []
    for one in root.iter(_FIELD, _SAID):
        if one.tag == _SAID:
            begun[-1:] = ["".join(begun[-1:]) + (one.text or "")]
        elif one.get(qn("w:fldCharType")) == "begin":
            begun.append("")
        elif one.get(qn("w:fldCharType")) == "end" and begun:
            told.append(begun.pop())
    return (_called(text) for text in [*told, *begun])


def _called(field: str) -> str:
    """Return what a field is called; where it leads elsewhere than a link may, all of it."""
    name, *words = _WORD.findall(field) or ["?"]
    # What a link says of a place, of a hint or of a window follows its switch; whatever else stands is where it leads.
    switches = [word.lower() if _SWITCH.fullmatch(word) else "" for word in words]
    after = zip(["", *switches], switches, words, strict=False)
    to = [word.strip('"') for before, switch, word in after if not switch and before not in _TOLD]
    astray = name.upper() == "HYPERLINK" and not (all(map(_LINKS.match, to)) and (to or "\\l" in switches))
    return field.strip() if astray or "{" in field else name.upper()


def _wrong(sentence: str, **values: Any) -> Invalid:
    return Invalid(sentence, field="file", **values)
