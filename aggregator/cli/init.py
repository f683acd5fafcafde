"""``aggregator init``: the first configuration of a site."""

import logging
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.sources.adding import add_by_address, is_terminal
from aggregator.cli.sources.import_opml import draft_import, write_import
from aggregator.cli.terminal.log import log_to_stderr
from aggregator.config.edits.site_beginning import NAMES, place_config, refuse_begun_site, write_new_site
from aggregator.config.edits.site_keys import check_site_key
from aggregator.config.edits.word_forms import add_number_forms
from aggregator.config.typed_commands import spell_config
from aggregator.errors import AggregatorError
from aggregator.text import format_count

app = typer.Typer()

TITLE = "What is the name of the site?"
ABOUT = "What is it about? Words that its articles hold, separated by commas"
SOURCE = "What does it follow first? The address of a site or feed, or an OPML file"


@app.command(epilog="Example: aggregator init mysite --title 'Volcano Watch' --about volcano,volcanoes,lava")
def init(  # noqa: PLR0917  # typer makes an option of each
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="The site's folder; its files go into DIR/config.")
    ] = Path(),
    title: Annotated[str | None, typer.Option(help="Name of the site.")] = None,
    about: Annotated[
        str | None,
        typer.Option(
            metavar="WORDS",
            help="Keywords of its first topic, with commas: of a word, both numbers.",
        ),
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="A site or feed to follow, or an OPML file; may be repeated."),
    ] = None,
    base_url: Annotated[str | None, typer.Option(metavar="URL", help="Where readers reach it.")] = None,
    contact: Annotated[str | None, typer.Option(help="E-mail or page by which publishers reach you.")] = None,
) -> None:
    """Make a commented configuration of a new site, and say what comes next.

    On a terminal it asks three questions, for what no option says: name, subject and first source. What
    is there already is never overwritten. A source that is not found is told and left out: the site is made
    all the same, and the exit code is 0.
    """
    log_to_stderr(logging.ERROR)
    config = place_config(folder)
    refuse_begun_site(config)
    for key, value in (("title", title), ("base_url", base_url), ("contact", contact)):
        _check_option(key, value)
    asks = is_terminal()
    if asks and title is None:
        title = _ask(TITLE, lambda answer: check_site_key("title", answer))
    if asks and about is None:
        about = _ask(ABOUT, lambda _: None)
    keywords = add_number_forms(_split_words(about or ""))
    write_new_site(config, title=title, base_url=base_url, contact=contact, keywords=keywords)
    typer.echo(f"made {config}: {', '.join(NAMES)}")
    failed = [typed for typed in source or () if not _add(typed, config, asks=asks)]
    if asks and source is None:
        _ask_for_source(config)
    site = {"base_url": base_url, "contact": contact}
    typer.echo("\n".join(_list_next_steps(config, site, failed)))


def _check_option(key: str, value: str | None) -> None:
    problem = None if value is None else check_site_key(key, value)
    if problem:
        raise AggregatorError(f"--{key.replace('_', '-')}: {problem}")


def _ask(question: str, check: Callable[[str], str | None]) -> str | None:
    """Return what is answered, None for nothing; asks again while ``check`` finds something wrong."""
    while True:
        answer: str = typer.prompt(question, default="", show_default=False).strip()
        problem = check(answer) if answer else None
        if problem is None:
            return answer or None
        typer.echo(problem)


def _ask_for_source(config: Path) -> None:
    """Ask for the first source until one is added, or none is wanted."""
    while True:
        typed = _ask(SOURCE, lambda _: None)
        if typed is None or _add(typed, config, asks=True):
            return


def _add(typed: str, config: Path, *, asks: bool) -> bool:
    """Add the source that an address leads to, or those of an OPML file; say why and return False if none."""
    file = Path(typed).expanduser()
    try:
        if file.is_file():
            plan = draft_import(file, config, has_topics=True)
            write_import(plan, config)
            sources, topics = (
                format_count(len(plan.sources), "source"),
                format_count(len(plan.topics), "new topic"),
            )
            typer.echo(f"added {sources} in {topics}")
            return True
        added = add_by_address(typed, {}, config, asks=asks, confirms=False)
    except AggregatorError as error:
        why = "; ".join(line.removeprefix(f"{typed}: ") for line in str(error).splitlines())
        sys.stderr.write(f"aggregator: {typed}: not added: {why.removeprefix('not added, ')}\n")
        return False
    typer.echo(f"added {added}")
    return True


def _spell_adding(typed: str, where: str) -> str:
    verb = "import" if Path(typed).suffix.lower() in {".opml", ".xml"} and "://" not in typed else "add"
    return f"aggregator sources {verb} {shlex.quote(typed)}{where}"


def _split_words(text: str) -> tuple[str, ...]:
    words = (" ".join(word.split()) for word in text.split(","))
    return tuple(dict.fromkeys(word for word in words if word))


def _list_next_steps(config: Path, site: Mapping[str, str | None], failed: Sequence[str]) -> Sequence[str]:
    where = spell_config(config)
    steps = {
        **{_spell_adding(typed, where): "was not added: try again, see above why" for typed in failed},
        f"aggregator sources add URL{where}": "follow more sites and feeds",
        f"aggregator check{where}": "every problem of the files, with line and key",
        f"aggregator run{where}": "poll, publish and serve until Ctrl-C; pages at http://127.0.0.1:8080/",
    }
    width = max(map(len, steps))
    lines = [f"  {command:{width}}  # {what}" for command, what in steps.items()]
    if unset := " and ".join(f"site.{key}" for key, value in site.items() if not value):
        lines.append(f"before others subscribe: {unset} in {config / 'settings.yaml'}")
    return ["next:", *lines]
