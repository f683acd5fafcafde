"""A page in HTML that shows how feeds would differ: for an editor, not part of the published tree."""

from collections.abc import Sequence

from aggregator.model.feed_differences import FeedDifference
from aggregator.publish.site import load_templates


def render_plan_page(title: str, summary: Sequence[str], feeds: Sequence[FeedDifference]) -> bytes:
    """Return a page with a line for each of ``summary`` and a section for each feed; it loads nothing."""
    html = load_templates().get_template("plan.html").render(title=title, summary=summary, feeds=feeds)
    return f"{html}\n".encode("utf-8", "replace")
