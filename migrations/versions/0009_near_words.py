"""Near words: how a word begins is in the documents, and the words there are in names are known by themselves.

The documents are made anew by `flask people reindex`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

TURNS = ("name_key", "given_key", "mid_key")
CARRIED = ("province", "commune", "country")


def fts(prefixes: str) -> tuple[str, ...]:
    return (
        "DROP TABLE person_words",
        "CREATE VIRTUAL TABLE person_words USING fts5(words, content='person', content_rowid='id',"
        f" detail=none, columnsize=0,{prefixes} tokenize='ascii')",
        "INSERT INTO person_words(person_words) VALUES ('rebuild')",
    )


def upgrade() -> None:
    # Batch mode would lay the table anew, and its triggers would go with the old one.
    op.add_column("person", sa.Column("found_by", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_person_found_by_id", "person", ["found_by", "id"])
    byte_by_byte = sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql")
    op.add_column("person", sa.Column("family_key", byte_by_byte, server_default="", nullable=False))
    op.create_index("ix_person_family_key_id", "person", ["family_key", "id"])
    for turn in TURNS:
        op.drop_index(f"ix_person_{turn}_id", "person")
        op.create_index(f"ix_person_{turn}_id_{'_'.join(CARRIED)}", "person", [turn, "id", *CARRIED])
    text = sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql")
    op.create_table(
        "name_spelling",
        sa.Column("spelling", text, nullable=False),
        sa.Column("word", text, nullable=False),
        sa.PrimaryKeyConstraint("spelling", "word", name=op.f("pk_name_spelling")),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in fts(""):
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in fts(" prefix='1 2 3 4 5 6',"):
            op.execute(statement)
    op.drop_table("name_spelling")
    for turn in TURNS:
        op.drop_index(f"ix_person_{turn}_id_{'_'.join(CARRIED)}", "person")
        op.create_index(f"ix_person_{turn}_id", "person", [turn, "id"])
    for column in ("family_key", "found_by"):
        op.drop_index(f"ix_person_{column}_id", "person")
        op.drop_column("person", column)
