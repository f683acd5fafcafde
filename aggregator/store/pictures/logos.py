"""What is known of publishers' logos."""

__all__ = [
    "Logo",
    "forget_logos",
    "forget_lost_logos",
    "list_logos",
    "read_logos",
    "save_logos",
]

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from aggregator.store.database import Database, chunks
from aggregator.store.fast.driver import upsert
from aggregator.store.marks import AT_ONCE, MarkKind, add_marks
from aggregator.store.pictures.picture_schema import logos
from aggregator.store.schema import articles


@dataclass(frozen=True, kw_only=True, slots=True)
class Logo:
    """Where a publisher's logo was found; ``problem`` tells why there is none."""

    domain: str
    checked_at: datetime
    url: str | None = None
    problem: str | None = None


def read_logos(store: Database, domains: Iterable[str]) -> Mapping[str, Logo]:
    """Return what is known of these publishers' logos, by domain."""
    with store.reading() as connection:
        return _read_logos(connection, domains)


def list_logos(store: Database, *, before: datetime) -> tuple[str, ...]:
    """Return the domains of all publishers whose logo was found ``before`` a time."""
    has_one = logos.c.problem.is_(None) & (logos.c.checked_at < before)
    with store.reading() as connection:
        query = select(logos.c.domain).where(has_one).order_by(logos.c.domain)
        return tuple(connection.execute(query).scalars())


def save_logos(store: Database, found: Sequence[Logo], *, shown_at: datetime = AT_ONCE) -> frozenset[str]:
    """Save what was found out about logos; return the domains of those that were saved.

    A publisher whose articles were all removed meanwhile has none. Where it has one now and had none, or the
    other way round, its articles are published anew from ``shown_at`` on, once the files are written.
    """
    with store.writing() as connection:
        domains = {logo.domain for logo in found}
        query = select(articles.c.provider_domain).where(articles.c.provider_domain.in_(domains)).distinct()
        kept = frozenset(connection.execute(query).scalars())
        known = _read_logos(connection, kept)
        upsert(connection, logos, [asdict(logo) for logo in found if logo.domain in kept])
        changed = {logo.domain for logo in found if _has_logo(logo) != _has_logo(known.get(logo.domain))}
        _mark_articles(connection, kept & changed, shown_at)
        return kept


def forget_lost_logos(store: Database, domains: Collection[str], now: datetime) -> None:
    """Forget logos whose files are gone, to be looked for again: what shows them is published anew."""
    for chunk in chunks(sorted(domains)):
        with store.writing() as connection:
            connection.execute(delete(logos).where(logos.c.domain.in_(chunk)))
            _mark_articles(connection, chunk, AT_ONCE)
            for domain in chunk:
                newest = select(articles.c.id).where(articles.c.provider_domain == domain)
                newest = newest.order_by(articles.c.seen_at.desc()).limit(1)
                add_marks(connection, MarkKind.PICTURE, connection.execute(newest).scalars(), due_at=now)


def forget_logos(store: Database, domains: Collection[str]) -> None:
    """Forget logos that nothing is to show any more."""
    for chunk in chunks(sorted(domains)):
        with store.writing() as connection:
            connection.execute(delete(logos).where(logos.c.domain.in_(chunk)))


def _read_logos(connection: Connection, domains: Iterable[str]) -> dict[str, Logo]:
    return {
        row["domain"]: Logo(**row)
        for chunk in chunks(sorted(set(domains)))
        for row in connection.execute(select(logos).where(logos.c.domain.in_(chunk))).mappings()
    }


def _has_logo(logo: Logo | None) -> bool:
    return logo is not None and logo.problem is None


def _mark_articles(connection: Connection, domains: Collection[str], due_at: datetime) -> None:
    for chunk in chunks(sorted(domains)):
        theirs = select(articles.c.id).where(articles.c.provider_domain.in_(chunk))
        add_marks(connection, MarkKind.ARTICLE, connection.execute(theirs).scalars(), due_at=due_at)
