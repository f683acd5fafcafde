"""The decisions, the newest first, and what they do; and the forms in which others are made."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.config import Config, load_usable_parts
from aggregator.config.files.decision_files import locate_decisions
from aggregator.config.files.file_bodies import read_bodies
from aggregator.curate.editor_decisions import find_key
from aggregator.desk.answers import Fields
from aggregator.desk.lists import cut_page
from aggregator.desk.site import DeskSite
from aggregator.desk.verbs import FORMS
from aggregator.errors import ConfigError
from aggregator.model.decisions import Decision
from aggregator.pipeline.decision_targets import find_idle_decisions
from aggregator.pipeline.idle_decisions import Idle
from aggregator.store import ALL, find_named_articles, read_stored_articles


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionRow:
    """A decision, the title of what it is on, and the file and line where it stands; "": not known.

    ``note`` is why it does nothing, or not yet; "": it counts. ``since`` is when it ended, or was outdone.
    """

    decision: Decision
    title: str
    where: str
    note: str
    since: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Listed:
    """Decisions in force, and those ``new`` in the files; of those in force some are ``gone`` from there.

    ``idle`` are those in force that do nothing, by id, and ``texts`` the files in which they all stand.
    """

    in_force: Sequence[Decision]
    new: Sequence[Decision]
    gone: frozenset[Decision]
    idle: Mapping[str, Idle]
    texts: Mapping[str, bytes]

    def explain(self, decision: Decision) -> str:
        """Return why a decision does nothing, or not yet; "": it counts."""
        if decision in self.new:
            return "not taken up yet"
        if decision in self.gone:
            return "changed or removed in its file, which is not taken up yet"
        return self.idle[decision.id].why if decision.id in self.idle else ""

    def count(self) -> str:
        """Return how many there are, and how many of them do nothing any more, in words."""
        excuses = Counter(one.excuse for one in self.idle.values() if one.excuse is not None)
        told = [f"{len(self.in_force) - excuses.total()} in force"]
        told += [excuse.describe(count) for excuse, count in excuses.items()]
        return ", ".join(told + ([f"{len(self.new)} not taken up yet"] if self.new else []))


def show_decisions(site: DeskSite, asked: Fields) -> Mapping[str, object]:
    """Return what the list of decisions shows."""
    listed = _list_decisions(site)
    newest = sorted([*listed.in_force, *listed.new], key=lambda one: (one.at, one.id), reverse=True)
    cut = cut_page(newest, asked, ())
    where, titles = locate_decisions(site.folder, listed.texts), _find_titles(site, cut.rows)
    rows = [
        DecisionRow(
            decision=one,
            title=titles.get(find_key(one.target), ""),
            where=where.get(one.id, "").removeprefix(f"{site.folder}/"),
            note=listed.explain(one),
            since=listed.idle[one.id].since if one.id in listed.idle else None,
        )
        for one in cut.rows
    ]
    return {"list": cut, "rows": rows, "count": listed.count()}


def _list_decisions(site: DeskSite) -> _Listed:
    """Return the decisions in force, and what the files have otherwise, which is taken up within seconds."""
    in_force = site.config.decisions
    found = find_idle_decisions(in_force, site.look_at_site())
    written, is_right = _read_written(site)
    known = frozenset(in_force)
    return _Listed(
        in_force=in_force,
        new=[one for one in written.decisions if one not in known],
        gone=known.difference(written.decisions) if is_right else frozenset(),
        idle={one.decision.id: one.idle for one in found},
        texts={**site.rules.texts, **written.texts},
    )


def _read_written(site: DeskSite) -> tuple[Config, bool]:
    """Return what is in the files now, and whether all of it is right; read only where they differ."""
    bodies = {name: body for name, body in read_bodies(site.folder).items() if isinstance(body, bytes)}
    if bodies == site.rules.texts:
        return site.config, True
    try:
        written, problems = load_usable_parts(site.folder, os.environ)
    except ConfigError:  # nothing of them can be used
        return site.config, False
    return written, not problems


def _find_titles(site: DeskSite, decisions: Sequence[Decision]) -> Mapping[str, str]:
    """Return the titles of stored articles that decisions are on, by what each names."""
    keys = {find_key(one.target) for one in decisions if one.publisher is None}
    named = find_named_articles(site.store, keys)
    titles = {one.id: one.title for one in read_stored_articles(site.store, set(named.values()))}
    return {key: titles[article_id] for key, article_id in named.items() if article_id in titles}


def show_decide(site: DeskSite, asked: Fields, problem: str = "") -> Mapping[str, object]:
    """Return what the page shows on which something is decided: the verbs, or the form of one.

    ``problem`` is why what was filled in last cannot be decided.
    """
    return {
        "problem": problem,
        "forms": FORMS,
        "form": FORMS.get(asked.get("verb", "")),
        "given": {name: asked.get(name, "") for name in ("target", "value", "topic", "until", "reason")},
        "public_reason": asked.get("public_reason", ""),
        "topics": site.rules.topics,
        "all": ALL,
    }
