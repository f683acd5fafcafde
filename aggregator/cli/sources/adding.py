"""Finding the feed behind an address, showing it, and writing it into the operator's file."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from aggregator.cadence import interpret_address
from aggregator.cli.sources.feed_preview import choose_feed, preview_feed
from aggregator.cli.terminal.activity import show_activity
from aggregator.config import Config, add_source, check_source, load_valid_parts, make_readable_id
from aggregator.errors import AggregatorError
from aggregator.model import Source
from aggregator.rules import Rules
from aggregator.urls import canonical_url, host_of, registrable_domain

if TYPE_CHECKING:
    from aggregator.pipeline.feed_search import FeedCandidate, FeedSearchResult

Keys = Mapping[str, object]


def add_unseen(typed: str, keys: Keys, folder: Path) -> str:
    """Add an address as it is to the sources in ``folder``, with these ``keys``; return its id.

    Raises AggregatorError, with nothing written, where it cannot be added.
    """
    addresses, valid = _read_addresses(typed), load_valid_parts(folder, os.environ)
    _refuse_known(typed, addresses, valid)
    return add_source(folder, _make_entry(keys, addresses[0], valid))


def add_by_address(typed: str, keys: Keys, folder: Path, *, asks: bool, confirms: bool) -> str:
    """Add the feed to which ``typed`` leads to the sources in ``folder``, with these ``keys``; return its id.

    ``asks`` has the operator choose where there are several, ``confirms`` asks whether to add it. Raises
    AggregatorError, with nothing written, where none is added.
    """
    addresses, valid = _read_addresses(typed), load_valid_parts(folder, os.environ)
    _refuse_known(typed, addresses, valid)
    check_source(folder, _make_entry(keys, addresses[0], valid))
    feed = choose_feed(_find_feeds(typed, addresses, keys, valid), asks=asks)
    _refuse_known(typed, [feed.url], valid)
    entry = _make_entry(keys, _address_to_write(feed, is_guessed=len(addresses) > 1), valid, feed)
    check_source(folder, entry)
    typer.echo("\n".join(preview_feed(feed, keys, Rules.of(valid, {}))))
    if confirms:
        confirm_adding(f"Add it as {entry['id']}?")
    return add_source(folder, entry)


def _read_addresses(typed: str) -> tuple[str, ...]:
    """Return the addresses that may be meant; raises AggregatorError where what was typed is none."""
    addresses = interpret_address(typed)
    if not addresses:
        raise AggregatorError(
            f"{typed.strip() or repr(typed)}: no address of a feed or page, which is like https://example.org/feed.xml"
        )
    return addresses


def confirm_adding(question: str) -> None:
    """Ask whether to add what was shown; raises AggregatorError where it is not, or nobody can be asked."""
    if not is_terminal():
        raise AggregatorError("nobody can be asked, and nothing is added: add with --yes")
    if not typer.confirm(question, default=True):
        raise AggregatorError("nothing was added")


def is_terminal() -> bool:
    """Tell whether somebody can be asked, and sees what is written."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _make_entry(
    keys: Keys, url: str, valid: Config, feed: "FeedCandidate | None" = None
) -> dict[str, object]:
    """Return the entry for the file: the id first, made from what is known of the feed unless given."""
    about = feed.read.feed if feed else None
    taken = {source.id for source in valid.sources}
    site_url, title = (about.site_url, about.title) if about else (None, None)
    made = make_readable_id(url, site_url=site_url, title=title, taken=taken)
    kind = {"type": feed.kind} if feed and feed.kind != "feed" else {}
    return {"id": made, "url": url, **kind, **keys}


def _refuse_known(typed: str, urls: Sequence[str], valid: Config) -> None:
    """Raise AggregatorError where one of the addresses that was ``typed`` or found is configured already."""
    known = {canonical_url(source.url): source.id for source in valid.sources}
    for url in urls:
        if source_id := known.get(canonical_url(url)):
            raise AggregatorError(f"{typed}: not added, {url} is configured already as {source_id}")


def _find_feeds(typed: str, addresses: Sequence[str], keys: Keys, valid: Config) -> "FeedSearchResult":
    """Return what is found at these addresses; raises AggregatorError where no feed is."""
    from aggregator.cli.sources.lookups import look_up_feeds  # noqa: PLC0415

    provider = keys.get("provider")
    source = Source(id="", url=addresses[0], provider=provider if isinstance(provider, str) else None)
    with show_activity(f"looking for feeds at {addresses[0]}"):
        finding = asyncio.run(look_up_feeds(addresses, source, valid))
    if not finding.feeds:
        end = f"{typed}: no feed was found, nothing was added; --force adds the address as it is"
        raise AggregatorError("\n".join([*finding.steps, end]))
    return finding


def _address_to_write(feed: "FeedCandidate", *, is_guessed: bool) -> str:
    """Return the address to write: as it was given, or where a guessed one redirects on its own site."""
    target = feed.permanent_url
    is_own = target and registrable_domain(host_of(target)) == registrable_domain(host_of(feed.url))
    return target if is_guessed and target and is_own else feed.url
