"""``aggregator amp cache-url``: addresses in the AMP cache."""

import sys
from typing import Annotated

import typer

from aggregator.enrich.amp import make_amp_cache_url

app = typer.Typer()


@app.command(name="cache-url", epilog="Example: aggregator amp cache-url https://example.org/amp/story")
def cache_url(
    urls: Annotated[list[str], typer.Argument(metavar="URL...", help="Addresses of AMP pages.")],
) -> None:
    """Print the address of each page in the AMP cache, one a line.

    Exits 1 if one has none: an IP address, a host name of a single label, or no http(s) address.
    """
    found = [make_amp_cache_url(url) for url in urls]
    for url, cached in zip(urls, found, strict=True):
        if cached is None:
            shown = url or "''"
            sys.stderr.write(f"aggregator: {shown}: the AMP cache has no address for it\n")
        else:
            typer.echo(cached)
    if None in found:
        raise typer.Exit(1)
