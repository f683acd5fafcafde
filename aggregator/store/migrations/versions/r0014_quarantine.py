"""One word for each: what waits for review is quarantined, a service that answered 429 is paused."""

from alembic import op

revision = "0014"
down_revision = "0013"

_RENAMED = (
    ("sources", "held_at", "quarantined_at"),
    ("sources", "held_because", "quarantined_because"),
    ("sources", "held_until_at", "paused_until_at"),
    ("articles", "is_held", "is_quarantined"),
)


def upgrade() -> None:
    """Rename the columns; what they hold stays."""
    op.drop_index("sources_held", "sources")
    for table, before, after in _RENAMED:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {before} TO {after}")
    op.create_index("sources_paused", "sources", ["paused_until_at"])
