"""When a source is said to be somebody else's, and when too little is known to say so."""

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model import SourceState
from aggregator.parse import SourceChange, describe_takeover
from tests.builders import article, provider

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def articles(n, *, start=0, site="daily.example", every=HOUR, seen_at=None, **changes):
    """Return ``n`` articles of one site, the newest first, each an hour and an update of its own apart."""
    found = []
    for age in range(start, start + n):
        at = NOW - every * age
        values = {
            "source_id": "s", "provider": provider(site), "title": f"Story number {age}",
            "first_seen_at": seen_at or at, "canonical_url": f"{site}/{age}", "web_url": f"https://{site}/{age}",
            "language": "en", "authors": ("Ann Lee",),
        }  # fmt: skip
        found.append(article(age, at=at, **{**values, **changes}))
    return tuple(found)


def make_change(new, recent, *, left=True, elapsed=HOUR, title="Daily", was="Daily"):
    """Return what arrived; with ``left`` the known entries are still in the document."""
    before = SourceState(source_id="s", title=was, first_polled_at=NOW - timedelta(days=300))
    after = SourceState(source_id="s", title=title)
    seen = (*new, *recent) if left else new
    return SourceChange(new=new, seen=seen, recent=recent, elapsed=elapsed, before=before, after=after)


KNOWN = articles(20, start=100)


def test_more_of_the_same_is_no_difference():
    """New articles of the same site, language and people."""
    assert describe_takeover(make_change(articles(5), KNOWN)) is None


@pytest.mark.parametrize(("new", "known", "is_told"), [(3, 5, True), (2, 20, False), (20, 4, False)])
def test_little_says_nothing(new, known, is_told):
    """Fewer than three new ones, or fewer than five known ones, are nobody's identity."""
    strange = articles(new, site="spam.example")
    assert (describe_takeover(make_change(strange, KNOWN[:known])) is not None) is is_told


@pytest.mark.parametrize(("elsewhere", "is_told"), [(4, True), (3, False)])
def test_most_links_must_lead_elsewhere(elsewhere, is_told):
    """Four of five do, three of five do not."""
    new = (*articles(elsewhere, site="spam.example"), *articles(5 - elsewhere, start=50))
    assert (describe_takeover(make_change(new, KNOWN)) is not None) is is_told


def test_a_collection_of_links_may_link_anywhere():
    """A source that links to many domains is not held for one more."""
    collected = tuple(a for n in range(10) for a in articles(1, start=100 + n, site=f"site-{n}.example"))
    assert describe_takeover(make_change(articles(5, site="new.example"), collected)) is None


def test_another_host_of_the_same_domain_is_the_same():
    """``www`` and sections on hosts of their own belong to whoever registered the domain."""
    known = articles(20, start=100, site="www.example.org")
    assert describe_takeover(make_change(articles(5, site="sport.example.org"), known)) is None


@pytest.mark.parametrize(("language", "is_told"), [("de", True), ("en-gb", False), (None, False)])
def test_another_language_is_reported_but_not_another_region(language, is_told):
    """``en`` and ``en-gb`` are one; no statement is none."""
    assert (describe_takeover(make_change(articles(5, language=language), KNOWN)) is not None) is is_told


def test_a_source_of_two_languages_may_use_both():
    """Where the known ones differ there is no language that could change."""
    mixed = (*articles(10, start=100), *articles(10, start=200, language="fr"))
    assert describe_takeover(make_change(articles(5, language="de"), mixed)) is None


def test_the_scripts_of_japanese_are_one():
    """A title in kana after titles in kanji is still Japanese."""
    known = articles(10, start=100, title="日本経済新聞社")
    assert describe_takeover(make_change(articles(5, title="ひらがなのニュース"), known)) is None
    assert describe_takeover(make_change(articles(5, title="Win a thousand coins"), known)) is not None


def test_everything_replaced_is_reported_for_the_time_that_passed():
    """Thirty new ones within an hour are; after a month of failures they are the month's work."""
    known = articles(20, start=100, every=timedelta(hours=10))
    assert "none is left" in describe_takeover(make_change(articles(30), known, left=False))
    assert describe_takeover(make_change(articles(30), known, left=False, elapsed=timedelta(days=30))) is None


def test_a_source_that_publishes_once_a_day_all_at_once_is_itself():
    """Its batches replace each other every day, as they always did."""
    batches = [articles(16, start=100 * n, seen_at=NOW - timedelta(days=n)) for n in (1, 2, 3)]
    known = tuple(article for batch in batches for article in batch)
    assert describe_takeover(make_change(articles(18), known, left=False)) is None


def test_a_source_that_was_seen_once_has_no_rhythm_yet():
    """What a new source showed first was the work of years or of a day: nothing surprises after it."""
    known = articles(20, start=100, seen_at=NOW - timedelta(days=1))
    assert describe_takeover(make_change(articles(100), known, left=False)) is None


@pytest.mark.parametrize(("backlog", "is_told"), [(False, True), (True, False)])
def test_a_flood_is_reported_unless_it_is_old(backlog, is_told):
    """A hundred fresh entries where three would be usual; an archive floods nothing."""
    known = articles(20, start=100, every=timedelta(hours=10))
    reported = describe_takeover(make_change(articles(100, is_backlog=backlog), known))
    assert (reported is not None) is is_told


def test_two_hints_together_are_enough():
    """Other people, or another name, happen; both at once are another source."""
    strangers = articles(5, authors=("Bob Roe",))
    assert describe_takeover(make_change(strangers, KNOWN)) is None
    assert describe_takeover(make_change(articles(5), KNOWN, title="Win Now")) is None
    assert describe_takeover(make_change(strangers, KNOWN, title="Win Now")) == (
        "nobody who wrote its new entries wrote for it before; it calls itself 'Win Now', not Daily"
    )


def test_a_source_of_many_authors_has_no_circle():
    """Where nearly every article has an author of its own, new names say nothing."""
    known = tuple(a for n in range(20) for a in articles(1, start=100 + n, authors=(f"Author {n}",)))
    assert describe_takeover(make_change(articles(5, authors=("Bob Roe",)), known, title="Win Now")) is None


def test_what_a_source_calls_itself_is_shown_safely():
    """A name with control characters does not reach the operator's terminal as such, nor at full length."""
    reported = describe_takeover(
        make_change(articles(5, site="spam.example"), KNOWN, title="\x1b[2J" + "x" * 500)
    )
    assert reported.isprintable()
    assert len(reported) < 250
