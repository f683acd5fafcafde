"""A story as it is shown: its lead, who else covers the event, and what is related."""

from dataclasses import dataclass
from datetime import datetime

from aggregator.model import Article


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryView:
    """A story: its ``lead``, the ``others`` (best first), and ``related`` articles of other stories.

    ``publishers`` are counted by domain, ``independent`` are those with words of their own. ``news_at`` is
    when it last had something new to say, by which it stands in feeds; ``updated_at`` is later where its lead
    was changed since, or an article corrected.
    """

    id: str
    lead: Article
    others: tuple[Article, ...] = ()
    related: tuple[Article, ...] = ()
    publishers: int = 1
    independent: int = 1
    published_at: datetime
    news_at: datetime
    updated_at: datetime

    @property
    def articles(self) -> tuple[Article, ...]:
        """Return all its articles, the lead first."""
        return (self.lead, *self.others)
