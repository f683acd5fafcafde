"""Whose an address is, where one host publishes for many."""

import pytest

from aggregator.parse.people.publishers import ANYBODY, find_publisher_at


@pytest.mark.parametrize(
    ("url", "publisher"),
    [
        ("https://github.com/Owner/one/releases/tag/v1", "github.com/owner/one"),
        ("https://gitlab.com/group/sub/one/-/releases/v1", "gitlab.com/group/sub/one"),
        ("https://git.example.org/owner/one/releases/tag/v1", "git.example.org/owner/one"),
        ("https://sourceforge.net/projects/one/files/1.2", "sourceforge.net/projects/one"),
        ("https://git.example.org/owner/one/issues/7", "git.example.org/owner/one"),
        ("https://git.example.org/owner/one/pulls/7#comment-1", "git.example.org/owner/one"),
        ("https://shows.acast.com/one/episodes/five", "acast.com/one"),
        ("https://omny.fm/shows/one/five", "omny.fm/shows/one"),
        ("https://old.reddit.com/r/Python/comments/1/x", "reddit.com/r/python"),
        ("https://medium.com/@ann/hello-1", "medium.com/@ann"),
        ("https://ann.medium.com/hello-1", "ann.medium.com"),
        ("https://dev.to/ann/hello", "dev.to/ann"),
        ("https://ann.tumblr.com/post/1", "ann.tumblr.com"),
        ("https://tumblr.com/ann/1", "tumblr.com/ann"),
        ("https://ann.github.io/x", "ann.github.io"),
        ("https://social.example/@ann/1", "social.example/@ann"),
        ("https://lemmy.example/c/news", "lemmy.example/c/news"),
        ("https://store.steampowered.com/news/app/10/view/3", "steampowered.com/news/app/10"),
    ],
)
def test_a_host_of_many_publishers(url, publisher):
    """The owner or project, where the address tells."""
    assert find_publisher_at(url) == publisher


@pytest.mark.parametrize(
    "url",
    ["https://www.buzzsprout.com/1111/episodes/2222-five", "https://youtube.com/watch?v=1", "https://vimeo.com/123", "https://medium.com/p/1", "https://lemmy.example/post/1",
     "https://news.google.com/rss/articles/1", "https://feeds.feedburner.com/a"],
)  # fmt: skip
def test_an_address_that_does_not_tell(url):
    """It may be anybody's there."""
    assert find_publisher_at(url) == ANYBODY


@pytest.mark.parametrize(
    "url", ["https://daily.example/a/b", "https://m.daily.example/a", "", "http://[", "urn:x"]
)
def test_a_host_of_one_publisher(url):
    """Its domain is its publisher's own."""
    assert find_publisher_at(url) is None
