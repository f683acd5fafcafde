"""``aggregator amp find``: the AMP page of an article."""

import asyncio
import logging
import os
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, print_json
from aggregator.cli.terminal.activity import show_activity
from aggregator.cli.terminal.log import log_to_stderr
from aggregator.config import Config, load_config
from aggregator.enrich.amp import make_amp_cache_url
from aggregator.errors import AggregatorError
from aggregator.urls import absolute_url

if TYPE_CHECKING:
    from aggregator.pipeline.enrich.amp_proof import AmpLookup

app = typer.Typer()


@app.command(epilog="Example: aggregator amp find https://example.org/story")
def find(
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of an article.")],
    as_json: AsJson = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Show where the AMP page of an article may be, who says so, and whether it is proved.

    Exits 1 if none is proved.
    """
    log_to_stderr(logging.ERROR)
    if absolute_url("", url) is None:
        raise AggregatorError(f"{url!r} is no absolute http or https address")
    from aggregator.cli.sources.lookups import look_up_amp  # noqa: PLC0415

    is_there = config.is_dir() or config != DEFAULT_CONFIG
    configured = load_config(config, os.environ) if is_there else Config.default()
    with show_activity("looking for the AMP page"):
        found = asyncio.run(look_up_amp(url, configured))
    proved = next((p.candidate.url for p in found.proofs if p.refusal is None), None)
    if as_json:
        print_json(_report(found, proved))
        raise typer.Exit(proved is None)
    typer.echo(f"article: {found.article_url}")
    for proof in found.proofs:
        verdict = "proved" if proof.refusal is None else f"refused: {proof.refusal}"
        typer.echo(f"{proof.candidate.url} (said by the {proof.candidate.origin}): {verdict}")
    if proved is None:
        raise AggregatorError(f"{url}: no AMP page is proved")
    typer.echo(f"cache: {make_amp_cache_url(proved)}")


def _report(found: "AmpLookup", proved: str | None) -> dict[str, object]:
    proofs = [
        {"url": one.candidate.url, "origin": one.candidate.origin, "refusal": one.refusal}
        for one in found.proofs
    ]
    cache = make_amp_cache_url(proved) if proved else None
    return {"article": found.article_url, "proofs": proofs, "proved": proved, "cache": cache}
