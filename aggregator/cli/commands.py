"""All commands by their words: a command's module is imported when the command is called, and not before.

So no command waits for what only others need. What a list of commands shows of each stands here.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Literal

from typer.core import TyperCommand, TyperGroup
from typer.main import get_group_from_info
from typer.models import TyperInfo

from aggregator.machine.memory import pause_garbage_collection

MARKUP: Literal["markdown"] = "markdown"
COMMANDS: Mapping[str, tuple[str, str]] = {
    "alerts": (
        "service.alerts",
        "List what needs a person now, and how far each channel was told; `test` sends a message to each.",
    ),
    "amp cache-url": (
        "amp_cache",
        "Print the address of each page in the AMP cache, one a line.",
    ),
    "amp find": (
        "amp_find",
        "Show where the AMP page of an article may be, who says so, and whether it is proved.",
    ),
    "apply": (
        "editing.apply",
        "Show what the changed configuration does to the feeds, and let it go.",
    ),
    "backup": (
        "site.backup",
        "Write the whole store, as it is at this moment, to one file, and check it.",
    ),
    "check": (
        "check",
        "Print every problem of the configuration as `file:line: key: what is wrong`; exit 1 if any.",
    ),
    "decide": (
        "editing.decide",
        "Decide on one article, story or publisher, after showing what that changes in which feeds.",
    ),
    "explain": (
        "editing.explain",
        "Tell which feeds have an article and why, and what keeps it out of others; --all tells its life.",
    ),
    "init": (
        "init",
        "Make a commented configuration of a new site, and say what comes next.",
    ),
    "migrate-store": (
        "site.migrate",
        "Move the whole store to another database, from SQLite to PostgreSQL or back.",
    ),
    "parse": (
        "parse",
        "Show what documents would become, with every problem found; writes nothing.",
    ),
    "plan": (
        "editing.plan",
        "Show what the configuration would change in the feeds; changes nothing. Exit 3 if anything.",
    ),
    "poll": (
        "poll",
        "Poll the sources that are due, store what is new, and print a one-line summary.",
    ),
    "prune": (
        "site.prune",
        "Remove at once what is past its time, as the service does every six hours.",
    ),
    "publish": (
        "site.publish",
        "Write the feeds and pages of every topic from what is stored; unchanged files stay untouched.",
    ),
    "rebuild": (
        "site.rebuild",
        "Make every feed and page anew from what is stored, as if nothing had been published before.",
    ),
    "records import": (
        "record_import",
        "Import records into the store, with the topics, providers, quality and dates that they have.",
    ),
    "records reveal": (
        "records",
        "Show what the `secured` field of records holds, with the keys in AGGREGATOR_SECURED_KEYS.",
    ),
    "records rewrite": (
        "records",
        "Read records and print them again, one after another; a valid one comes out byte for byte.",
    ),
    "restore": (
        "site.restore",
        "Make a backup the store of this configuration, all of it or nothing.",
    ),
    "review": (
        "editing.review",
        "List what is quarantined, disappeared at its source, or moved; decide on it.",
    ),
    "rules test": (
        "editing.rules_test",
        "Print the titles of the stored articles that a clause matches, newest first, and how many.",
    ),
    "run": (
        "service.run",
        "Poll, publish and serve until stopped with Ctrl-C or SIGTERM.",
    ),
    "serve": (
        "service.serve",
        "Serve the published tree over HTTP until stopped; writes only what hubs push, to the store.",
    ),
    "sources accept": (
        "sources.accept",
        "Write the address that is proposed for a source into `sources.yaml`, keeping comments and its id.",
    ),
    "sources add": (
        "sources.add",
        "Find the feed at an address or behind a page, show it, and add it to `sources.yaml`.",
    ),
    "sources doctor": (
        "sources.doctor",
        "Look for where a source has gone, and propose a patch for `sources.yaml`; writes nothing there.",
    ),
    "sources export": (
        "sources.export",
        "Write the configured sources as OPML 2.0, in folders by topic; `sources import` reads it again.",
    ),
    "sources import": (
        "sources.import_opml",
        "Add the feeds of an OPML file to `sources.yaml` and its folders to `topics.yaml`, keeping comments.",
    ),
    "sources list": (
        "sources.listing",
        "Print the configured sources, a line each: id, state, address.",
    ),
    "sources remove": (
        "sources.remove",
        "Take a source out of `sources.yaml`, keeping its comments; its articles stay until they age out.",
    ),
    "status": (
        "service.status",
        "Print how every source is doing and what every topic's feed holds.",
    ),
    "stories answer": (
        "stories.answer",
        "Say whether two articles tell one story: they are brought together or parted at once, and stay so.",
    ),
    "stories ask": (
        "stories.ask",
        "Ask whether two articles tell one story, for pairs drawn at random; stories follow the answers.",
    ),
    "stories evaluate": (
        "stories.evaluate",
        "Group labelled articles in order of time with the default thresholds, and print how well it went.",
    ),
    "stories list": (
        "stories.show",
        "Print the stories that several published articles tell, the newest first.",
    ),
    "stories show": (
        "stories.show",
        "Print a story's articles in order of time, its lead, and why each article is part of it.",
    ),
    "stories truth": (
        "stories.truth",
        "Print how often this site's stories are right: precision and recall, estimated from answers.",
    ),
    "topics forecast": (
        "editing.topic_forecast",
        "Say whether a topic will yield stories, by what its sources brought in the last days.",
    ),
    "upload": (
        "site.upload",
        "Upload to `publish.target` what changed in the published tree, as a running service does by itself.",
    ),
    "verify": (
        "site.verify",
        "Check the database, its rows and the published tree; a line for all that is wrong. Exit 1 if any.",
    ),
    "worker": (
        "service.worker",
        "Take jobs of a service that many machines share, on PostgreSQL, until stopped.",
    ),
}
"""The words of each command, the module here whose ``app`` has it, and the first paragraph of its help."""
GROUPS: Mapping[str, tuple[str, str]] = {
    "amp": (
        "Find AMP pages, and their addresses in the AMP cache.",
        "Example: aggregator amp find https://example.org/story",
    ),
    "records": (
        "Read, check, import and reveal article records.",
        "Example: aggregator records import _news",
    ),
    "rules": (
        "Try editors' rules on the articles that are stored.",
        """Example: aggregator rules test 'title.matches("(?i)sponsored")'""",
    ),
    "sources": (
        "List, add, move and remove sources.",
        "Example: aggregator sources list",
    ),
    "stories": (
        "List stories, show why their articles are together, and measure how well stories are found.",
        "Example: aggregator stories list --topic computer-vision",
    ),
    "topics": (
        "Ask what a topic will hold.",
        "Example: aggregator topics forecast computer-vision",
    ),
}
"""The first word of commands of two words: what help says of them together, and an example."""


class CommandGroup(TyperGroup):
    """A group that lists its commands as ``COMMANDS`` has them, and imports the one that is called."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for words, (_, summary) in COMMANDS.items():
            group, _, name = words.rpartition(" ")
            if group == self.name:
                self.add_command(TyperCommand(name, help=summary, rich_markup_mode=MARKUP))

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  # as the class above has it
        """Return the names of the commands in the order of the alphabet."""
        return sorted(self.commands)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return a name, the command of that name, imported, and the arguments that are left."""
        name, command, rest = super().resolve_command(ctx, args)
        words = f"{self.name} {name}".strip()
        return name, import_command(words) if words in COMMANDS else command, rest


def find_groups() -> Mapping[str, tuple[str, str]]:
    """Return the groups that ``COMMANDS`` needs, as ``GROUPS`` has them; raises LookupError without a row."""
    needed = sorted({group for group, _, _ in (words.rpartition(" ") for words in COMMANDS) if group})
    for group in needed:
        if group not in GROUPS:
            raise LookupError(f"the group of commands {group!r} has no row in GROUPS of {__name__}")
    return {group: GROUPS[group] for group in needed}


def import_command(words: str) -> Any:
    """Return the command that is called with ``words``, for which its module is imported."""
    name, _ = COMMANDS[words]
    with pause_garbage_collection():
        module = import_module(f"aggregator.cli.{name}")
    group = get_group_from_info(
        TyperInfo(module.app),
        pretty_exceptions_short=True,
        suggest_commands=True,
        rich_markup_mode=MARKUP,
    )
    return group.commands.get(words.rpartition(" ")[2], group)
