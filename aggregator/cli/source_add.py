"""``aggregator sources add``: find a feed, show it, and write it into the operator's file."""

import asyncio
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cadence import interpret_address
from aggregator.cli.feed_preview import choose_feed, preview_feed
from aggregator.cli.log import log_to_stderr
from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder
from aggregator.config import Config, add_source, check_source, load_valid_parts, readable_id
from aggregator.errors import AggregatorError
from aggregator.model import Source
from aggregator.rules import Rules
from aggregator.urls import canonical_url, host_of, registrable_domain

if TYPE_CHECKING:
    from aggregator.pipeline.feed_search import FeedCandidate, FeedSearchResult

app = typer.Typer()

Keys = Mapping[str, object]


@app.command(epilog="Example: aggregator sources add example.org --topic ai --yes")
def add(  # noqa: PLR0917  # typer makes an option of each
    url: Annotated[
        str, typer.Argument(metavar="URL", help="Address of a feed, or of a page that names one.")
    ],
    source_id: Annotated[str | None, typer.Option("--id", help="Default: made from its publisher.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the publisher's feed.")] = None,
    provider: Annotated[str | None, typer.Option(help="Domain of its publisher.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="Match only this topic; may be repeated.")] = None,
    assign: Annotated[bool, typer.Option("--assign", help="Give the topics to every entry.")] = False,
    weight: Annotated[int | None, typer.Option(min=-50, max=50, help="Added to the quality.")] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Ask nothing: of several feeds add the first.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Add the address as it is, without looking at it: works offline.")
    ] = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Find the feed at an address or behind a page, show it, and add it to `sources.yaml`.

    Shows three titles and the topics that they match, and asks on a terminal; elsewhere, or with `--yes`,
    adds the first feed that is found. Where none is found, nothing is added, unless with `--force`.
    """
    log_to_stderr(logging.ERROR)
    given = {
        "id": source_id, "name": name, "provider": provider, "topics": topic, "assign": assign,
        "weight": weight,
    }  # fmt: skip
    keys = {key: value for key, value in given.items() if value}
    addresses = interpret_address(url)
    if not addresses:
        raise AggregatorError(
            f"{url.strip() or repr(url)}: no address of a feed or page, which is like https://example.org/feed.xml"
        )
    valid = load_valid_parts(config, os.environ)
    draft = _make_entry(keys, addresses[0], valid)
    _refuse_known(url, addresses, valid)
    check_source(config, draft)
    entry = draft
    if not force:
        feed = choose_feed(_find_feeds(url, addresses, keys, valid), asks=not yes and _is_terminal())
        _refuse_known(url, [feed.url], valid)
        entry = _make_entry(keys, _address_to_write(feed, is_guessed=len(addresses) > 1), valid, feed)
        check_source(config, entry)
        typer.echo("\n".join(preview_feed(feed, keys, Rules.of(valid, {}))))
        if not yes and _is_terminal() and not typer.confirm(f"Add it as {entry['id']}?", default=True):
            raise AggregatorError("nothing was added")
    added = add_source(config, entry)
    typer.echo(f"added {added}; `aggregator poll --source {added}` polls it now")


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _make_entry(
    keys: Keys, url: str, valid: Config, feed: "FeedCandidate | None" = None
) -> dict[str, object]:
    """Return the entry for the file: the id first, made from what is known of the feed unless given."""
    about = feed.read.feed if feed else None
    taken = {source.id for source in valid.sources}
    site_url, title = (about.site_url, about.title) if about else (None, None)
    made = readable_id(url, site_url=site_url, title=title, taken=taken)
    return {"id": made, "url": url, **keys}


def _refuse_known(typed: str, urls: Sequence[str], valid: Config) -> None:
    """Raise AggregatorError where one of the addresses that was ``typed`` or found is configured already."""
    known = {canonical_url(source.url): source.id for source in valid.sources}
    for url in urls:
        if source_id := known.get(canonical_url(url)):
            raise AggregatorError(f"{typed}: not added, {url} is configured already as {source_id}")


def _find_feeds(typed: str, addresses: Sequence[str], keys: Keys, valid: Config) -> "FeedSearchResult":
    """Return what is found at these addresses; raises AggregatorError where no feed is."""
    from aggregator.cli.lookups import look_up_feeds  # noqa: PLC0415

    provider = keys.get("provider")
    source = Source(id="", url=addresses[0], provider=provider if isinstance(provider, str) else None)
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
