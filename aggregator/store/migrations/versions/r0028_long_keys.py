"""PostgreSQL: keys of any length, and numbers that never end; SQLite has both."""

from alembic import op

revision = "0028"
down_revision = "0027"

# An entry of a b-tree has 2,704 bytes at most; addresses and ids of entries are as long as others like.
_CHANGES = (
    "ALTER TABLE article_urls DROP CONSTRAINT article_urls_pkey, ALTER url SET NOT NULL",
    "ALTER TABLE article_urls ADD CONSTRAINT article_urls_url EXCLUDE USING hash (url WITH =)",
    "ALTER TABLE pictures DROP CONSTRAINT pictures_pkey, ALTER url SET NOT NULL",
    "ALTER TABLE pictures ADD CONSTRAINT pictures_url EXCLUDE USING hash (url WITH =)",
    "DROP INDEX sightings_entry",
    "CREATE INDEX sightings_entry ON sightings USING hash (entry_id)",
    "DROP INDEX sources_hub",
    "CREATE INDEX sources_hub ON sources USING hash (hub_url)",
    "DROP INDEX articles_title",
    "CREATE INDEX articles_title ON articles USING hash (title_key)",
    "ALTER TABLE marks ALTER id TYPE bigint",
    "ALTER SEQUENCE marks_id_seq AS bigint",
    "ALTER TABLE record_page_marks ALTER id TYPE bigint",
    "ALTER SEQUENCE record_page_marks_id_seq AS bigint",
    "ALTER TABLE stories ALTER founded TYPE bigint, ALTER turn TYPE bigint",
    "ALTER TABLE story_members ALTER turn TYPE bigint",
    "ALTER TABLE story_answers ALTER turn TYPE bigint",
)


def upgrade() -> None:
    """Change the indexes and columns of a PostgreSQL store."""
    if op.get_bind().dialect.name == "postgresql":
        for change in _CHANGES:
            op.execute(change)
