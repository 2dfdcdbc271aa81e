"""A mapping: how one office's headings and words become a person's fields. TOML comes in; docs/intake.md explains it.

What a mapping does not say is refused by name: no heading, word or answer is guessed.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from kieubao.ground.cells import plain
from kieubao.ground.errors import Invalid, _
from kieubao.ground.legacy import ENCODINGS
from kieubao.intake.columns import Column, Part, Piece, Remark, Source, cells_of, joined
from kieubao.intake.grammar import column_said, filled
from kieubao.people.records import BY_NUMBER

# What stands beside a name, "(đã mất 2021)" or "=HYPERLINK(…)", is for a person to read.
_BESIDE_A_NAME = re.compile(r"[\d()\[\]{}=<>]")
BESIDE, BELOW = "beside", "below"
RETURN, AMEND = "return", "amend"
_INTERNATIONAL = re.compile(r"[ (]*(\+|00)")
T = TypeVar("T")


@dataclass(frozen=True)
class Meaning:
    """What an answer in the consent column means: a state with all that proves it, or a warning, or both."""

    state: str = ""
    purposes: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    method: str = ""
    signed_on: str = ""
    evidence: str = ""
    notice: str = ""
    warning: str = ""


@dataclass(frozen=True)
class Consent:
    """The column of consent, and what each of its texts means, by the whole text of the cell.

    `columns` tell of each answer what its meaning leaves open: the day, the method, the evidence, the notice.
    """

    column: str = ""
    columns: dict[str, Column] = field(default_factory=dict)
    means: dict[str, Meaning] = field(default_factory=dict)

    def meaning(self, text: str) -> Meaning:
        if text in self.means:
            return self.means[text]
        raise Invalid(_("The mapping does not say what the answer “%(text)s” means"), text=text)


@dataclass(frozen=True)
class Layout:
    """How the files of one office are laid out, and what their words mean."""

    delimiter: str = ""
    sheet: str = ""
    encoding: str = "utf-8"
    nothing: list[str] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    totals: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    # The encoding of each column that was typed in an old one, by its heading.
    old: dict[str, str] = field(default_factory=dict)
    person: Part = field(default_factory=Part)
    relative: Part = field(default_factory=Part)
    # Whether relatives stand beside their person alone, or on the rows below too.
    relatives: str = BESIDE
    # Whether a row of somebody on record comes back, or amends the record.
    on_record: str = RETURN
    consent: Consent = field(default_factory=Consent)

    @property
    def amends(self) -> bool:
        return self.on_record == AMEND

    @cached_property
    def headings(self) -> dict[str, str]:
        """The headings a file must have, by their plain texts."""
        used = [*self.person.columns, *self.relative.columns, self.consent.column, *self.consent.columns]
        return {plain(heading): heading for heading in used if heading}

    @cached_property
    def every_heading(self) -> frozenset[str]:
        """The headings of the files it is for, used or ignored, as plain texts."""
        return frozenset({*self.headings, *map(plain, self.ignored)})

    def plainly(self) -> "Layout":
        """Return the same with its headings as plain texts, in no order that means nothing."""
        consent = replace(self.consent, column=plain(self.consent.column), columns=_plainly(self.consent.columns))
        parts = {one: getattr(self, one) for one in ("person", "relative")}
        parts = {name: replace(part, columns=_plainly(part.columns)) for name, part in parts.items()}
        ignored, old = sorted(map(plain, self.ignored)), _plainly(self.old)
        return replace(self, consent=consent, ignored=ignored, old=old, **parts)

    def refuse_unknown(self, headings: Iterable[str]) -> None:
        """Raise Invalid naming each heading that is neither used nor ignored."""
        unknown = [heading for heading in headings if plain(heading) not in self.every_heading]
        if unknown:
            named = ", ".join(f"“{heading}”" for heading in unknown)
            raise Invalid(_("The mapping neither uses nor ignores these columns: %(headings)s"), headings=named)

    def value(self, column: Column, text: str) -> str | None:
        """Return what a cell says, None where it says nothing; raise Invalid for what is no value."""
        said = plain(text)
        if said in self._nothing:
            return None
        if said in self._above:
            raise Invalid(_("“%(text)s” only points to the row above: write the value itself"), text=text)
        if said.startswith("="):
            raise Invalid(_("This is a formula: write the value itself"))
        if column.field == "name" and _BESIDE_A_NAME.search(text):
            raise Invalid(_("“%(text)s” is more than a name: write only the name here"), text=text)
        return column.value(text)

    def is_below(self, texts: Mapping[str, str]) -> bool:
        """Tell whether a row is of one more relative of the person above: it says nothing of a person of its own."""
        if self.relatives != BELOW:
            return False
        said = {name for name, text in texts.items() if plain(text) not in self._nothing | self._above}
        return bool(said & self._of_relatives) and not said & self._own

    @cached_property
    def _own(self) -> frozenset[str]:
        """The headings of what is told of the person alone."""
        consent = {self.consent.column, *self.consent.columns} - {""}
        return frozenset(map(plain, {*self.person.columns, *consent} - {*self.relative.columns}))

    @cached_property
    def _of_relatives(self) -> frozenset[str]:
        return frozenset(map(plain, {*self.relative.columns} - {*self.person.columns}))

    def shared(self, above: Mapping[str, str], texts: Mapping[str, str]) -> dict[str, str]:
        """Return what of the row above tells of a relative below too, where their own row says nothing."""
        names = map(plain, {*self.relative.columns} & {*self.person.columns})
        silent = self._nothing | self._above
        return {name: above.get(name, "") for name in names if plain(texts.get(name, "")) in silent}

    def found(self, part: Part, texts: Mapping[str, str]) -> tuple[list[Piece], list[Remark]]:
        """Return what the cells of one of the people say, and what is wrong with the others."""
        read = [one for source in part.sources for one in self._read(source, texts.get(source.name, ""))]
        remarks = [one for one in read if isinstance(one, Remark)]
        wrong = {part.columns[one.heading].field for one in remarks} if remarks else set()
        pieces = list(joined(part, (one for one in read if isinstance(one, Piece)), wrong))
        remarks += _of_nowhere(part, pieces)
        gone = cells_of(remarks)
        return [piece for piece in pieces if not piece.cells & gone], remarks

    def _read(self, source: Source, text: str) -> list[Piece | Remark]:
        """Return what a cell says, part by part, or what is wrong with it."""
        if not source.column.into:
            return self._said(source.pieces[0], text)
        try:
            texts = [] if self.value(source.column, text) is None else source.column.cut(text)
        except Invalid as error:
            whole = source.pieces[0]._replace(column=source.column, cells=cells_of(source.pieces))
            return [whole.remark(error)]
        told = [pair for pair in zip(source.pieces, texts, strict=False) if pair[0].column.tells]
        return [one for piece, said in told for one in self._said(piece, said)]

    def _said(self, piece: Piece, text: str) -> list[Piece | Remark]:
        """Return what a text says of one thing, or what is wrong with it; nothing where it says nothing."""
        try:
            value = self.value(piece.column, text)
        except Invalid as error:
            return [piece.remark(error)]
        return [piece._replace(text=value)] if value else []

    @cached_property
    def _nothing(self) -> frozenset[str]:
        return frozenset({"", *map(plain, self.nothing)})

    @cached_property
    def _above(self) -> frozenset[str]:
        return frozenset(map(plain, self.above))


def _plainly(by_heading: Mapping[str, T]) -> dict[str, T]:
    return {plain(heading): one for heading, one in by_heading.items()}


def read(text: str) -> dict[str, Any]:
    """Return what a mapping says, as `laid_out` reads it; raise Invalid where it is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(_("The mapping is not TOML: %(error)s"), error=error) from error


