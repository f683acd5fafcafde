"""A plan: the store is copied, and what is planned is taken up there by the code of a publication."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.config import Config
from aggregator.curate.judgement_reach import Judging
from aggregator.model.curation import EditorRule
from aggregator.model.feed_differences import FeedDifference, HeadDifference, ItemChange, StoryDifference
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.plan.comparison import compare_feeds
from aggregator.pipeline.plan.feed_heads import compare_heads
from aggregator.pipeline.plan.reasons import ChangedItems
from aggregator.pipeline.plan.shown_items import read_planned, read_shown
from aggregator.pipeline.plan.story_differences import compare_stories, find_asked, read_shown_stories
from aggregator.pipeline.plan.taken_in import note_taken_in
from aggregator.pipeline.publish.changes import take_up_changes
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.store import (
    Store,
    copy_store,
    count_articles,
    read_former_sources,
    sync_sources,
)
from aggregator.stories.editor_decisions import StoryDecisions

STEPS = ("copy the store", "arrange what is in force", "arrange what is planned", "explain")
OnStep = Callable[[str], None]
"""Called with each of ``STEPS`` when it begins."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedPlan:
    """What another configuration would change at ``at``, of so many stored ``articles``.

    ``feeds`` are those that differ, ``all`` first.
    ``stories`` are those that editors would have lead or related otherwise, ``heads`` what feeds would say
    otherwise of themselves.
    """

    at: datetime
    articles: int
    feeds: tuple[FeedDifference, ...]
    stories: tuple[StoryDifference, ...] = ()
    heads: tuple[HeadDifference, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing would change."""
        return not self.feeds and not self.stories and not self.heads

    def select(self, is_wanted: Callable[[ItemChange], bool]) -> "FeedPlan":
        """Return the plan with those changes of items alone that are wanted."""
        cut = (
            replace(
                one,
                entering=tuple(filter(is_wanted, one.entering)),
                leaving=tuple(filter(is_wanted, one.leaving)),
                moving=tuple(filter(is_wanted, one.moving)),
                changing=tuple(filter(is_wanted, one.changing)),
            )
            for one in self.feeds
        )
        return replace(self, feeds=tuple(one for one in cut if one.changes))


def make_plan(
    url: str,
    *,
    before: Config | None,
    after: Config,
    now: datetime,
    on_step: OnStep = lambda _: None,
) -> FeedPlan:
    """Return what feeds of the store at ``url`` would show by ``after`` that they do not show by ``before``.

    ``before`` None: what is in force is not known, and feeds count as showing what is arranged. Nothing is
    changed, in the store or the published tree. Raises StoreError where the store cannot be copied.
    """
    on_step(STEPS[0])
    with copy_store(url) as store:
        on_step(STEPS[1])
        rules = _make_rules(before or after, store)
        in_force = Site(rules=rules, store=store, now=now)
        StoryDesk().group_site(in_force)
        if before is not None:
            take_up_changes(in_force)
        shown = read_shown(in_force)
        planned_choices = StoryDecisions(after.decisions).list_choices(now)
        asked = find_asked(rules.stories.decisions.list_choices(now), planned_choices, store)
        told = read_shown_stories(asked, in_force)
        on_step(STEPS[2])
        planned = _take_up(after, in_force)
        found = compare_feeds(shown.ids, *read_planned(shown, rules, planned))
        on_step(STEPS[3])
        items = ChangedItems(
            in_force=rules, planned=planned.rules, store=store, now=now,
            other_rules=_find_other_rules((before or after).rules, after.rules),
        )  # fmt: skip
        return FeedPlan(
            at=now,
            articles=count_articles(store),
            feeds=tuple(note_taken_in(items.explain(found), store)),
            stories=tuple(compare_stories(asked, told, read_shown_stories(asked, planned))),
            heads=tuple(compare_heads(rules, planned.rules)),
        )


def _take_up(config: Config, in_force: Site) -> Site:
    """Arrange the feeds of a store, which is thrown away, by what is planned; return that site."""
    store, now = in_force.store, in_force.now
    sync_sources(store, config.sources, now=now)
    planned = replace(in_force, rules=_make_rules(config, store, former=in_force.rules.judging))
    StoryDesk().group_site(planned)
    take_up_changes(planned, is_trial=True)
    return planned


def _make_rules(config: Config, store: Store, *, former: Judging | None = None) -> Rules:
    return Rules.of(config, read_former_sources(store), former=former)


def _find_other_rules(
    before: Iterable[EditorRule], after: Iterable[EditorRule]
) -> tuple[tuple[EditorRule, ...], tuple[EditorRule, ...]]:
    """Return the rules that differ: as they were, and as they are to be."""
    was, is_ = {rule.id: rule for rule in before}, {rule.id: rule for rule in after}
    return (
        tuple(rule for rule in was.values() if is_.get(rule.id) != rule),
        tuple(rule for rule in is_.values() if was.get(rule.id) != rule),
    )
