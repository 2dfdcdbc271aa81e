"""Oversight: agreements, findings and the watch, reviews, the record of processing, breaches.

What was decided, written or known is only added to, as the trail is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

TABLES = ("finding_decision", "register_entry", "breach_version")


def upgrade() -> None:
    op.create_table('watch',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('last', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('id = 1', name=op.f('ck_watch_single')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_watch'))
    )
    op.create_table('agreement',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=14), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.String(length=60), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=False),
    sa.Column('document', sa.String(length=200), nullable=False),
    sa.Column('aim', sa.String(), nullable=False),
    sa.Column('data', sa.String(), nullable=False),
    sa.Column('period', sa.String(), nullable=False),
    sa.Column('basis', sa.String(), nullable=False),
    sa.Column('protection', sa.String(), nullable=False),
    sa.Column('rights', sa.String(), nullable=False),
    sa.Column('cooperation', sa.String(), nullable=False),
    sa.Column('written_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('ended_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('end_reason', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['ended_by'], ['account.id'], name=op.f('fk_agreement_ended_by')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_agreement_organisation_id')),
    sa.ForeignKeyConstraint(['written_by'], ['account.id'], name=op.f('fk_agreement_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agreement')),
    sa.UniqueConstraint('code', name=op.f('uq_agreement_code'))
    )
    with op.batch_alter_table('agreement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agreement_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('breach',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=14), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('reported_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reported_to', sa.String(length=200), nullable=True),
    sa.Column('reported_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('remark', sa.String(length=1000), nullable=True),
    sa.ForeignKeyConstraint(['closed_by'], ['account.id'], name=op.f('fk_breach_closed_by')),
    sa.ForeignKeyConstraint(['reported_by'], ['account.id'], name=op.f('fk_breach_reported_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_breach')),
    sa.UniqueConstraint('code', name=op.f('uq_breach_code'))
    )
    op.create_table('finding',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('rule', sa.String(length=20), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('part', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('entries', sa.JSON(), nullable=False),
    sa.Column('first_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_finding_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finding')),
    sa.UniqueConstraint('key', 'part', name=op.f('uq_finding_key_part'))
    )
    with op.batch_alter_table('finding', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_finding_state_id'), ['state', 'id'], unique=False)

    op.create_table('reading_day',
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('alike', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_reading_day_account_id')),
    sa.PrimaryKeyConstraint('account_id', 'day', name=op.f('pk_reading_day')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('reading_day', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reading_day_day'), ['day'], unique=False)

    op.create_table('register_entry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('data_kinds', sa.String(), nullable=False),
    sa.Column('subjects', sa.String(), nullable=False),
    sa.Column('legal_basis', sa.String(length=20), nullable=False),
    sa.Column('legal_document', sa.String(length=200), nullable=False),
    sa.Column('retention', sa.String(), nullable=False),
    sa.Column('protection', sa.String(), nullable=False),
    sa.Column('abroad', sa.Boolean(), nullable=False),
    sa.Column('abroad_note', sa.String(), nullable=True),
    sa.Column('written_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['written_by'], ['account.id'], name=op.f('fk_register_entry_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_entry')),
    sa.UniqueConstraint('purpose', 'version', name=op.f('uq_register_entry_purpose_version'))
    )
    op.create_table('review_round',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('quarter', sa.String(length=7), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('opened_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['opened_by'], ['account.id'], name=op.f('fk_review_round_opened_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_round')),
    sa.UniqueConstraint('quarter', name=op.f('uq_review_round_quarter'))
    )
    op.create_table('breach_version',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('breach_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('happened_at', sa.String(length=200), nullable=True),
    sa.Column('people', sa.Integer(), nullable=True),
    sa.Column('affected', sa.JSON(), nullable=False),
    sa.Column('data_kinds', sa.String(), nullable=True),
    sa.Column('cause', sa.String(), nullable=True),
    sa.Column('consequences', sa.String(), nullable=True),
    sa.Column('measures', sa.String(), nullable=True),
    sa.Column('told', sa.String(), nullable=True),
    sa.Column('contact', sa.String(length=200), nullable=True),
    sa.Column('written_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['breach_id'], ['breach.id'], name=op.f('fk_breach_version_breach_id')),
    sa.ForeignKeyConstraint(['written_by'], ['account.id'], name=op.f('fk_breach_version_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_breach_version')),
    sa.UniqueConstraint('breach_id', 'version', name=op.f('uq_breach_version_breach_id_version'))
    )
    op.create_table('finding_decision',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('finding_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('remark', sa.String(length=1000), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_finding_decision_account_id')),
    sa.ForeignKeyConstraint(['finding_id'], ['finding.id'], name=op.f('fk_finding_decision_finding_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finding_decision'))
    )
    with op.batch_alter_table('finding_decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_finding_decision_finding_id'), ['finding_id'], unique=False)

    op.create_table('review_line',
    sa.Column('round_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('role', sa.String(length=30), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('units', sa.JSON(), nullable=False),
    sa.Column('signed_in_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('openings', sa.Integer(), nullable=False),
    sa.Column('verdict', sa.String(length=20), nullable=True),
    sa.Column('remark', sa.String(length=1000), nullable=True),
    sa.Column('settled_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_review_line_account_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_review_line_organisation_id')),
    sa.ForeignKeyConstraint(['round_id'], ['review_round.id'], name=op.f('fk_review_line_round_id')),
    sa.ForeignKeyConstraint(['settled_by'], ['account.id'], name=op.f('fk_review_line_settled_by')),
    sa.PrimaryKeyConstraint('round_id', 'account_id', name=op.f('pk_review_line'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_entry_action_id'), ['action', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_at'), ['at'], unique=False)

    op.execute("INSERT INTO watch (id, last) VALUES (1, 0)")
    for table in TABLES:
        if op.get_bind().dialect.name == "sqlite":
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_{act.lower()} BEFORE {act} ON {table}"
                    f" BEGIN SELECT RAISE(ABORT, '{table} is only added to'); END"
                )
        else:
            op.execute(
                f"CREATE TRIGGER {table}_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION only_added_to()"
            )


def downgrade() -> None:
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_entry_at'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_action_id'))

    op.drop_table('review_line')
    with op.batch_alter_table('finding_decision', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_finding_decision_finding_id'))

    op.drop_table('finding_decision')
    op.drop_table('breach_version')
    op.drop_table('review_round')
    op.drop_table('register_entry')
    with op.batch_alter_table('reading_day', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reading_day_day'))

    op.drop_table('reading_day')
    with op.batch_alter_table('finding', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_finding_state_id'))

    op.drop_table('finding')
    op.drop_table('breach')
    with op.batch_alter_table('agreement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_agreement_organisation_id'))

    op.drop_table('agreement')
    op.drop_table('watch')