def laid_out(told: Mapping[str, Any]) -> Layout:
    """Return the layout a mapping describes; raise Invalid naming what in it is not understood."""
    said = dict(told)
    everyone = filled(Part, {"fixed": said.pop("fixed", {})}, "fixed").fixed
    parts = {name: _part(said.get(name, {}), everyone, name) for name in ("person", "relative")}
    layout = filled(Layout, {**said, **parts, "consent": _consent(said.get("consent", {}))}, "")
    for heading, encoding in layout.old.items():
        if encoding not in ENCODINGS:
            known = ", ".join(ENCODINGS)
            raise Invalid(_("In the mapping, “%(place)s” is of no old encoding: %(known)s"), place=heading, known=known)
    if layout.relatives not in (BESIDE, BELOW):
        raise Invalid(_("In the mapping, relatives stand “beside” their person, or “below”"))
    if layout.on_record not in (RETURN, AMEND):
        raise Invalid(_("In the mapping, on_record is “return” or “amend”"))
    return layout


def _of_nowhere(part: Part, pieces: Collection[Piece]) -> Iterator[Remark]:
    """Refuse the national numbers of somebody who lives nobody knows where: they may be of any country."""
    if part.fixed.get("country") or any(piece.column.field == "country" for piece in pieces):
        return
    for piece in pieces:
        if BY_NUMBER.intersection(piece.column.channels) and not _INTERNATIONAL.match(piece.text):
            error = _("“%(text)s” may be of any country: write the country, or the number with +")
            yield piece.remark(Invalid(error, text=piece.text))


def _part(said: Any, everyone: Mapping[str, Any], place: str) -> Part:
    part = filled(Part, said, place)
    columns = {heading: column_said(column, heading) for heading, column in part.columns.items()}
    return Part({**everyone, **part.fixed}, columns)


def _consent(said: Any) -> Consent:
    consent = filled(Consent, said, "consent")
    means = {plain(text): _meaning(meaning, text) for text, meaning in consent.means.items()}
    return replace(
        consent, means=means, columns={heading: column_said(one, heading) for heading, one in consent.columns.items()}
    )


def _meaning(said: Any, text: str) -> Meaning:
    meaning = filled(Meaning, said, text)
    if not (meaning.state or meaning.warning):
        raise Invalid(_("In the mapping, “%(place)s” needs a state, or a warning that it has none"), place=text)
    return meaning
