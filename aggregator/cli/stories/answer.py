"""``aggregator stories answer``: whether two articles tell one story, said without a terminal."""

import getpass
import json
from typing import Annotated

import typer

from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, clock
from aggregator.cli.stores import open_existing_store
from aggregator.cli.usable_config import read_usable_config
from aggregator.errors import AggregatorError
from aggregator.model import AnswerKind
from aggregator.pipeline.explanation.subject import find_article_id
from aggregator.store import read_story_ids
from aggregator.stories.editor_decisions import StoryDecisions

AnsweredBy = Annotated[
    str,
    typer.Option("--by", metavar="NAME", help="Who answers; default: the login name.", show_default=False),
]

app = typer.Typer()


@app.command(epilog="Example: aggregator stories answer 2ea446bd 91c0de55 same")
def answer(
    one: Annotated[
        str,
        typer.Argument(
            metavar="A", help="An article: its id, how that begins, an address, or words of its title."
        ),
    ],
    two: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    kind: Annotated[
        AnswerKind,
        typer.Argument(
            metavar="ANSWER",
            help="`same` event, what `follow`s it (one story); same `topic`, `different` (two); `skip`.",
        ),
    ],
    *,
    answered_by: AnsweredBy = "",
    as_json: AsJson = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Say whether two articles tell one story: they are brought together or parted at once, and stay so."""
    from aggregator.pipeline.story_decisions import answer_question  # noqa: PLC0415  # brings numpy

    checked = read_usable_config(config).config
    with open_existing_store(checked) as store:
        pair = [find_article_id(prefix, store, checked.decisions) for prefix in (one, two)]
        if pair[0] == pair[1]:
            raise AggregatorError(f"{one!r} and {two!r} are one article")
        now, by = clock(), answered_by or read_login_name()
        pairs = StoryDecisions(checked.decisions).list_pairs(now)
        said = answer_question(store, pair, kind, now=now, answered_by=by, pairs=pairs)
        stories = read_story_ids(store, pair)
    if as_json:
        typer.echo(json.dumps({"articles": pair, "answer": said.kind, "by": said.answered_by,
                               "stories": [stories.get(article_id) for article_id in pair]}))  # fmt: skip
        return
    typer.echo(f"{said.kind}: {describe_stories([stories.get(article_id) for article_id in pair])}")


def read_login_name() -> str:
    """Return the name of who runs this, "" where nobody knows."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user without a name
        return ""


def describe_stories(story_ids: list[str | None]) -> str:
    """Return in words whether two articles are in one story now."""
    one, two = story_ids
    if one is None or two is None:
        return "kept; not both articles have a story yet"
    return f"one story now, {one}" if one == two else f"two stories now, {one} and {two}"
