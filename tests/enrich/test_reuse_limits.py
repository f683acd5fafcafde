"""What of an article is shown and kept, as its publisher wishes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.enrich.page import set_wishes
from aggregator.enrich.reuse_limits import find_limits, format_wishes, limit_reuse, may_copy_pictures
from aggregator.enrich.reuse_wishes import parse_wishes
from aggregator.html import Head
from aggregator.model import NO_WISHES, Wishes, revise
from tests.builders import NOW, article, image, provider

TEXT = "A comet that nobody had seen for two hundred years is back, astronomers say."
FULL = article(excerpt=TEXT, images=(image("a"),), featured_content="<iframe></iframe>")
WISHES = st.builds(
    Wishes,
    excerpt_chars=st.none() | st.integers(0, 10**9 - 1),
    picture=st.sampled_from(["none", "standard", "large"]),
    may_embed=st.booleans(),
    may_archive=st.booleans(),
    may_index=st.booleans(),
    unavailable_at=st.none() | st.datetimes(timezones=st.just(UTC)),
)


@pytest.mark.parametrize(
    ("wishes", "shown"),
    [
        (NO_WISHES, {}),
        (Wishes(excerpt_chars=0), {"excerpt": None}),
        (Wishes(excerpt_chars=1), {"excerpt": None}),
        (Wishes(excerpt_chars=20), {"excerpt": "A comet that nobody…"}),
        (Wishes(excerpt_chars=len(TEXT)), {}),
        (Wishes(picture="none"), {"images": ()}),
        (Wishes(picture="standard", may_archive=False, may_index=False), {}),
        (Wishes(may_embed=False), {"featured_content": None}),
    ],
)
def test_what_is_shown_is_what_the_page_allows(wishes, shown):
    """An excerpt is cut at a word, and the ellipsis counts; nothing else of the article changes."""
    given = revise(FULL, wishes=wishes)
    assert limit_reuse(given) == revise(given, **shown)


@pytest.mark.parametrize(
    "free",
    [
        {"provider": provider("daily.example", is_reuse_granted=True)},
        {"imported": {"record": {}, "newline": "\n"}},
    ],
)
def test_a_permission_outweighs_the_page(free):
    """So does a record that was imported as it is."""
    wishes = Wishes(excerpt_chars=0, picture="none", may_embed=False, may_archive=False, may_index=False)
    given = revise(FULL, wishes=wishes, **free)
    assert limit_reuse(given) is given
    assert may_copy_pictures(given)
    assert find_limits(given) is NO_WISHES


@pytest.mark.parametrize(
    ("wishes", "is_copied"),
    [
        (NO_WISHES, True),
        (Wishes(excerpt_chars=0), True),
        (Wishes(may_archive=False), False),
        (Wishes(picture="standard"), False),
        (Wishes(picture="none"), False),
    ],
)
def test_copies_are_kept_of_pictures_that_may_be_large_and_archived(wishes, is_copied):
    """A copy is about as large as its picture."""
    assert may_copy_pictures(revise(FULL, wishes=wishes)) == is_copied


@given(WISHES, st.text(max_size=60))
def test_no_excerpt_is_longer_than_wished(wishes, text):
    """Whatever it holds; and of nothing that is left out is anything shown."""
    shown = limit_reuse(revise(FULL, excerpt=text, wishes=wishes)).excerpt
    assert shown is None or wishes.excerpt_chars is None or len(shown) <= wishes.excerpt_chars


@given(WISHES)
def test_wishes_are_told_as_publishers_write_them(wishes):
    """What is told is read as the same wishes."""
    assert parse_wishes([("robots", ", ".join(format_wishes(wishes)))], "", robot="aggregator") == wishes


@pytest.mark.parametrize(
    ("wishes", "was_shown", "moves"),
    [
        (Wishes(excerpt_chars=9), True, True),
        (Wishes(excerpt_chars=9), False, False),
        (Wishes(excerpt_chars=900), True, False),
        (Wishes(may_archive=False), True, False),
        (NO_WISHES, True, False),
    ],
)
def test_readers_who_were_shown_more_see_an_update(wishes, was_shown, moves):
    """Where they were shown nothing yet, or see no difference, nothing was updated."""
    later = datetime(2030, 1, 1, tzinfo=UTC)
    found = set_wishes(FULL, wishes, Head(), now=later, was_shown=was_shown)
    assert found == revise(FULL, wishes=wishes, updated_at=later if moves else FULL.updated_at)


def test_the_page_of_an_aggregator_wishes_nothing():
    """It only leads to the publisher."""
    given = article(
        provider=provider("journal.com"),
        web_url="https://news.google.com/rss/articles/A",
        origins={"provider": "entry"},
    )
    assert set_wishes(given, Wishes(excerpt_chars=0), Head(), now=NOW, was_shown=True) is given
