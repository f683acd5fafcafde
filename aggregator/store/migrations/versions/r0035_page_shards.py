"""Which shard the page of an article is in, and who is not to be asked for a page until when."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import UtcTime
from aggregator.store.workers.shards import shard_of
from aggregator.urls.services import service_of_url

revision = "0035"
down_revision = "0034"

_ARTICLES = sa.table("articles", *map(sa.column, ("id", "web_url", "original_url", "page_shard")))
_MAY_BE_READ = sa.text("enriched_at IS NULL OR amp_url IS NOT NULL")


def upgrade() -> None:
    """Add them, with the shards of the articles whose pages may be asked for again."""
    op.add_column("articles", sa.Column("page_shard", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "page_pauses",
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("until_at", UtcTime(), nullable=False),
    )
    op.create_index("page_pauses_shard", "page_pauses", ["shard"])
    op.create_index("page_pauses_until", "page_pauses", ["until_at"])
    connection = op.get_bind()
    columns = (_ARTICLES.c.id, _ARTICLES.c.web_url, _ARTICLES.c.original_url)
    shards = [
        {"of_id": row.id, "shard": shard_of(service_of_url(row.web_url or row.original_url or ""))}
        for row in connection.execute(sa.select(*columns).where(_MAY_BE_READ)).all()
    ]
    if shards:
        is_it = _ARTICLES.c.id == sa.bindparam("of_id")
        change = _ARTICLES.update().where(is_it).values(page_shard=sa.bindparam("shard"))
        connection.execute(change, shards)
