from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kieubao.db import Base, Encrypted, Key, Words, ordered
from kieubao.ground.clock import now
from kieubao.people.vocabulary import PairState

_WAITS = text("home_key IS NOT NULL")


class Person(Base):
    """Somebody abroad, or a relative at home. SAFEGUARDS, section 2, says what has no column here."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    version: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(10))

    name: Mapped[str] = mapped_column(String(160))
    other_names: Mapped[list[str]]
    born: Mapped[str | None] = mapped_column(String(11))
    gender: Mapped[str | None] = mapped_column(String(10))
    form_of_address: Mapped[str | None] = mapped_column(String(10))
    preferred_language: Mapped[str | None] = mapped_column(String(3))
    languages: Mapped[list[str]]

    home_text: Mapped[str | None] = mapped_column(String(200))
    home_epoch: Mapped[int | None]
    home_code: Mapped[str | None] = mapped_column(String(5))
    # The unit of 2024 it was coded to, where a clerk has settled it in a commune of today since.
    home_old_code: Mapped[str | None] = mapped_column(String(5))
    home_old_province: Mapped[str | None] = mapped_column(String(2))
    # What equal homes that wait for a clerk have in common; none where the commune is known.
    home_key: Mapped[UUID | None]
    province: Mapped[str] = mapped_column(String(2))
    commune: Mapped[str | None] = mapped_column(String(5))

    country: Mapped[str | None] = mapped_column(String(2))
    region: Mapped[str | None] = mapped_column(String(80))
    city: Mapped[str | None] = mapped_column(String(80))
    address: Mapped[str | None] = mapped_column(Encrypted("person.address"))
    status: Mapped[str | None] = mapped_column(String(10))
    citizenship: Mapped[str | None] = mapped_column(String(10))
    generation: Mapped[str | None] = mapped_column(String(3))

    occupation: Mapped[str | None] = mapped_column(String(120))
    occupation_group: Mapped[str | None] = mapped_column(String(1))
    sector: Mapped[str | None] = mapped_column(String(1))
    sector_version: Mapped[str | None] = mapped_column(String(10))
    workplace: Mapped[str | None] = mapped_column(String(160))
    position: Mapped[str | None] = mapped_column(String(120))
    education: Mapped[str | None] = mapped_column(String(20))
    interests: Mapped[list[str]]

    note: Mapped[str | None] = mapped_column(Encrypted("person.note"))
    source: Mapped[str] = mapped_column(Encrypted("person.source"))
    confirmed_on: Mapped[date | None] = mapped_column(Date)
    legal_basis: Mapped[str] = mapped_column(String(20))
    legal_document: Mapped[str] = mapped_column(Encrypted("person.legal_document"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)

    # Kept by `registry` from the name: its place in a class list, or by the family; the three turns it is found by.
    sort_key: Mapped[str] = mapped_column(ordered(400))
    family_key: Mapped[str] = mapped_column(ordered(400), default="")
    name_key: Mapped[str] = mapped_column(ordered(200))
    given_key: Mapped[str] = mapped_column(ordered(200))
    mid_key: Mapped[str] = mapped_column(ordered(200))
    # What somebody does, folded: the words of occupation, position and workplace, two spaces between those.
    work_key: Mapped[str] = mapped_column(default="")
    # The words a person is found by, space between: FTS5 or GIN over it is made by the migrations.
    words: Mapped[str] = mapped_column(Words())
    # By which rules these were made: `words.RULES` then.
    found_by: Mapped[int] = mapped_column(default=0)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way

    __table_args__ = (
        Index(None, "sort_key", "id"),
        Index(None, "family_key", "id"),
        # What a look at how many stand there asks of people is in the index too.
        Index(None, "name_key", "id", "province", "commune", "country"),
        Index(None, "given_key", "id", "province", "commune", "country"),
        Index(None, "mid_key", "id", "province", "commune", "country"),
        Index(None, "commune", "name_key", "id", "province", "country"),
        Index(None, "found_by", "id"),
        Index(None, "created_at"),
        # Those who wait are few: grouped and counted from the index alone, whoever asks.
        Index(None, "home_key", "id", "province", "commune", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )


class NameSpelling(Base):
    """A word of somebody's name, as it is and with each one of its letters left out."""

    __tablename__ = "name_spelling"
    __table_args__ = ({"sqlite_with_rowid": False},)

    spelling: Mapped[str] = mapped_column(ordered(40), primary_key=True)
    word: Mapped[str] = mapped_column(ordered(40), primary_key=True)


