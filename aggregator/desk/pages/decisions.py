"""The decisions in force, the newest first; and the forms in which others are made."""

from collections.abc import Mapping
from dataclasses import dataclass

from aggregator.config.decision_files import locate_decisions
from aggregator.desk.answers import Fields
from aggregator.desk.lists import cut_page
from aggregator.desk.site import DeskSite
from aggregator.desk.verbs import FORMS
from aggregator.model.decisions import Decision
from aggregator.store import ALL


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionRow:
    """A decision, and the file and line where it stands; "": not known."""

    decision: Decision
    where: str
    is_over: bool


def show_decisions(site: DeskSite, asked: Fields) -> Mapping[str, object]:
    """Return what the list of decisions shows."""
    now = site.read_time()
    newest = sorted(site.config.decisions, key=lambda one: (one.at, one.id), reverse=True)
    cut = cut_page(newest, asked, ())
    where = locate_decisions(site.folder, site.rules.texts)
    return {
        "list": cut,
        "rows": [
            DecisionRow(
                decision=one, where=where.get(one.id, ""), is_over=one.until is not None and one.until <= now
            )
            for one in cut.rows
        ],
    }


def show_decide(site: DeskSite, asked: Fields) -> Mapping[str, object]:
    """Return what the page shows on which something is decided: the verbs, or the form of one."""
    return {
        "forms": FORMS,
        "form": FORMS.get(asked.get("verb", "")),
        "given": {name: asked.get(name, "") for name in ("target", "value", "topic", "until", "reason")},
        "public_reason": asked.get("public_reason", ""),
        "topics": site.rules.topics,
        "all": ALL,
    }
