"""How wishes of publishers weigh on quality, and what changes when the operator's word does."""

from pathlib import Path

import pytest

from aggregator.config import Config, Settings
from aggregator.model import Wishes, revise
from aggregator.rules import Rules
from tests.builders import NOW, article, image, provider, source, topic

PERMITTED = (provider("daily.example", is_reuse_granted=True),)
COMPLETE = article(
    title="Machine learning finds a comet", excerpt="It was thought to be lost. " * 5, authors=("Ann",),
    provider=provider("daily.example"), stated_at=article().published_at,
)  # fmt: skip


def rules(*, noindex=True, providers=()):
    """Return rules with one topic."""
    return Rules.of(
        Config(
            folder=Path(),
            settings=Settings(publish={"noindex": noindex}),
            sources=(source("daily"),),
            topics=(topic("ml", keywords=("machine learning",)),),
            providers=providers,
        ),
        {},
    )


@pytest.mark.parametrize(
    ("wishes", "noindex", "parts"),
    [
        (Wishes(), True, {"excerpt": 18, "image": 3}),
        (Wishes(excerpt_chars=0), True, {"excerpt": 0, "image": 3}),
        (Wishes(excerpt_chars=40), True, {"excerpt": 7, "image": 3}),
        (Wishes(excerpt_chars=90), True, {"excerpt": 18, "image": 3}),
        (Wishes(picture="none"), True, {"excerpt": 18, "image": 0}),
        (Wishes(may_index=False), True, {"excerpt": 18, "image": 3}),
        (Wishes(may_index=False), False, {"excerpt": 18, "image": 3, "noindex": -100}),
    ],
)
def test_quality_is_that_of_what_is_shown(wishes, noindex, parts):
    """What the article is about is still found by all of its text."""
    given = revise(COMPLETE, wishes=wishes, images=(image("p"),))
    judged = rules(noindex=noindex).judge(given, ("daily",), now=NOW)
    assert {k: v for k, v in judged.quality_parts.items() if k in ("excerpt", "image", "noindex")} == parts
    assert (judged.topics, judged.excerpt) == (("ml",), COMPLETE.excerpt)


def test_a_permission_counts_as_long_as_it_is_configured():
    """Given, the article is judged by all of it; taken back with the publisher's entry, as its page wishes."""
    given = revise(COMPLETE, wishes=Wishes(excerpt_chars=0, may_index=False))
    permitting, strict = rules(noindex=False, providers=PERMITTED), rules(noindex=False)
    assert permitting.digest != strict.digest
    free = permitting.judge_again(given, ("daily",), now=NOW)
    assert (free.provider.is_reuse_granted, free.is_published) == (True, True)
    bound = strict.judge_again(free, ("daily",), now=NOW)
    assert (bound.provider.is_reuse_granted, bound.is_published) == (False, False)


def test_the_setting_on_noindex_has_everything_judged_again():
    """A digest of rules differs where an article could be judged in another way."""
    assert rules(noindex=True).digest != rules(noindex=False).digest
