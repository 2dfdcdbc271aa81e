from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kieubao.access.models import Organisation
from kieubao.db import Base, Encrypted, Key
from kieubao.ground.clock import now


class Mandate(Base):
    """That the desk is enabled, by which instrument: two administrators and the protection officer said so."""

    __tablename__ = "police_mandate"
    __table_args__ = (
        CheckConstraint("seconded_by <> proposed_by", name="two_administrators"),
        CheckConstraint("confirmed_by <> proposed_by AND confirmed_by <> seconded_by", name="three_people"),
        CheckConstraint(
            "lapses_on IS NULL OR (seconded_by IS NOT NULL AND confirmed_by IS NOT NULL)", name="enabled_by_three"
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    mode: Mapped[str] = mapped_column(String(10))
    instrument: Mapped[str] = mapped_column(String(200))
    issuer_name: Mapped[str] = mapped_column(String(200))
    issued_on: Mapped[date] = mapped_column(Date)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime] = mapped_column(default=now)
    seconded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None]
    lapses_on: Mapped[date | None] = mapped_column(Date)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


_SIGNED = (
    "(endorsed_by IS NULL OR endorsed_by <> filed_by)"
    " AND (decided_by IS NULL OR by_desk OR decided_by <> filed_by)"
    " AND (approved_by IS NULL OR (approved_by <> filed_by AND approved_by <> decided_by))"
    " AND (endorsed_by IS NULL OR ((decided_by IS NULL OR decided_by <> endorsed_by)"
    " AND (approved_by IS NULL OR approved_by <> endorsed_by)))"
)
# Account mode: officer, head of their unit, protection officer. Desk mode: the paper has the first two, and who entered
# it does not decide it alone.
_RELEASED = (
    "released_at IS NULL OR (decided_by IS NOT NULL AND office_id IS NOT NULL AND office_id <> unit_id"
    " AND ended IS NULL AND (by_desk OR endorsed_by IS NOT NULL)"
    " AND (NOT by_desk OR decided_by <> filed_by OR approved_by IS NOT NULL)"
    " AND (approved_by IS NOT NULL OR CAST(checks AS TEXT) = '[]'))"
)
_DEPARTMENT = "(approved_by IS NULL) = (department_id IS NULL) AND (department_id IS NULL OR department_id <> unit_id)"


