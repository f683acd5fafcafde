"""What the files of records say, and what their pages hold: filled when they are written next."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import UtcTime

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the tables; nothing is known of what was written, so all of it is written once more."""
    op.create_table(
        "record_states",
        sa.Column("article_id", sa.String(), primary_key=True),
        sa.Column("published_at", UtcTime(), nullable=False),
        sa.Column("heat", sa.Integer(), nullable=False),
        sa.Column("warmth", sa.Float()),
        sa.Column("cools_at", UtcTime()),
        sa.Column("item", sa.LargeBinary()),
    )
    op.create_index("record_states_cooling", "record_states", ["cools_at"])
    op.create_table(
        "listed_records",
        sa.Column("article_id", sa.String(), primary_key=True),
        sa.Column("topic_id", sa.String(), primary_key=True),
        sa.Column("published_at", UtcTime(), nullable=False),
    )
    newest: sa.ColumnElement[int] = sa.column("published_at").desc()
    op.create_index("listed_records_order", "listed_records", ["topic_id", newest, "article_id"])
    op.create_table(
        "record_page_marks",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("topic_id", sa.String(), nullable=False),
        sa.Column("published_at", UtcTime(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("moves", sa.Boolean(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("record_page_marks_topic", "record_page_marks", ["topic_id", "id"])
