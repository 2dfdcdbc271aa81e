"""Whoever is refused in a test hears a sentence that has its Vietnamese, and of a field they can send.

The words in the code are compared with the catalogue by tests/test_translations.py: this hears what is really said.
"""

import sys
from pathlib import Path

import click
import marshmallow
import pytest
from babel.messages.pofile import read_po

import kieubao
from config import Config
from kieubao import cli
from kieubao.ground import errors

HOUSE = Path(kieubao.__file__).parent
# What a form has said already, in the reader's words, and what a mapping warns of in its own.
SAID_BEFORE = {HOUSE / "intake/rows.py", HOUSE / "intake/answers.py"}


@pytest.fixture(autouse=True, scope="session")
def refusals_are_heard():
    sentences, plain, plain_invalid = told(), errors.KieubaoError.__init__, errors.Invalid.__init__
    names: set[str] = set()

    def heard(error, message, /, **values):
        plain(error, message, **values)
        assert message in sentences or not by_the_house(), f"nobody has translated this: {message}"

    def heard_of(error, message, /, *, field=None, **values):
        plain_invalid(error, message, field=field, **values)
        if not names:
            names.update(fields(marshmallow.Schema), options(), vars(Config), map(str.lower, vars(Config)))
        # The places of a keyring are its own; the sentence says them too.
        # Of a part of a list, by where it is: subjects.0.person.
        leaf = field and field.rpartition(".")[2]
        known = {field, leaf} & {None, *names, *values.values()}
        assert known or not by_the_house(), f"nobody can send this: {field}"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(errors.KieubaoError, "__init__", heard)
        patch.setattr(errors.Invalid, "__init__", heard_of)
        yield


def told():
    with (HOUSE / "translations/vi/LC_MESSAGES/messages.po").open("rb") as file:
        return {message.id for message in read_po(file, locale="vi") if message.id}


def by_the_house():
    """Tell whether it is the package that refuses, in words of its own, and not a test in its place."""
    frame = sys._getframe(1)
    while frame.f_code.co_filename in {__file__, errors.__file__}:
        frame = frame.f_back
    where = Path(frame.f_code.co_filename)
    return where.is_relative_to(HOUSE) and where not in SAID_BEFORE


def fields(schema):
    below = (name for one in schema.__subclasses__() for name in fields(one))
    return {field.data_key or name for name, field in schema._declared_fields.items()} | {*below}


def options():
    commands = [one for one in vars(cli).values() if isinstance(one, click.Command)]
    commands += [below for one in commands for below in getattr(one, "commands", {}).values()]
    return {word.lstrip("-").replace("-", "_") for one in commands for given in one.params for word in given.opts}
