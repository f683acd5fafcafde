"""Who leads a story, whose words it has, and what stands beside it."""

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model import Image, Provider
from aggregator.pipeline.story_evaluation import measure_agreement
from aggregator.stories.coverage import cover, rank_related
from tests.builders import article, member, provider

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LONG = tuple(f"term{number}" for number in range(12))


def in_words_of(name, minutes=0, **changes):
    """Return a publisher's article of some minutes past noon."""
    publisher = provider(f"{name.lower().replace(' ', '-')}.example", name=name)
    values = {"id": f"{name}-{minutes}", "provider": publisher, "title": f"As {name} tells it", "quality": 80}
    return article(at=NOON + timedelta(minutes=minutes), **{**values, **changes})


def grouped(of, terms=("alone",), vector=None):
    """Return how an article was grouped."""
    return member(
        of.id,
        "s",
        published_at=of.published_at,
        quality=of.quality,
        terms=tuple(terms),
        vector=vector or {"a": 1.0},
    )


def covered(*articles, terms=None, first=()):
    """Return the coverage of articles that are unlike each other, but for ``terms`` by id."""
    members = {a.id: grouped(a, (terms or {}).get(a.id, (a.id,))) for a in articles}
    return cover("s", articles, members, first=first)


def test_the_lead_is_the_best_then_the_most_complete_then_the_earliest():
    """Quality goes before completeness, completeness before time."""
    plain, better = in_words_of("Alba"), in_words_of("Borealis", 5, quality=90)
    assert covered(plain, better).lead == better
    pictured = in_words_of("Corona", 9, images=(Image(url="https://x.example/1.jpg"),))
    assert covered(plain, pictured).lead == pictured
    assert covered(in_words_of("Dorado", 1), plain).lead == plain


def test_original_reporting_leads_before_copies():
    """A copy of higher quality does not lead."""
    original, copy = (
        in_words_of("Meridian Wire", quality=70),
        in_words_of("Echo", 1, quality=95, credit="Meridian Wire"),
    )
    coverage = covered(original, copy)
    assert coverage.lead == original
    assert (coverage.publishers, coverage.independent) == (2, 1)


def test_a_topics_own_articles_come_first():
    """Where some articles are a topic's own, one of them leads, and they stand before the others."""
    own = [in_words_of("Alba", 5, quality=70), in_words_of("Borealis", 6, quality=71)]
    other = in_words_of("Corona", 1, quality=99)
    coverage = covered(*own, other, first={a.id for a in own})
    assert [a.provider.name for a in coverage.articles] == ["Borealis", "Alba", "Corona"]


@pytest.mark.parametrize(
    "copied",
    [
        {"credit": "Reuters"},
        {"excerpt": "LONDON (Reuters) - The court ruled on Monday."},
        {"excerpt": "PORT ALDER, March 2 (Reuters) — The court ruled."},
        {"authors": ("By Reuters",)},
        {"authors": ("Thomson Reuters",)},
    ],
)
def test_an_agencys_words_are_one_voice(copied):
    """Credit, dateline and byline each tell whose words they are; the agency itself is the same voice."""
    agency, mine = in_words_of("Reuters"), in_words_of("Own Words", 3)
    copies = [in_words_of(name, 1, **copied) for name in ("Echo", "Herald", "Post")]
    coverage = covered(agency, mine, *copies)
    assert (coverage.publishers, coverage.independent) == (5, 2)
    assert {coverage.voices[copy.id] for copy in copies} == {coverage.voices[agency.id]}


@pytest.mark.parametrize(
    "excerpt", ["(Reuters cited a report) that", "Prices (in euros) - rose", "The AP (Reuters) said"]
)
def test_a_mention_is_no_credit(excerpt):
    """Brackets in a sentence are no dateline."""
    assert covered(in_words_of("Alba"), in_words_of("Echo", 1, excerpt=excerpt)).independent == 2


