"""Where a source's validators come from, which after a redirect is not the source's own address."""

from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_sources = sa.table(
    "sources",
    sa.column("source_id", sa.String()),
    sa.column("url", sa.Text()),
    sa.column("redirect_url", sa.Text()),
    sa.column("etag", sa.Text()),
    sa.column("last_modified", sa.Text()),
)


def upgrade() -> None:
    """Add the column; of a source that is known to redirect to another host, forget who gave what."""
    op.add_column("sources", sa.Column("validators_url", sa.Text()))
    connection = op.get_bind()
    moved = sa.select(_sources).where(_sources.c.redirect_url.is_not(None))
    for row in connection.execute(moved).all():
        if _origin(row.url) != _origin(row.redirect_url):
            own = _sources.update().where(_sources.c.source_id == row.source_id)
            connection.execute(own.values(etag=None, last_modified=None))


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.rpartition("@")[2].lower()
