"""Addresses of articles without the parameters that have become known as tracking since.

An entry that is seen again comes under its new canonical address, and must be found under it. Later
versions of the rules make no difference here: what they take out besides is looked for no more.
"""

import sqlalchemy as sa
from alembic import op

from aggregator.urls import canonical_url

revision = "0009"
down_revision = "0008"

_urls = sa.table("article_urls", sa.column("url"), sa.column("article_id"))
_CARRIERS = (
    sa.table("articles", sa.column("id"), sa.column("canonical_url")),
    sa.table("sightings", sa.column("article_id"), sa.column("canonical_url")),
)


def upgrade() -> None:
    """Add the new forms; of two articles that turn out to be one, the first that is found keeps them."""
    connection = op.get_bind()
    rows = connection.execute(sa.select(_urls).where(_urls.c.url.contains("?")).order_by(_urls.c.url)).all()
    for url, article_id in rows:
        new = canonical_url(url)
        if new == url:
            continue
        if connection.scalar(sa.select(_urls.c.url).where(_urls.c.url == new)) is None:
            connection.execute(_urls.insert().values(url=new, article_id=article_id))
        for table in _CARRIERS:
            is_it = (next(iter(table.c)) == article_id) & (table.c.canonical_url == url)
            connection.execute(table.update().where(is_it).values(canonical_url=new))
