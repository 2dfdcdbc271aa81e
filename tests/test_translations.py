"""Every sentence a reader can meet is in both languages."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from kieubao import desk, labels, shown
from kieubao.access.roles import Permission, Role
from kieubao.consent.schemas import AGREED
from kieubao.consent.vocabulary import Capacity, Channel, Method, Purpose, Reason, State
from kieubao.ground.errors import KieubaoError
from kieubao.occasions.vocabulary import Kind
from kieubao.outreach.schemas import FIELDS, FORMATS
from kieubao.outreach.vocabulary import IssueState, ListState
from kieubao.oversight.vocabulary import ITEMS
from kieubao.people.schemas import KINDS, LEGAL_BASES, OWNERS, EnrolForm, FilterForm

HOUSE = Path(shown.__file__).parent
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
PLACE = re.compile(r"%\((\w+)\)s")
TEMPLATES = sorted((HOUSE / "templates").rglob("*.html"))
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
# Tags, and the attributes that a macro gives to one.
TAGS = re.compile(r"<[^>]*>|&\w+;|[\w-]+=\"[^\"]*\"")
READ_ALOUD = re.compile(r'(?:title|alt|placeholder|aria-label)="([^"{]*\w[^"{]*)"')


def extracted():
    with (HOUSE / "translations/babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(HOUSE, methods, options, KEYWORDS)
    return {message: f"{name}:{line}" for name, line, message, _comments, _context in found}


def catalogue():
    with (HOUSE / "translations/vi/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="vi")


def said(message):
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_every_sentence_is_in_vietnamese():
    known = catalogue()
    sentences = {message.id: said(message) for message in known if message.id and not message.fuzzy}
    missing = {sentence: where for sentence, where in extracted().items() if not all(sentences.get(sentence, [""]))}
    assert missing == {}


def test_nothing_is_translated_that_nobody_says():
    assert {message.id for message in catalogue() if message.id} - set(extracted()) == set()


def test_a_translation_has_the_places_of_its_sentence():
    for message in catalogue():
        plural = message.id[-1] if isinstance(message.id, tuple) else message.id
        for sentence in said(message) if message.id else []:
            assert set(PLACE.findall(sentence)) == set(PLACE.findall(plural)), message.id
            assert sentence.strip() == sentence


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(HOUSE / "templates").as_posix())
def test_no_template_speaks_one_language_only(template):
    text = template.read_text("utf-8").replace("kieubao API", "")
    bare = [words.strip() for words in TAGS.split(JINJA.sub("", text)) if re.search(r"\w\w", words)]
    assert bare + READ_ALOUD.findall(text) == []


CODES = {
    "purpose": Purpose,
    "channel": Channel,
    "consent": State,
    "method": Method,
    "capacity": Capacity,
    "reason": Reason,
    "occasion": Kind,
    "list_state": ListState,
    "issue_state": IssueState,
    "format": FORMATS,
    "role": Role,
    "permission": Permission,
    "kind": KINDS,
    "owner": OWNERS,
    "legal_basis": LEGAL_BASES,
}


@pytest.mark.parametrize("words", CODES)
def test_every_code_has_its_label(words):
    assert set(map(str, CODES[words])) <= set(labels.WORDS[words])


def test_every_outcome_in_the_trail_has_its_label():
    outcomes = {error.code for error in _all(KieubaoError)} | {"done", "failed"}
    assert outcomes <= set(desk.OUTCOMES.codes)


def _all(error):
    return {error, *(below for one in error.__subclasses__() for below in _all(one))}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_field_has_its_label(app, language):
    with app.test_request_context():
        names = {*EnrolForm().fields, *FilterForm().fields, *FIELDS, *AGREED, *ITEMS} - {
            "contact_points",
            "memberships",
        }
        assert all(map(shown.field_label, names))
