"""What is to be published anew, what feeds hold and their files show: filled by the next publication."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import Json, UtcTime

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the tables; nothing is known of what was published, so all of it is made once more."""
    op.create_table(
        "marks",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("marks_due", "marks", ["kind", "due_at"])
    op.create_table(
        "feed_items",
        sa.Column("feed", sa.String(), primary_key=True),
        sa.Column("item_id", sa.String(), primary_key=True),
        sa.Column("sorted_at", UtcTime(), nullable=False),
        sa.Column("published_at", UtcTime(), nullable=False),
        sa.Column("recent_at", UtcTime(), nullable=False),
        sa.Column("is_recent", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String()),
    )
    op.create_index("feed_items_item", "feed_items", ["item_id"])
    op.create_index("feed_items_recent", "feed_items", ["is_recent", "recent_at"])
    newest: list[sa.ColumnElement[int]] = [sa.column("sorted_at").desc(), sa.column("published_at").desc()]
    op.create_index("feed_items_order", "feed_items", ["feed", "is_recent", *newest, "item_id"])
    op.create_table(
        "topic_files",
        sa.Column("topic_id", sa.String(), primary_key=True),
        sa.Column("manifest", sa.LargeBinary()),
        sa.Column("stamps", Json(), nullable=False),
        sa.Column("problem", sa.Text()),
    )
    op.create_table(
        "shown_publishers",
        sa.Column("topic_id", sa.String(), primary_key=True),
        sa.Column("domain", sa.String(), primary_key=True),
    )
    op.create_index("shown_publishers_domain", "shown_publishers", ["domain"])
    op.create_table(
        "publisher_names",
        sa.Column("domain", sa.String(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
    )
    op.create_index("articles_publisher", "articles", ["provider_domain", "seen_at"])
