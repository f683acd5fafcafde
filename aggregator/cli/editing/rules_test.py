"""``aggregator rules test``: the stored articles that a clause of a rule matches."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

import typer

from aggregator.clauses import (
    Clause,
    ClauseProblem,
    check_clause,
    compile_clause,
    find_doubts,
    ignore_case,
    spell_in_any_case,
)
from aggregator.cli.completion import TOPIC_ID
from aggregator.cli.editing.known_publishers import read_known_publishers
from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, clock, print_json
from aggregator.cli.stores import open_existing_store
from aggregator.cli.terminal.progress_bar import show_progress_bar
from aggregator.cli.terminal.table import format_table
from aggregator.cli.usable_config import read_usable_config
from aggregator.config import Config
from aggregator.config.checks.clause_doubts import list_known_texts
from aggregator.curate.editor_decisions import ArticleDecisions
from aggregator.model import Article
from aggregator.pipeline.rule_trial import RuleTrial, TrialScope, try_clause
from aggregator.store import Store, count_articles
from aggregator.text import clean_cell, format_time

app = typer.Typer()


@app.command("test", epilog="""Example: aggregator rules test 'title.matches("(?i)sponsored")' --topic ai""")
def try_on_stored(
    clause: Annotated[str, typer.Argument(metavar="CEL", help="What a rule would have in `when`.")],
    topic: Annotated[
        str | None,
        typer.Option("--topic", **TOPIC_ID, help="Only articles of this topic."),
    ] = None,
    days: Annotated[
        int, typer.Option("--days", min=1, max=3_650, help="How far back articles are looked at.")
    ] = 7,
    as_json: AsJson = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Print the titles of the stored articles that a clause matches, newest first, and how many.

    Of an article published or not, as it is stored now: topics and quality are what all rules left. Those
    that were killed or taken down are left out. Where none matches, it counts those that do in another case.
    """
    compiled = _compile(clause)
    checked = read_usable_config(config).config
    _check_topic(topic, checked)
    with open_existing_store(checked) as store:
        known = list_known_texts(checked, read_known_publishers(store, compiled.names))
        for doubt in find_doubts(clause, known):
            _show_problem(clause, doubt, "warning: ")
        now, decisions = clock(), ArticleDecisions(checked.decisions)
        scope = TrialScope(topic_id=topic, since=now - timedelta(days=days), now=now, decisions=decisions)
        trial = _try(compiled, scope, store)
        loose = None if trial.matched else ignore_case(compiled)
        in_any_case = len(_try(loose, scope, store, has_any_case=True).matched) if loose else None
    if as_json:
        print_json(_report(trial, in_any_case))
    else:
        typer.echo("\n".join((*_describe(trial, days), *_describe_case(compiled, in_any_case or 0))))
    if trial.failed:
        typer.echo(f"warning: it failed on {trial.failed} articles, first with: {trial.error}", err=True)


def _compile(text: str) -> Clause:
    """Return the clause; prints what is wrong with it, each problem below its place, and ends with 2."""
    problems = check_clause(text)
    for problem in problems:
        _show_problem(text, problem)
    if problems:
        raise typer.Exit(2)
    return compile_clause(text)


def _show_problem(clause: str, problem: ClauseProblem, kind: str = "") -> None:
    lines, line = clause.split("\n"), clause.count("\n", 0, problem.offset)
    start = clause.rfind("\n", 0, problem.offset) + 1
    typer.echo(clean_cell(lines[line]), err=True)
    typer.echo(f"{' ' * (problem.offset - start)}^ {kind}{problem.text}", err=True)


def _check_topic(topic: str | None, config: Config) -> None:
    known = [one.id for one in config.topics]
    if topic is not None and topic not in known:
        names = ", ".join(known) or "none yet"
        raise typer.BadParameter(f"no topic {topic!r}, allowed: {names}", param_hint="'--topic'")


def _try(clause: Clause, scope: TrialScope, store: Store, *, has_any_case: bool = False) -> RuleTrial:
    with show_progress_bar("articles", count_articles(store)) as bar:
        return try_clause(clause, scope, store=store, has_any_case=has_any_case, on_read=bar.advance)


def _describe(trial: RuleTrial, days: int) -> Iterator[str]:
    rows = [(format_time(a.published_at), a.quality, a.provider.name, a.title) for a in trial.matched]
    if rows:
        yield from format_table(("published", "quality", "provider", "title"), rows)
    noun = "article" if trial.looked_at == 1 else "articles"
    yield f"{len(rows):,} of {trial.looked_at:,} {noun} of the last {days} days match"


def _describe_case(clause: Clause, in_any_case: int) -> Iterator[str]:
    """Yield how many articles a clause would match in any case, and how it is written then."""
    if in_any_case:
        how = f"{spell_in_any_case(clause)} finds it so"
        yield clean_cell(f"{in_any_case:,} would match without regard to case: {how}")


def _report(trial: RuleTrial, in_any_case: int | None) -> dict[str, object]:
    return {
        "matched": len(trial.matched),
        "matched_in_any_case": in_any_case,
        "looked_at": trial.looked_at,
        "failed": trial.failed,
        "error": trial.error or None,
        "articles": [_report_article(article) for article in trial.matched],
    }


def _report_article(article: Article) -> dict[str, object]:
    return {
        "id": article.id,
        "published": format_time(article.published_at),
        "title": article.title,
        "url": article.web_url or article.original_url,
        "provider": article.provider.name,
        "topics": list(article.topics),
        "quality": article.quality,
    }
