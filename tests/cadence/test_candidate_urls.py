"""Where a feed may be that is not where one looked."""

import pytest

from aggregator.cadence import interpret_address, is_comment_feed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://a.example/feed.xml", ["https://a.example/feed.xml"]),
        ("HTTP://a.example/Feed", ["http://a.example/Feed"]),
        ("a.example/feed", ["https://a.example/feed", "http://a.example/feed"]),
        ("//a.example/feed", ["https://a.example/feed", "http://a.example/feed"]),
        ("localhost:8000/feed", ["https://localhost:8000/feed", "http://localhost:8000/feed"]),
        ("feed://a.example/rss", ["https://a.example/rss", "http://a.example/rss"]),
        ("feed:https://a.example/rss", ["https://a.example/rss"]),
        ("feed:a.example/rss", ["https://a.example/rss", "http://a.example/rss"]),
        ("feed://http://a.example/rss", ["http://a.example/rss"]),
        ("web+feed:https://a.example/rss", ["https://a.example/rss"]),
        ("RSS://a.example/rss", ["https://a.example/rss", "http://a.example/rss"]),
        ("itpc://a.example/pod", ["https://a.example/pod", "http://a.example/pod"]),
        ("view-source:https://a.example/rss", ["https://a.example/rss"]),
        ("https:/a.example/rss", ["https://a.example/rss"]),
        ("http:a.example/rss", ["http://a.example/rss"]),
        ("https//a.example/rss", ["https://a.example/rss"]),
        ("https.example/rss", ["https://https.example/rss", "http://https.example/rss"]),
        (" <https://a.example/rss>\n", ["https://a.example/rss"]),
        ("„https://a.example/rss“", ["https://a.example/rss"]),
        ("münchen.example/x?a=b:c", ["https://münchen.example/x?a=b:c", "http://münchen.example/x?a=b:c"]),
        ("[::1]:81/feed", ["https://[::1]:81/feed", "http://[::1]:81/feed"]),
        ("", []),
        ("feed://", []),
        ("https://", []),
        ("ftp://a.example/feed", []),
        ("mailto:ann@a.example", []),
        ("file:///home/ann/feed.xml", []),
        ("./feed.xml", []),
        ("/home/ann/feed.xml", []),
        ("C:\\feeds\\one.xml", []),
        ("a feed about robots", []),
        ("https://a.example:0/", []),
        ("https://[a/", []),
    ],
)
def test_what_people_type_is_taken_as_they_mean_it(text, expected):
    """Schemes for readers, and addresses without one, become web addresses; what is none becomes nothing."""
    assert list(interpret_address(text)) == expected


def test_comments_are_told_apart():
    """Blogs name the feed of their comments beside that of their posts."""
    urls = ["https://a.example/comments/feed", "https://a.example/feed", "https://b.example/CommentFeed.xml"]
    assert [is_comment_feed(url) for url in urls] == [True, False, True]
