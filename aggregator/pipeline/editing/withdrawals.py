"""Withdrawals that are proposed as articles disappeared at their source, and what an editor says of them."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from aggregator.cadence import explain_disappearance
from aggregator.config import Config, UsableConfig
from aggregator.config.edits.decision_edits import draft_decision, save_decision
from aggregator.curate.editor_decisions import find_last
from aggregator.model import Proposal
from aggregator.model.decisions import OUT_VERBS, Verb
from aggregator.pipeline.config_in_force import approve, is_in_force
from aggregator.pipeline.editing.decision_times import name_decision
from aggregator.rules import Rules
from aggregator.store import Store, find_article, read_former_sources, read_proposals
from aggregator.text import clean_cell

PUBLIC_REASON = "Its publisher has removed it."


def list_withdrawals(config: Config, store: Store, now: datetime) -> Iterator[Proposal]:
    """Yield the withdrawals that are proposed or done by themselves, but for what editors decided on."""
    proposals = read_proposals(store)
    rules = Rules.of(config, read_former_sources(store)) if proposals else None
    for proposal in proposals:
        article = find_article(store, proposal.found.article_id)
        if rules is None or article is None or rules.choose_disappeared(article.source_id) == "ignore":
            continue
        if find_last(rules.decisions.of(article, now), *OUT_VERBS, Verb.RESTORE) is None:
            yield proposal


def withdraw_proposed(
    article_id: str, usable: UsableConfig, store: Store, now: datetime, *, by: str
) -> Path | None:
    """Write the decision that withdraws an article; return its file, None where that is not proposed."""
    config = usable.config
    found = next((p for p in list_withdrawals(config, store, now) if p.found.article_id == article_id), None)
    if found is None:
        return None
    entry = {
        "id": name_decision(now),
        "verb": Verb.WITHDRAW.value,
        "target": article_id,
        "reason": explain_disappearance(found.found),
        "public_reason": PUBLIC_REASON,
        "by": by,
        "at": now.replace(microsecond=0).isoformat(),
    }
    month, comment = f"{now:%Y-%m}", clean_cell(f"{found.title} – {found.url or ''}")
    draft = draft_decision(usable, month, entry, comment=comment)
    is_alone = not usable.problems and is_in_force(config, store)
    save_decision(draft)
    if is_alone:
        approve(draft.config, store)
    return draft.file
