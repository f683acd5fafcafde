"""What most jobs work on: a site, as it is at one time."""

from dataclasses import dataclass
from datetime import datetime

from aggregator.rules import Rules
from aggregator.store import Store
from aggregator.stories.editor_decisions import StoryChoices


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """The rules that are in force, the store of what is known, and the time that is taken for now.

    ``now`` stays as long as a job takes, so that all it decides is of one time.
    """

    rules: Rules
    store: Store
    now: datetime

    def list_story_choices(self) -> StoryChoices:
        """Return what editors have stories show, by the decisions that count now."""
        return self.rules.stories.decisions.list_choices(self.now)
