"""The pages of the desk, each read from the store and shown by a template; and what is behind its door."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aggregator.desk.answers import DeskAct, Fields, Shown
from aggregator.desk.pages.overview import show_overview
from aggregator.desk.pages.source import show_source
from aggregator.desk.pages.sources import show_sources
from aggregator.desk.pages.topics import show_topics
from aggregator.desk.site import DeskSite

Show = Callable[[DeskSite, Fields], Mapping[str, object]]
PAGES: Mapping[str, tuple[str, Show]] = {
    "": ("overview.html", show_overview),
    "source": ("source.html", show_source),
    "sources": ("sources.html", show_sources),
    "topics": ("topics.html", show_topics),
}
"""By name: the template, and what reads what it shows."""
ACTS: Mapping[str, DeskAct] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """The pages of a site, and their acts."""

    site: DeskSite

    def show(self, page: str, asked: Fields) -> Shown | None:
        """Return a page, None where there is none; raises AggregatorError."""
        found = PAGES.get(page)
        if found is None:
            return None
        template, show = found
        values = {"place": page or "./", "now": self.site.read_time(), **show(self.site, asked)}
        return Shown(template=template, values=values)

    def find_act(self, page: str) -> DeskAct | None:
        """Return what is done with the forms of a page, None where it has none."""
        return ACTS.get(page)


def make_desk(site: DeskSite) -> Desk:
    """Return what is behind the door of a site's desk."""
    return Desk(site=site)
