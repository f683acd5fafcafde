"""Markup in what editors write for readers: it is plain text, so that all see its signs."""

import re

from aggregator.config.checks.problems import show
from aggregator.model.decisions import Decision, Verb

_MARKUP = re.compile(
    r"</?[a-z][a-z0-9-]*(?:\s[^<>]*)?/?>|<!--|&(?:[a-z]{2,10}|#\d{1,6}|#x[0-9a-f]{1,6});", re.IGNORECASE
)
_TEXTS = frozenset({Verb.RETITLE, Verb.RE_EXCERPT, Verb.CORRECT})
"""What is decided in words."""


def describe_markup(decision: Decision) -> str | None:
    """Return what readers see of tags or escapes in what a decision has them read, None where it has none."""
    texts = (decision.value if decision.verb in _TEXTS else None, decision.public_reason)
    found = [match[0] for text in texts if text for match in _MARKUP.finditer(text)]
    if not found:
        return None
    return f"readers see {show(found[0])} as it is written: titles, texts and reasons are plain text"
