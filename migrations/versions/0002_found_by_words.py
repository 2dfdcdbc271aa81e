"""Found by words: an index over person.words, kept by the database itself.

SQLite: an FTS5 table that reads its text from person, kept by triggers. `detail=none` holds only
which person has which word, so a phrase is never asked for.
PostgreSQL: a GIN index over the words as they are; no parser, so `0p42` stays one word.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

SQLITE = (
    "CREATE VIRTUAL TABLE person_words USING fts5(words, content='person', content_rowid='id',"
    " detail=none, columnsize=0, prefix='1 2 3 4 5 6', tokenize='ascii')",
    "CREATE TRIGGER person_words_added AFTER INSERT ON person BEGIN"
    " INSERT INTO person_words(rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER person_words_changed AFTER UPDATE OF words ON person WHEN old.words <> new.words BEGIN"
    " INSERT INTO person_words(person_words, rowid, words) VALUES ('delete', old.id, old.words);"
    " INSERT INTO person_words(rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER person_words_removed AFTER DELETE ON person BEGIN"
    " INSERT INTO person_words(person_words, rowid, words) VALUES ('delete', old.id, old.words); END",
)
POSTGRESQL = (
    "CREATE INDEX ix_person_words ON person"
    " USING gin (array_to_tsvector(string_to_array(words, ' '))) WITH (fastupdate = off)",
)


def upgrade() -> None:
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for trigger in ("added", "changed", "removed"):
            op.execute(f"DROP TRIGGER person_words_{trigger}")
        op.execute("DROP TABLE person_words")
    else:
        op.execute("DROP INDEX ix_person_words")
