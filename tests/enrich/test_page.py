"""What a page adds to an article, and whose page says nothing of it."""

import pytest

from aggregator.enrich.page import fill_from_page
from aggregator.html import Head
from tests.builders import NOW, article, provider


@pytest.mark.parametrize(
    ("canonical", "origin", "excerpt"),
    [
        (None, "entry", None),
        ("https://news.google.com/rss/articles/A", "entry", None),
        ("https://www.journal.com/bridge", "entry", "What the page says of the bridge."),
        (None, "feed", "What the page says of the bridge."),
    ],
)
def test_an_aggregators_page_says_nothing_of_the_article(canonical, origin, excerpt):
    """Where the entry names its publisher, only a page of that publisher fills gaps, or names it."""
    given = article(
        provider=provider("journal.com", name="The Journal"),
        web_url="https://news.google.com/rss/articles/A",
        origins={"provider": origin},
    )
    head = Head(canonical=canonical, description="What the page says of the bridge.", site_name="Google News")
    filled = fill_from_page(given, head, now=NOW, was_shown=True)
    assert filled.excerpt == excerpt
    assert filled.provider.name == "The Journal"


@pytest.mark.parametrize(("anchor", "kept"), [("#comment-12", "#comment-12"), ("#rss", ""), ("", "")])
def test_a_comment_keeps_its_address(anchor, kept):
    """The page that a comment stands on names the address of the post."""
    post = "https://journal.com/bridge"
    given = article(provider=provider("journal.com"), web_url=f"{post}{anchor}")
    assert fill_from_page(given, Head(canonical=post), now=NOW, was_shown=True).web_url == post + kept
