"""``aggregator stories ask``: two articles side by side, and whether they tell one story."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import SystemRandom
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from aggregator.cli.completion import TOPIC_ID
from aggregator.cli.named_ids import check_topics
from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder, clock, print_json
from aggregator.cli.stories.answer import AnsweredBy, describe_stories, read_login_name
from aggregator.cli.usable_config import read_usable_config
from aggregator.cli.workspace import Workspace, open_existing_workspace
from aggregator.errors import AggregatorError
from aggregator.model import AnswerKind, Article, StoryQuestion
from aggregator.store import read_stored_articles, read_story_ids
from aggregator.text import clean_cell, format_time

LEFT = "q"
_LETTERS = {"s": AnswerKind.SAME, "f": AnswerKind.FOLLOW, "t": AnswerKind.TOPIC, "d": AnswerKind.DIFFERENT,
            "k": AnswerKind.SKIP}  # fmt: skip
_WORDS = {**_LETTERS, **{kind.value: kind for kind in AnswerKind}}
_PROMPT = "(s)ame event, what (f)ollows it, same (t)opic, (d)ifferent, s(k)ip, (q)uit: "
_LEAST_WIDTH = 80

app = typer.Typer()


@app.command(epilog="Example: aggregator stories ask --n 20 --topic ai --by ada")
def ask(
    *,
    count: Annotated[int, typer.Option("--n", min=1, max=1000, help="How many pairs to ask about.")] = 10,
    topic: Annotated[str, typer.Option(**TOPIC_ID, help="Only articles of this topic.")] = "",
    answered_by: AnsweredBy = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="List the questions and end; `stories answer` takes what is said.")
    ] = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Ask whether two articles tell one story, for pairs drawn at random; stories follow the answers.

    `same`: of one event. `follow`: one tells what came of it, so one story. `topic`: of two events on one
    subject. `different`: of nothing in common. `skip`: it cannot be told. `q` ends. Each answer is kept as
    it is given. Without a terminal, answers are read from lines. What the site thinks is not shown, so that
    it sways nobody.
    """
    with open_existing_workspace(read_usable_config(config).config) as workspace:
        check_topics([topic] if topic else [], workspace.rules.topics_by_id)
        questions = _draw(workspace, count, topic)
        ids = {id_ for question in questions for id_ in (question.article_id, question.other_id)}
        articles = {article.id: article for article in read_stored_articles(workspace.store, ids)}
        if as_json:
            rows = list(_list_questions(questions, articles))
            print_json({"questions": rows})
            return
        if not questions:
            raise AggregatorError("there are no two articles to ask about: none are alike, or all were asked")
        given = _ask_all(workspace, questions, articles, answered_by or read_login_name())
    typer.echo(f"{given} answered; `aggregator stories truth` tells what they come to")


def _draw(workspace: Workspace, count: int, topic: str) -> tuple[StoryQuestion, ...]:
    from aggregator.pipeline.story_truth.drawing import draw_questions  # noqa: PLC0415  # brings numpy

    limits = workspace.rules.stories.thresholds
    return draw_questions(
        workspace.store, limits, count=count, topic=topic, now=clock(), chance=SystemRandom()
    )


def _ask_all(
    workspace: Workspace, questions: Sequence[StoryQuestion], articles: Mapping[str, Article], by: str
) -> int:
    from aggregator.pipeline.story_decisions import answer_question  # noqa: PLC0415  # brings numpy

    console, store, given = Console(highlight=False), workspace.store, 0
    for number, question in enumerate(questions, start=1):
        pair = (question.article_id, question.other_id)
        if not all(id_ in articles for id_ in pair):  # removed meanwhile
            continue
        _show_pair(console, f"{number} of {len(questions)}", [articles[id_] for id_ in pair])
        kind = _read_answer()
        if kind is None:
            break
        now = clock()
        pairs = workspace.rules.stories.decisions.list_pairs(now)
        answer_question(store, pair, kind, now=now, answered_by=by, pairs=pairs)
        given += 1
        found = read_story_ids(store, pair)
        typer.echo(f"{kind}: {describe_stories([found.get(id_) for id_ in pair])}")
    return given


def _show_pair(console: Console, heading: str, pair: Sequence[Article]) -> None:
    grid = Table.grid(padding=(0, 2), expand=True)
    for _ in pair:
        grid.add_column(ratio=1, overflow="fold")
    for cells in zip(*(list(_describe(article)) for article in pair), strict=True):
        grid.add_row(*(Text(clean_cell(cell), overflow="fold") for cell in cells))
    typer.echo(f"\n{heading}")
    console.print(grid, width=None if console.is_terminal else max(_LEAST_WIDTH, console.width))


def _describe(article: Article) -> Iterator[str]:
    yield article.title
    yield f"{article.provider.name or article.provider.domain}, {format_time(article.published_at)}"
    yield article.excerpt or ""
    yield _find_address(article) or article.id


def _find_address(article: Article) -> str | None:
    return article.web_url or article.original_url  # that of a page that shows a player, for a video


def _read_answer() -> AnswerKind | None:
    """Return what is answered, None where whoever answers leaves; a terminal is asked again."""
    is_terminal = sys.stdin.isatty()
    while True:
        typer.echo(_PROMPT, nl=not is_terminal)
        line = sys.stdin.readline()
        said = line.strip().lower()
        if not line or said in {LEFT, "quit"}:
            return None
        if said in _WORDS:
            return _WORDS[said]
        if not is_terminal:
            allowed = ", ".join(kind.value for kind in AnswerKind)
            raise AggregatorError(
                f"{line.strip()!r} is no answer, allowed: {allowed}, q; those before are kept"
            )


def _list_questions(
    questions: Iterable[StoryQuestion], articles: Mapping[str, Article]
) -> Iterator[dict[str, object]]:
    for question in questions:
        pair = [articles.get(id_) for id_ in (question.article_id, question.other_id)]
        if None not in pair:
            yield {"articles": [_list_article(article) for article in pair if article is not None]}


def _list_article(article: Article) -> dict[str, object]:
    return {
        "id": article.id,
        "title": article.title,
        "publisher": article.provider.name or article.provider.domain,
        "published_at": format_time(article.published_at),
        "excerpt": article.excerpt,
        "url": _find_address(article),
    }
