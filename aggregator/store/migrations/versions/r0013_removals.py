"""What went and is still to be cleared up after, and since when sources are no longer configured."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import UtcTime

revision = "0013"
down_revision = "0012"

_AT_ONCE = 500

_removed = sa.table(
    "removed_articles",
    sa.column("article_id", sa.String()),
    sa.column("provider_domain", sa.String()),
    sa.column("story_id", sa.String()),
)
# What earlier versions left of articles that are gone; a publisher and a story stand for themselves.
_LEFT = """
    SELECT article_id, MAX(provider_domain) AS provider_domain, MAX(story_id) AS story_id FROM (
        SELECT article_id, provider_domain, NULL AS story_id FROM picture_uses
        UNION SELECT article_id, '', NULL FROM secured_texts
        UNION SELECT article_id, '', NULL FROM record_files
        UNION SELECT domain, domain, NULL FROM logos
            WHERE NOT EXISTS (SELECT 1 FROM articles WHERE provider_domain = logos.domain)
        UNION SELECT id, '', id FROM stories
            WHERE NOT EXISTS (SELECT 1 FROM story_members WHERE story_id = stories.id)
    ) AS left_over
    WHERE article_id NOT IN (SELECT id FROM articles) OR story_id IS NOT NULL
    GROUP BY article_id
"""


def upgrade() -> None:
    """Make the table and the indexes; what earlier versions left behind is to be cleared up after, too."""
    op.add_column("sources", sa.Column("removed_at", UtcTime()))
    op.create_index("sources_removed", "sources", ["is_configured", "removed_at"])
    op.create_index("pictures_file", "pictures", ["file"])
    op.create_index("picture_uses_article", "picture_uses", ["article_id"])
    op.create_index("story_aliases_story", "story_aliases", ["story_id"])
    op.create_table(
        "removed_articles",
        sa.Column("article_id", sa.String(), primary_key=True),
        sa.Column("provider_domain", sa.String(), nullable=False),
        sa.Column("story_id", sa.String()),
    )
    rows = [dict(row) for row in op.get_bind().execute(sa.text(_LEFT)).mappings()]
    for start in range(0, len(rows), _AT_ONCE):
        op.bulk_insert(_removed, rows[start : start + _AT_ONCE])
