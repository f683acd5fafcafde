"""The pages of the desk and its acts by their names."""

from collections.abc import Callable, Mapping
from functools import partial

from aggregator.desk.acts import accept_address, answer_review
from aggregator.desk.answers import DeskAct, Fields, ShownPage
from aggregator.desk.deciding import Deciding
from aggregator.desk.pages.article import show_article
from aggregator.desk.pages.decisions import show_decide, show_decisions
from aggregator.desk.pages.overview import show_overview
from aggregator.desk.pages.review import show_review
from aggregator.desk.pages.source import show_source
from aggregator.desk.pages.sources import show_sources
from aggregator.desk.pages.stories import show_stories, show_story
from aggregator.desk.pages.topics import show_topics
from aggregator.desk.site import DeskSite

Show = Callable[[DeskSite, Fields], Mapping[str, object]]
PAGES: Mapping[str, tuple[str, Show]] = {
    "": ("overview.html", show_overview),
    "article": ("article.html", show_article),
    "decide": ("decide.html", show_decide),
    "decisions": ("decisions.html", show_decisions),
    "review": ("review.html", show_review),
    "source": ("source.html", show_source),
    "sources": ("sources.html", show_sources),
    "stories": ("stories.html", show_stories),
    "story": ("story.html", show_story),
    "topics": ("topics.html", show_topics),
}
"""By name: the template, and what reads what it shows."""
PLACES = {"source": "sources", "article": "stories", "story": "stories", "decide": "decisions"}
"""Pages that are found below others."""
ACT_WITHIN_S = 60.0
PREVIEW_WITHIN_S = 300.0
"""A plan of a large store takes half a minute."""


class Desk:
    """The pages of a site, and their acts."""

    def __init__(self, site: DeskSite) -> None:
        self._site = site
        deciding = Deciding(site=site)
        self._acts = {
            "decide": DeskAct(function=deciding.preview, within_s=PREVIEW_WITHIN_S),
            "confirm": DeskAct(function=deciding.confirm, within_s=PREVIEW_WITHIN_S),
            "move": DeskAct(function=partial(accept_address, site), within_s=ACT_WITHIN_S),
            "review": DeskAct(function=partial(answer_review, site), within_s=ACT_WITHIN_S),
        }

    def show(self, page: str, asked: Fields) -> ShownPage | None:
        """Return a page, None where there is none; raises AggregatorError."""
        found = PAGES.get(page)
        if found is None:
            return None
        template, show = found
        values = {"place": PLACES.get(page, page or "./"), "now": self._site.read_time()}
        return ShownPage(template=template, values={**values, **show(self._site, asked)})

    def find_act(self, page: str) -> DeskAct | None:
        """Return what is done with the forms of a page, None where it has none."""
        return self._acts.get(page)


def make_desk(site: DeskSite) -> Desk:
    """Return the pages of a site's desk."""
    return Desk(site)
