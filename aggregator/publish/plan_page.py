"""A page in HTML that shows how feeds would differ: for an editor, not part of the published tree."""

from collections.abc import Sequence

from aggregator.model.feed_differences import FeedDifference, StoryDifference
from aggregator.publish.site import load_templates


def render_plan_page(
    title: str,
    summary: Sequence[str],
    feeds: Sequence[FeedDifference],
    stories: Sequence[StoryDifference],
) -> bytes:
    """Return a page with a line for each of ``summary`` and a section for each feed; it loads nothing.

    Then come the ``stories`` that are shown otherwise.
    """
    template = load_templates().get_template("plan.html")
    html = template.render(title=title, summary=summary, feeds=feeds, stories=stories)
    return f"{html}\n".encode("utf-8", "replace")