def test_a_family_is_one_voice():
    """Publishers of one owner count once."""
    papers = [
        in_words_of(name, provider=Provider(domain=f"{name}.example", name=name, family="Grand Group"))
        for name in ("north", "south")
    ]
    coverage = covered(*papers, in_words_of("Alba"))
    assert (coverage.publishers, coverage.independent) == (3, 2)


def test_a_copy_whose_original_is_gone_is_no_voice_beside_its_familys_own():
    """As of a wire article that was killed: two papers of one family, one of which copies it, count once."""
    family = {
        name: Provider(domain=f"{name}.example", name=name, family="Press") for name in ("north", "south")
    }
    copy = in_words_of("south", 1, provider=family["south"], credit="Meridian Wire")
    rest = (
        in_words_of("north", 3, provider=family["north"]),
        in_words_of("Alba", 2),
        in_words_of("Corona", 4),
    )
    left = covered(copy, *rest)
    assert (left.publishers, left.independent) == (4, 3)
    assert covered(in_words_of("Meridian Wire"), copy, *rest).independent == 4
    assert covered(copy, *rest[1:]).independent == 3


def test_no_story_has_more_voices_than_publishers():
    """Feeds of one publisher have titles of their own, and one that only copies may copy several others."""
    site = "192.0.2.1"
    feeds = [
        in_words_of(name, minute, provider=Provider(domain=site, name=name))
        for minute, name in enumerate(("Alba", "Borealis", "Corona"))
    ]
    credited = in_words_of("Alba", 8, provider=Provider(domain=site, name="Alba"), credit="Corona")
    coverage = covered(*feeds, credited)
    assert (coverage.publishers, coverage.independent) == (1, 1)
    copies = [in_words_of("Echo", minute, credit=wire) for minute, wire in enumerate(("Reuters", "AFP"))]
    coverage = covered(*copies)
    assert (coverage.publishers, coverage.independent) == (1, 1)


def test_nearly_the_same_words_are_a_copy():
    """The later of two texts that share nearly all their terms repeats the earlier, whoever says so."""
    first, second, other = (
        in_words_of("Alba"),
        in_words_of("Borealis", 5, quality=99),
        in_words_of("Corona", 6),
    )
    terms = {first.id: LONG, second.id: (*LONG[:-1], "another"), other.id: (*LONG[:4], *"abcdefgh")}
    coverage = covered(first, second, other, terms=terms)
    assert coverage.independent == 2
    assert coverage.voices[second.id] == coverage.voices[first.id]
    assert coverage.lead != second


def test_related_are_other_publishers_first_then_the_most_alike():
    """The same publisher's come last; likeness goes before quality, quality before time."""
    mine = in_words_of("Alba")
    own, near = in_words_of("Alba", 1, quality=99), in_words_of("Borealis", 2)
    far, good = in_words_of("Corona", 3, quality=70), in_words_of("Dorado", 4, quality=75)
    weights = [(mine, 1.0), (own, 1.0), (near, 0.9), (far, 0.2), (good, 0.2)]
    members = {a.id: grouped(a, vector={"a": weight}) for a, weight in weights}
    assert rank_related(mine, [own, far, good, near], members) == (near, good, far, own)


def test_agreement_by_hand():
    """BCubed and pairwise figures of a small case, counted by hand."""
    labels = {"1": "a", "2": "a", "3": "a", "4": "b", "5": "b"}
    found = {"1": "x", "2": "x", "3": "y", "4": "y", "5": "z", "noise": "x"}
    got = measure_agreement(found, labels)
    assert got.bcubed_precision == pytest.approx((1 + 1 + 0.5 + 0.5 + 1) / 5)
    assert got.bcubed_recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 / 2 + 1 / 2) / 5)
    assert (got.pair_precision, got.pair_recall) == (pytest.approx(1 / 2), pytest.approx(1 / 4))
    assert (got.stories_found, got.stories_labelled) == (3, 2)
    perfect = measure_agreement(labels, labels)
    assert (perfect.bcubed_f1, perfect.pair_f1) == (1, 1)
    assert measure_agreement({}, {}).bcubed_f1 == 0
