"""Decisions that somebody was shown and has not confirmed yet: kept in memory, the last ones."""

import secrets
from dataclasses import dataclass, field

from aggregator.desk.answers import Fields
from aggregator.pipeline.editing.decision_preview import DecisionPreview

MOST = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownDraft:
    """What was shown to ``by``, the form that asked for it, and a digest of the files that it was made by."""

    preview: DecisionPreview
    form: Fields
    digest: bytes
    by: str


@dataclass(kw_only=True, slots=True)
class ShownDrafts:
    """The drafts by their keys; used in one thread at a time."""

    kept: dict[str, ShownDraft] = field(default_factory=dict)

    def keep(self, draft: ShownDraft) -> str:
        """Keep a draft, and return its key."""
        while len(self.kept) >= MOST:
            del self.kept[next(iter(self.kept))]
        key = secrets.token_urlsafe(16)
        self.kept[key] = draft
        return key

    def take(self, key: str) -> ShownDraft | None:
        """Return the draft of a key, once; None where there is none."""
        return self.kept.pop(key, None)
