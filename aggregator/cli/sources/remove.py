"""``aggregator sources remove``: a source out of the operator's file and out of the store."""

from typing import Annotated

import typer

from aggregator.cli.completion import SOURCE_ID
from aggregator.cli.named_ids import check_sources
from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder, read_config
from aggregator.config import remove_source
from aggregator.text import format_count

app = typer.Typer()


@app.command(epilog="Example: aggregator sources remove old-blog --with-articles")
def remove(
    source_id: Annotated[str, typer.Argument(**SOURCE_ID, help="Id of the source.")],
    with_articles: Annotated[
        bool, typer.Option("--with-articles", help="Also remove the articles that only it carries.")
    ] = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Take a source out of `sources.yaml`, keeping its comments; its articles stay until they age out."""
    from aggregator.cli.stores import missing_store_file, open_existing_store  # noqa: PLC0415
    from aggregator.store import end_removed_topics, retire_source  # noqa: PLC0415

    before = read_config(config)
    sources = {source.id for source in before.sources}
    if not with_articles:
        check_sources([source_id], sources)
    if source_id in sources:
        remove_source(config, source_id)
    removed = 0
    if missing_store_file(before) is None:
        with open_existing_store(before) as store:
            if with_articles:  # before as well, in case that this is killed in between
                end_removed_topics(store)
            removed = retire_source(store, source_id, with_articles=with_articles)
            if removed:
                end_removed_topics(store)
    typer.echo(f"removed {source_id}" + (f" and {format_count(removed, 'article')}" if with_articles else ""))
