"""The police desk: its mandate, requests and who is asked for, what was shown when, who is told, and its figures.

Nobody signs twice, three people of two organisations stand before a release, and signatures are not changed: held by
constraints and triggers, whoever writes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EVERYONE = "(SELECT current_setting('kieubao.everyone', true)) = 'on'"
ORGANISATION = "(SELECT nullif(current_setting('kieubao.organisation', true), '')::bigint)"
UNIT = "(SELECT nullif(current_setting('kieubao.unit', true), '')::bigint)"
DESK = "(SELECT current_setting('kieubao.desk', true)) = 'on'"
# The unit sees what it asked; who sits at the desk, all there is.
REQUESTS = f"{EVERYONE} OR {DESK} OR unit_id = {UNIT}"
# Whom somebody has to tell stays at the desk, wherever their home lies by now.
BY_HOME = (
    f"{EVERYONE} OR {DESK} OR {ORGANISATION} IS NULL AND EXISTS (SELECT FROM standing JOIN person"
    " ON person.id = coalesce(standing.successor_id, standing.person_id)"
    " WHERE standing.person_id = disclosure_notice.person_id)"
)
PARTS = ("disclosure_subject", "disclosure_view", "disclosure_deferral", "disclosure_complaint")
# The unit sees whom it asked for until that is endorsed, when nobody was looked for yet; and what was released to it.
OF_UNIT = {
    "disclosure_subject": " AND (r.endorsed_by IS NULL AND NOT r.by_desk"
    " OR r.released_at IS NOT NULL AND disclosure_subject.given IS NOT NULL)",
    "disclosure_view": "",
    "disclosure_deferral": " AND r.released_at IS NOT NULL",
    "disclosure_complaint": " AND false",
}
SIGNED_NOBODY_TWICE = (
    "(endorsed_by IS NULL OR endorsed_by <> filed_by)"
    " AND (decided_by IS NULL OR by_desk OR decided_by <> filed_by)"
    " AND (approved_by IS NULL OR (approved_by <> filed_by AND approved_by <> decided_by))"
    " AND (endorsed_by IS NULL OR ((decided_by IS NULL OR decided_by <> endorsed_by)"
    " AND (approved_by IS NULL OR approved_by <> endorsed_by)))"
)
THREE_PEOPLE = (
    "released_at IS NULL OR (decided_by IS NOT NULL AND office_id IS NOT NULL AND office_id <> unit_id"
    " AND ended IS NULL AND (by_desk OR endorsed_by IS NOT NULL)"
    " AND (NOT by_desk OR decided_by <> filed_by OR approved_by IS NOT NULL)"
    " AND (approved_by IS NOT NULL OR CAST(checks AS TEXT) = '[]'))"
)
ANOTHER_DEPARTMENT = (
    "(approved_by IS NULL) = (department_id IS NULL) AND (department_id IS NULL OR department_id <> unit_id)"
)
# What stays as it was written: of a request who asked; what somebody signed, once they have; and of what they signed
# what it rests on.
FIXED = ("unit_id", "by_desk", "filed_by", "filed_at", "officer_id", "officer", "mandate_id", "entry", "silent_at")
ONCE = {
    "disclosure_request": (
        *("endorsed_by", "decided_by", "office_id", "line", "approved_by", "department_id", "released_at", "ended"),
    ),
    "disclosure_deferral": ("request_id", "number", "proposed_by", "before_by", "approved_by", "until"),
    "police_mandate": ("proposed_by", "seconded_by", "confirmed_by", "confirmed_at", "lapses_on", "ended_at"),
}
DECIDED = ("checks", "deferred")
TAKEN_FILES = """
    CREATE OR REPLACE FUNCTION taken_files() RETURNS bigint[] STABLE LANGUAGE plpgsql AS $$ BEGIN RETURN ARRAY(
        SELECT id FROM public.handover WHERE sealed_at IS NOT NULL{which}
        AND recipient_id = nullif(current_setting('kieubao.organisation', true), '')::bigint
    ); END $$"""


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def whole(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, KEY, nullable=nullable)


def words(name: str, length: int, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def sealed(name: str, *, nullable: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=nullable)


def moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def day(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=nullable)


def made(table: str, *parts: sa.schema.SchemaItem, to: dict[str, str], once: tuple[tuple[str, ...], ...] = ()) -> None:
    """Make a table with an id, its references, and what is there but once."""
    references = (sa.ForeignKeyConstraint([one], [f"{at}.id"], name=op.f(f"fk_{table}_{one}")) for one, at in to.items())
    alone = (sa.UniqueConstraint(*names, name=op.f(f"uq_{table}_{'_'.join(names)}")) for names in once)
    key = sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))
    op.create_table(table, whole("id"), *parts, *references, *alone, key)


def check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def indexed(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))


def upgrade() -> None:
    op.create_index(op.f("ix_account_id_organisation_id"), "account", ["id", "organisation_id"], unique=True)
    with op.batch_alter_table("handover") as batch:
        batch.add_column(moment("told_from", nullable=True))
    _mandate()
    _request()
    _parts()
    if _is_postgresql():
        _wall()
    _hold_signatures()


def _mandate() -> None:
    table = "police_mandate"
    made(
        table,
        words("code", 14),
        words("mode", 10),
        words("instrument", 200),
        words("issuer_name", 200),
        day("issued_on"),
        whole("proposed_by"),
        moment("proposed_at"),
        whole("seconded_by", nullable=True),
        whole("confirmed_by", nullable=True),
        moment("confirmed_at", nullable=True),
        day("lapses_on", nullable=True),
        moment("ended_at", nullable=True),
        whole("ended_by", nullable=True),
        check(table, "two_administrators", "seconded_by <> proposed_by"),
        check(table, "three_people", "confirmed_by <> proposed_by AND confirmed_by <> seconded_by"),
        check(
            table,
            "enabled_by_three",
            "lapses_on IS NULL OR (seconded_by IS NOT NULL AND confirmed_by IS NOT NULL)",
        ),
        to=dict.fromkeys(("proposed_by", "seconded_by", "confirmed_by", "ended_by"), "account"),
        once=(("code",),),
    )


def _request() -> None:
    table = "disclosure_request"
    signed = (("officer_id", "unit_id"), ("endorsed_by", "unit_id"), ("decided_by", "office_id"))
    signed = (*signed, ("approved_by", "department_id"))
    made(
        table,
        words("code", 14),
        whole("mandate_id"),
        whole("unit_id"),
        sa.Column("by_desk", sa.Boolean(), nullable=False),
        whole("filed_by"),
        whole("officer_id", nullable=True),
        moment("filed_at"),
        moment("silent_at"),
        whole("entry"),
        words("officer", 64),
        words("need", 20),
        words("offence", 10, nullable=True),
        words("issuer", 20),
        sealed("paper", nullable=True),
        words("defer", 20, nullable=True),
        sa.Column("grounds", sa.JSON(), nullable=False),
        whole("endorsed_by", nullable=True),
        moment("endorsed_at", nullable=True),
        whole("decided_by", nullable=True),
        moment("decided_at", nullable=True),
        whole("office_id", nullable=True),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("deferred", sa.Boolean(), nullable=False),
        whole("line", nullable=True),
        whole("approved_by", nullable=True),
        moment("approved_at", nullable=True),
        whole("department_id", nullable=True),
        moment("released_at", nullable=True),
        sa.Column("shown", sa.Integer(), nullable=False),
        words("ended", 20, nullable=True),
        moment("ended_at", nullable=True),
        check(table, "nobody_signs_twice", SIGNED_NOBODY_TWICE),
        check(table, "three_people_two_organisations", THREE_PEOPLE),
        check(table, "another_department", ANOTHER_DEPARTMENT),
        check(table, "entered_or_filed", "by_desk = (officer_id IS NULL)"),
        check(table, "filed_by_officer", "officer_id IS NULL OR officer_id = filed_by"),
        *(
            sa.ForeignKeyConstraint(
                [one, at], ["account.id", "account.organisation_id"], name=op.f(f"fk_{table}_{one}_{at}")
            )
            for one, at in signed
        ),
        to={"mandate_id": "police_mandate", "unit_id": "organisation", "filed_by": "account"}
        | dict.fromkeys(("office_id", "department_id"), "organisation"),
        once=(("code",),),
    )
    for columns in (("officer", "filed_at"), ("unit_id", "filed_at"), ("released_at",), ("ended_at",)):
        indexed(table, *columns)


def _parts() -> None:
    of = {"request_id": "disclosure_request"}
    made(
        "disclosure_subject",
        whole("request_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sealed("told", nullable=True),
        whole("person_id", nullable=True),
        words("outcome", 10, nullable=True),
        sealed("reasons", nullable=True),
        words("pseudonym", 14, nullable=True),
        sealed("given", nullable=True),
        check("disclosure_subject", "three_at_most", "number BETWEEN 1 AND 3"),
        to=of | {"person_id": "person"},
        once=(("request_id", "number"), ("pseudonym",)),
    )
    indexed("disclosure_subject", "person_id")
    made(
        "disclosure_view",
        whole("request_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        whole("account_id"),
        moment("at"),
        check("disclosure_view", "three_at_most", "number BETWEEN 1 AND 3"),
        to=of | {"account_id": "account"},
        once=(("request_id", "number"),),
    )
    made(
        "disclosure_deferral",
        whole("request_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        words("reason", 20),
        sealed("why"),
        whole("proposed_by"),
        moment("proposed_at"),
        whole("before_by", nullable=True),
        whole("approved_by", nullable=True),
        moment("until", nullable=True),
        check("disclosure_deferral", "five_renewals", "number BETWEEN 0 AND 5"),
        check("disclosure_deferral", "two_people", "approved_by <> proposed_by"),
        check("disclosure_deferral", "another_approver", "approved_by <> before_by"),
        to=of | dict.fromkeys(("proposed_by", "before_by", "approved_by"), "account"),
        once=(("request_id", "number"),),
    )
    made(
        "disclosure_notice",
        whole("request_id"),
        whole("person_id"),
        sa.Column("items", sa.JSON(), nullable=False),
        moment("tell_from"),
        moment("sent_at", nullable=True),
        moment("told_at", nullable=True),
        whole("told_by", nullable=True),
        words("way", 20, nullable=True),
        to=of | {"person_id": "person", "told_by": "account"},
        once=(("request_id", "person_id"),),
    )
    for column in ("person_id", "way"):
        indexed("disclosure_notice", column)
    made(
        "disclosure_complaint",
        whole("request_id"),
        day("received_on"),
        sealed("text"),
        whole("filed_by"),
        moment("filed_at"),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sealed("answer", nullable=True),
        whole("answered_by", nullable=True),
        moment("answered_at", nullable=True),
        check("disclosure_complaint", "two_people", "answered_by <> filed_by"),
        to=of | {"filed_by": "account", "answered_by": "account"},
    )
    indexed("disclosure_complaint", "request_id")
    made(
        "desk_figures",
        words("quarter", 7),
        sa.Column("document", sa.String(), nullable=False),
        words("key", 16),
        words("signature", 86),
        moment("published_at"),
        to={},
        once=(("quarter",),),
    )


def _wall() -> None:
    op.execute(TAKEN_FILES.format(which=" AND purpose <> 'disclosure'"))
    seen = f"{EVERYONE} OR {DESK} OR EXISTS (SELECT FROM disclosure_request r WHERE r.id = {{table}}.request_id{{more}})"
    rules = {"disclosure_request": REQUESTS, "disclosure_notice": BY_HOME}
    rules |= {one: seen.format(table=one, more=more) for one, more in OF_UNIT.items()}
    for table, rule in rules.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY by_desk ON {table} USING ({rule})")


def _hold_signatures() -> None:
    for table, once in ONCE.items():
        is_other = "NEW.{0} IS DISTINCT FROM OLD.{0}" if _is_postgresql() else "NEW.{0} IS NOT OLD.{0}"
        rules = [f"(OLD.{one} IS NOT NULL AND {is_other.format(one)})" for one in once]
        if table == "disclosure_request":
            rules += [is_other.format(one) for one in FIXED]
            kept = {one: f"CAST(NEW.{one} AS TEXT) <> CAST(OLD.{one} AS TEXT)" for one in DECIDED}
            rules += [f"(OLD.decided_by IS NOT NULL AND {rule})" for rule in kept.values()]
        _refuse(table, " OR ".join(rules))


def _refuse(table: str, changed: str) -> None:
    said = "what was signed is not changed"
    if not _is_postgresql():
        trigger = f"CREATE TRIGGER {table}_signed BEFORE UPDATE ON {table} WHEN {changed}"
        op.execute(f"{trigger} BEGIN SELECT RAISE(ABORT, '{said}'); END")
        return
    op.execute(
        f"CREATE FUNCTION {table}_signed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {changed} THEN RAISE EXCEPTION '{said}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_signed BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_signed()"
    )


def downgrade() -> None:
    for table in ("desk_figures", "disclosure_notice", *reversed(PARTS), "disclosure_request", "police_mandate"):
        op.drop_table(table)
    if _is_postgresql():
        for table in ONCE:
            op.execute(f"DROP FUNCTION {table}_signed()")
        op.execute(TAKEN_FILES.format(which=""))
    with op.batch_alter_table("handover") as batch:
        batch.drop_column("told_from")
    op.drop_index(op.f("ix_account_id_organisation_id"), table_name="account")
