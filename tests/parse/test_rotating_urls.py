"""Addresses that change although nothing else does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model import Image, Known
from aggregator.parse.identity.identity import resolve_articles
from aggregator.text import title_key
from tests.builders import article

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def story_at(url, *, picture="https://img.example/a.jpg", **changes):
    """Return the story that stays as it stands at an address."""
    values = {
        "title": "A story that stays", "excerpt": "Words that stay as they are.", "stated_at": NOW,
        "canonical_url": url.replace("http://", "https://"), "original_url": url, "web_url": url,
        "images": (Image(url=picture),),
    }  # fmt: skip
    return article(at=NOW, **{**values, **changes})


def poll_each(*articles, every=timedelta(hours=1)):
    """Poll documents of one entry each; return the article, its addresses that are known, and when it was edited."""
    stored, sightings, urls, edits = {}, {}, {}, []
    for number, seen in enumerate(articles):
        known = Known(
            sightings=tuple(sightings.values()), urls=urls, articles=stored,
            titles={(a.provider.domain, title_key(a.title)): (a,) for a in stored.values()},
        )  # fmt: skip
        now = NOW + number * every
        changes = resolve_articles([seen], known, now=now)
        stored = {**stored, **{a.id: a for a in (*changes.inserted, *changes.updated)}}
        sightings |= {s.article_id: s for s in changes.sightings}
        urls = {**urls, **changes.urls}
        edits += [number for a in changes.updated if a.updated_at == now]
    (only,) = stored.values()
    return only, sorted(urls), edits


@pytest.mark.parametrize(
    "rotating",
    [
        "https://daily.example/s;jsessionid=T{}?id=1", "https://daily.example/s?sid={}&id=1",
        "https://daily.example/(S(abc{}))/a.aspx", "https://daily.example/t{}/a.html",
        "https://daily.example/a?access_token=xyz{}", "https://daily.example/r/9f{}c0ffee12ab34cd/a.html",
    ],
)  # fmt: skip
@pytest.mark.parametrize("has_id", [True, False])
def test_a_token_in_an_address_is_no_edit(rotating, has_id):
    """The first address is kept from the first change on, and no other is remembered."""
    ids = {"entry_id": "guid"} if has_id else {"entry_id": None}
    first, urls, edits = poll_each(*(story_at(rotating.format(n), **ids) for n in range(1, 6)))
    assert first.web_url == first.original_url == rotating.format(1)
    assert edits == []
    assert len(urls) == 1


def test_an_address_that_changes_all_the_time_is_noticed():
    """Words that rotate look like a move, once."""
    names = ("alpha", "beta", "gamma", "delta", "epsilon")
    polled = [story_at(f"https://daily.example/{name}/a") for name in names]
    stored, urls, edits = poll_each(*polled)
    assert stored.web_url == "https://daily.example/beta/a"
    assert edits == [1]
    assert len(urls) == 2
    assert poll_each(*polled, every=timedelta(days=1))[2] == [1]


def test_a_move_is_taken_up():
    """An address that changes once, and again much later or with the words, is where the article is now."""
    old, new, newer = (
        story_at(f"https://daily.example/{name}/the-story") for name in ("old", "new", "newer")
    )
    assert poll_each(old, new, new)[0].web_url == new.web_url
    assert poll_each(old, new, newer, every=timedelta(days=4))[0].web_url == newer.web_url
    assert poll_each(old, new, replace(newer, title="A story that moves"))[0].web_url == newer.web_url


def test_http_and_https_in_turn_are_one_address():
    """Readers are led to https once it was stated, and nothing moves."""
    http, https = story_at("http://daily.example/a"), story_at("https://daily.example/a")
    for polled in ((http, https, http, https), (https, http, https)):
        stored, urls, edits = poll_each(*polled)
        assert stored.web_url == stored.original_url == "https://daily.example/a"
        assert (len(urls), edits) == (1, [])


def test_what_the_page_said_of_its_address_stays_while_the_source_says_the_same():
    """An edited title does not lead readers back to the source's own form of the link."""
    first = story_at("https://daily.example/a?from=front")
    known = Known(
        sightings=resolve_articles([first], Known(), now=NOW).sightings,
        articles={first.id: replace(first, web_url="https://daily.example/a", origins={"web_url": "page"})},
    )
    (edited,) = resolve_articles([replace(first, title="Edited")], known, now=NOW).updated
    assert (edited.title, edited.web_url) == ("Edited", "https://daily.example/a")


@pytest.mark.parametrize(
    "picture",
    [
        "https://img.example/t{}/a.jpg",
        "https://img.example/9f{}c0ffee12ab34cd/a.jpg",
        "https://img.example/a.jpg?s={}",
    ],
)
def test_a_picture_whose_path_rotates_is_no_edit(picture):
    """A copy under another path is the same picture to readers."""
    polled = (story_at("https://daily.example/a", picture=picture.format(n)) for n in range(1, 5))
    assert poll_each(*polled)[2] == []


def test_another_picture_is_an_edit():
    """Once; one that is another each time is shown as it is."""
    polled = [
        story_at("https://daily.example/a", picture=f"https://img.example/{n}.jpg")
        for n in ("x", "y", "z", "w")
    ]
    stored, _, edits = poll_each(*polled)
    assert edits == [1]
    assert stored.images[0].url == "https://img.example/y.jpg"
