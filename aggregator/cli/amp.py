"""``aggregator amp``: addresses in the AMP cache, and the AMP page of an article."""

import asyncio
import logging
import os
import sys
from typing import Annotated

import typer

from aggregator.cli.app import DEFAULT_CONFIG, ConfigFolder, app, clock, log_to_stderr, page_fetcher
from aggregator.config import Config, load_config
from aggregator.enrich import amp_cache_url
from aggregator.errors import AggregatorError
from aggregator.pipeline import Found, find_amp
from aggregator.rules import Rules

amp = typer.Typer(no_args_is_help=True, help="AMP pages and their addresses in the AMP cache.")
app.add_typer(amp, name="amp")


@amp.command(name="cache-url", epilog="Example: aggregator amp cache-url https://example.org/amp/story")
def cache_url(
    urls: Annotated[list[str], typer.Argument(metavar="URL...", help="Addresses of AMP pages.")],
) -> None:
    """Print the address of each page in the AMP cache, one a line.

    Exits 1 where one has none: an IP address, a host name of a single label, or no http(s) address.
    """
    found = [amp_cache_url(url) for url in urls]
    for url, cached in zip(urls, found, strict=True):
        if cached is None:
            sys.stderr.write(f"aggregator: {url}: the AMP cache has no address for it\n")
        else:
            typer.echo(cached)
    if None in found:
        raise typer.Exit(1)


@amp.command(epilog="Example: aggregator amp find https://example.org/story")
def find(
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of an article.")],
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Show where the AMP page of an article may be, who says so, and whether it is proved.

    Exits 1 where none is proved.
    """
    log_to_stderr(logging.ERROR)
    is_there = config.is_dir() or config != DEFAULT_CONFIG
    rules = Rules.of(load_config(config, os.environ) if is_there else Config.default(), {})
    found = asyncio.run(_find(url, rules))
    typer.echo(f"article: {found.article_url}")
    for proof in found.proofs:
        verdict = "proved" if proof.refusal is None else f"refused: {proof.refusal}"
        typer.echo(f"{proof.candidate.url} (said by the {proof.candidate.origin}): {verdict}")
    proved = next((p.candidate.url for p in found.proofs if p.refusal is None), None)
    if proved is None:
        raise AggregatorError(f"{url}: no AMP page is proved")
    typer.echo(f"cache: {amp_cache_url(proved)}")


async def _find(url: str, rules: Rules) -> Found:
    async with page_fetcher(rules.config.settings) as pages:
        return await find_amp(url, rules=rules, pages=pages, now=clock())
