"""What the jobs that ask publishers for something work with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.pipeline.page_share import ALL_PAGES, PageShare
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.store import Store

if TYPE_CHECKING:  # their libraries are for those who fetch
    from aggregator.fetch.feed import Fetcher
    from aggregator.fetch.pages import PageFetcher

Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchContext:
    """The configuration, who fetches, and the time: enough to look something up that is not stored.

    ``pages`` fetches articles' pages; None: none are read.
    """

    rules: Rules
    fetcher: "Fetcher"
    clock: Clock
    pages: "PageFetcher | None" = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Context(FetchContext):
    """The same, and the store; made anew when the configuration changes.

    ``page_share`` says which of the articles' pages are read here.
    """

    store: Store
    page_share: PageShare = ALL_PAGES

    def look_at_site(self) -> Site:
        """Return the site as it is now."""
        return Site(rules=self.rules, store=self.store, now=self.clock())
