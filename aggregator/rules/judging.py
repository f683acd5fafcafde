"""What of a configuration judges articles, and a digest that changes with it; pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from aggregator.config import Config
from aggregator.curate.editor_rules import EditorRules
from aggregator.curate.judgement_reach import Judging
from aggregator.model import Source

JUDGEMENT = "7"
"""Raised when the code that judges changes, which a test notices: stored articles are judged again then."""


def list_judging(config: Config, carriers: Mapping[str, Source], editor_rules: EditorRules) -> Judging:
    """Return what judges articles; ``carriers`` are all sources whose articles are kept, by id."""
    return Judging(
        digest=_digest_config(config),
        others=_digest_config(replace(config, sources=(), rules=())),
        sources=carriers,
        rules=tuple(editor_rules.by_id.values()),
        uses_time=editor_rules.uses_time,
        window=timedelta(days=config.settings.publish.window_days),
    )


def _digest_config(config: Config) -> str:
    judged = [(s.id, s.topics, s.assign, s.weight, s.disappeared) for s in config.sources]
    wishes = (config.settings.publish.noindex, config.settings.publish.disappeared)
    judging = repr((JUDGEMENT, judged, config.topics, config.providers, wishes))
    if config.rules:
        judging += repr((config.rules, config.settings.publish.window_days))
    return hashlib.blake2b(judging.encode("utf-8", "replace"), digest_size=16).hexdigest()