class ContactPoint(Base):
    """One way to reach a person by one channel: as it was written, and as it is dialled or sent to."""

    __tablename__ = "contact_point"
    __table_args__ = (Index(None, "person_id", "channel"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    channel: Mapped[str] = mapped_column(String(20))
    raw: Mapped[str] = mapped_column(Encrypted("contact_point.raw"))
    value: Mapped[str] = mapped_column(Encrypted("contact_point.value"))
    rule: Mapped[str | None] = mapped_column(String(30))
    doubtful: Mapped[bool] = mapped_column(default=False)
    owner: Mapped[str] = mapped_column(String(10))
    verified_on: Mapped[date | None] = mapped_column(Date)
    retired_at: Mapped[datetime | None]


class ContactKey(Base):
    """A blind index of a contact point: the whole value, or the last 4 to 9 digits of a number.

    `key_id` names the index key it was made with.
    """

    __tablename__ = "contact_key"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    contact_point_id: Mapped[int] = mapped_column(ForeignKey("contact_point.id"), primary_key=True, index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    key_id: Mapped[str] = mapped_column(String(4))


class Kinship(Base):
    """`relative_id` is the `term` of `person_id`. Every tie stands twice, once from each side."""

    __tablename__ = "kinship"
    __table_args__ = (Index(None, "relative_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    relative_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    term: Mapped[str] = mapped_column(String(30))


class Association(Base):
    """A hội đồng hương, a business club: what natives abroad have founded together."""

    __tablename__ = "association"
    __table_args__ = (UniqueConstraint("name", "country"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(2))


class Membership(Base):
    __tablename__ = "membership"
    __table_args__ = (Index(None, "association_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), primary_key=True)
    role: Mapped[str | None] = mapped_column(String(80))


class Duplicate(Base):
    """Two records that may be one person's, and what was found of it. The one with the smaller id stands first."""

    __tablename__ = "duplicate"
    __table_args__ = (
        Index(None, "state", "score", "one_id"),
        Index(None, "other_id"),
        CheckConstraint("one_id < other_id", name="in_order"),
        CheckConstraint(f"state IN {tuple(map(str, PairState))}", name="state"),
        {"sqlite_with_rowid": False},
    )

    one_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    # In tenths of a bit, as `ground.resemblance` counts; and what it is made of, most telling first.
    score: Mapped[int]
    reasons: Mapped[list[str]]
    state: Mapped[str] = mapped_column(String(10), default=PairState.OPEN)
    # JSON: how a clerk would have them merged: which stays, what is taken from the other, at which versions.
    proposal: Mapped[str | None] = mapped_column(Encrypted("duplicate.proposal"))
    decided_by: Mapped[int | None] = mapped_column(Key)
    decided_at: Mapped[datetime | None]


class Merge(Base):
    """A record that was merged into another, under whose code it is found from then on. Undone, it is no more."""

    __tablename__ = "merge"
    __table_args__ = (Index(None, "kept_id"),)

    gone_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    code: Mapped[str] = mapped_column(String(14), unique=True)
    # JSON: what it changed, so that it can be undone.
    changed: Mapped[str] = mapped_column(Encrypted("merge.changed"))
    account_id: Mapped[int | None] = mapped_column(Key)
    at: Mapped[datetime] = mapped_column(default=now)


class Figure(Base):
    """How many people of one home are of one kind: made by `census` alone, all of them at once.

    `by` says what is counted, `code` which of it; the commune is "" where none is known.
    """

    __tablename__ = "figure"
    __table_args__ = ({"sqlite_with_rowid": False},)

    province: Mapped[str] = mapped_column(String(2), primary_key=True)
    commune: Mapped[str] = mapped_column(String(5), primary_key=True)
    by: Mapped[str] = mapped_column(String(10), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    people: Mapped[int]
    counted_at: Mapped[datetime]


class PersonRevision(Base):
    """The record as it stood after one change, sealed; what undo, history and conflicts are made from."""

    __tablename__ = "person_revision"
    __table_args__ = (UniqueConstraint("person_id", "version"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)
    account_id: Mapped[int | None] = mapped_column(Key)
    record: Mapped[str] = mapped_column(Encrypted("person_revision.record"))
