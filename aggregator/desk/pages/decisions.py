"""The decisions in force, the newest first; and the forms in which others are made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregator.config.decision_files import locate_decisions
from aggregator.curate.editor_decisions import find_key, has_ended
from aggregator.desk.answers import Fields
from aggregator.desk.lists import cut_page
from aggregator.desk.site import DeskSite
from aggregator.desk.verbs import FORMS
from aggregator.model.decisions import Decision
from aggregator.store import ALL, find_named_articles, read_stored_articles


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionRow:
    """A decision, the title of what it is on, and the file and line where it stands; "": not known."""

    decision: Decision
    title: str
    where: str
    is_over: bool


def show_decisions(site: DeskSite, asked: Fields) -> Mapping[str, object]:
    """Return what the list of decisions shows."""
    now = site.read_time()
    newest = sorted(site.config.decisions, key=lambda one: (one.at, one.id), reverse=True)
    cut = cut_page(newest, asked, ())
    where, titles = locate_decisions(site.folder, site.rules.texts), _find_titles(site, cut.rows)
    rows = [
        DecisionRow(
            decision=one,
            title=titles.get(find_key(one.target), ""),
            where=where.get(one.id, "").removeprefix(f"{site.folder}/"),
            is_over=has_ended(one, now),
        )
        for one in cut.rows
    ]
    return {"list": cut, "rows": rows}


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