class DisclosureRequest(Base):
    """One request, on at most three people: who asks, on which paper, and who signed what became of it.

    `officer` names the officer to the limits. What was said in words is forgotten some time after it ended.
    """

    __tablename__ = "disclosure_request"
    __table_args__ = (
        CheckConstraint(_SIGNED, name="nobody_signs_twice"),
        CheckConstraint(_RELEASED, name="three_people_two_organisations"),
        CheckConstraint(_DEPARTMENT, name="another_department"),
        CheckConstraint("by_desk = (officer_id IS NULL)", name="entered_or_filed"),
        CheckConstraint("officer_id IS NULL OR officer_id = filed_by", name="filed_by_officer"),
        # Of account mode the officer and their head are of the unit; who decides is of the office.
        ForeignKeyConstraint(["officer_id", "unit_id"], ["account.id", "account.organisation_id"]),
        ForeignKeyConstraint(["endorsed_by", "unit_id"], ["account.id", "account.organisation_id"]),
        ForeignKeyConstraint(["decided_by", "office_id"], ["account.id", "account.organisation_id"]),
        ForeignKeyConstraint(["approved_by", "department_id"], ["account.id", "account.organisation_id"]),
        *(Index(None, "officer", "filed_at"), Index(None, "unit_id", "filed_at"), Index(None, "released_at")),
        Index(None, "ended_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    mandate_id: Mapped[int] = mapped_column(ForeignKey("police_mandate.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    by_desk: Mapped[bool]
    filed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    # The account of the officer, where they have one.
    officer_id: Mapped[int | None] = mapped_column(Key)
    filed_at: Mapped[datetime] = mapped_column(default=now)
    silent_at: Mapped[datetime]
    # The entry of the trail from which time cannot be turned back.
    entry: Mapped[int] = mapped_column(Key)
    officer: Mapped[str] = mapped_column(String(64))
    need: Mapped[str] = mapped_column(String(20))
    offence: Mapped[str | None] = mapped_column(String(10))
    issuer: Mapped[str] = mapped_column(String(20))
    # What stands on the paper, in words: case, instrument, who signed it, why it is asked.
    paper: Mapped[str | None] = mapped_column(Encrypted("disclosure_request.paper"))
    defer: Mapped[str | None] = mapped_column(String(20))
    grounds: Mapped[list[str]]

    endorsed_by: Mapped[int | None] = mapped_column(Key)
    endorsed_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(Key)
    decided_at: Mapped[datetime | None]
    office_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    checks: Mapped[list[str]]
    deferred: Mapped[bool] = mapped_column(default=False)
    # The line of the ledger from which nobody stands otherwise.
    line: Mapped[int | None] = mapped_column(Key)
    approved_by: Mapped[int | None] = mapped_column(Key)
    approved_at: Mapped[datetime | None]
    department_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    # From when it is open, and of how many people.
    released_at: Mapped[datetime | None]
    shown: Mapped[int] = mapped_column(default=0)
    ended: Mapped[str | None] = mapped_column(String(20))
    ended_at: Mapped[datetime | None]
    unit: Mapped[Organisation] = relationship(foreign_keys=[unit_id], lazy="selectin")


class DisclosureSubject(Base):
    """One person who is asked for, and what was decided of them. Of who is erased none stays."""

    __tablename__ = "disclosure_subject"
    __table_args__ = (
        UniqueConstraint("request_id", "number"),
        CheckConstraint("number BETWEEN 1 AND 3", name="three_at_most"),
        Index(None, "person_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("disclosure_request.id"))
    number: Mapped[int]
    # Who they are said to be, and what is asked of them and why; as JSON.
    told: Mapped[str | None] = mapped_column(Encrypted("disclosure_subject.told"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[str | None] = mapped_column(String(10))
    # Why, of them and of each field; as JSON.
    reasons: Mapped[str | None] = mapped_column(Encrypted("disclosure_subject.reasons"))
    pseudonym: Mapped[str | None] = mapped_column(String(14), unique=True)
    # What is shown, as it was when it was decided; nothing after its time.
    given: Mapped[str | None] = mapped_column(Encrypted("disclosure_subject.given"))


class DisclosureView(Base):
    """One of three times that what was released was shown: only added to."""

    __tablename__ = "disclosure_view"
    __table_args__ = (
        UniqueConstraint("request_id", "number"),
        CheckConstraint("number BETWEEN 1 AND 3", name="three_at_most"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("disclosure_request.id"))
    number: Mapped[int]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(default=now)


class DisclosureDeferral(Base):
    """That those asked for are told later, and until when; each renewal is one more, approved by another."""

    __tablename__ = "disclosure_deferral"
    __table_args__ = (
        UniqueConstraint("request_id", "number"),
        CheckConstraint("number BETWEEN 0 AND 5", name="five_renewals"),
        CheckConstraint("approved_by <> proposed_by", name="two_people"),
        CheckConstraint("approved_by <> before_by", name="another_approver"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("disclosure_request.id"))
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(String(20))
    why: Mapped[str] = mapped_column(Encrypted("disclosure_deferral.why"))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime] = mapped_column(default=now)
    # Who approved the one before.
    before_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    until: Mapped[datetime | None]


class DisclosureNotice(Base):
    """That somebody is to be told that they were asked for: from when, and how. Of who is erased none stays."""

    __tablename__ = "disclosure_notice"
    __table_args__ = (UniqueConstraint("request_id", "person_id"), Index(None, "person_id"), Index(None, "way"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("disclosure_request.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # What was given of them; nothing where it was refused.
    items: Mapped[list[str]]
    tell_from: Mapped[datetime]
    # Handed to a relay; and taken by it, or told by whoever works there.
    sent_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    told_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    way: Mapped[str | None] = mapped_column(String(20))


class DisclosureComplaint(Base):
    """What somebody complained of about a request, and what the head of the department answered."""

    __tablename__ = "disclosure_complaint"
    __table_args__ = (
        CheckConstraint("answered_by <> filed_by", name="two_people"),
        Index(None, "request_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("disclosure_request.id"))
    received_on: Mapped[date] = mapped_column(Date)
    text: Mapped[str] = mapped_column(Encrypted("disclosure_complaint.text"))
    filed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    filed_at: Mapped[datetime] = mapped_column(default=now)
    upheld: Mapped[bool | None]
    answer: Mapped[str | None] = mapped_column(Encrypted("disclosure_complaint.answer"))
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None]


class DeskFigures(Base):
    """What the desk did in a quarter, counted from the trail, signed and published: only added to."""

    __tablename__ = "desk_figures"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    quarter: Mapped[str] = mapped_column(String(7), unique=True)
    # Canonical JSON, as it was signed.
    document: Mapped[str]
    key: Mapped[str] = mapped_column(String(16))
    signature: Mapped[str] = mapped_column(String(86))
    published_at: Mapped[datetime] = mapped_column(default=now)
