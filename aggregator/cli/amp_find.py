"""``aggregator amp find``: the AMP page of an article."""

import asyncio
import logging
import os
from typing import Annotated

import typer

from aggregator.cli.fetching import page_fetcher
from aggregator.cli.log import log_to_stderr
from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder, clock
from aggregator.config import Config, load_config
from aggregator.enrich import amp_cache_url
from aggregator.errors import AggregatorError
from aggregator.pipeline.enrich.article_pages import Found, find_amp
from aggregator.rules import Rules
from aggregator.urls import absolute_url

app = typer.Typer()


@app.command(epilog="Example: aggregator amp find https://example.org/story")
def find(
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of an article.")],
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Show where the AMP page of an article may be, who says so, and whether it is proved.

    Exits 1 where none is proved.
    """
    log_to_stderr(logging.ERROR)
    if absolute_url("", url) is None:
        raise AggregatorError(f"{url!r} is no absolute http or https address")
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
