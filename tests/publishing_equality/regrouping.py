"""What grouping does to stories: the program's own, and whatever else a store can keep of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from random import Random

from aggregator.model import AnswerKind, Article, Grouping, Member, Story, Stratum
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.site import Site
from aggregator.pipeline.story_decisions import answer_question
from aggregator.store import (
    find_articles_to_group,
    read_last_turn,
    read_members,
    read_story_ids,
    save_answer,
    save_grouping,
    save_questions,
)
from tests.builders import member, story
from tests.publishing_equality.world import World
from tests.stories.answers import make_question

Members = Mapping[str, Sequence[Member]]


def group_articles(world: World, rng: Random) -> None:
    """The program groups what has no story yet."""
    StoryDesk().group_site(Site(rules=world.rules, store=world.store, now=world.now))


def place_articles(world: World, rng: Random) -> None:
    """Articles that have no story yet found stories, or join any."""
    fresh = find_articles_to_group(world.store, rng.randint(1, 4))
    if not fresh:
        return
    since, filled = read_last_turn(world.store), _read_stories(world)
    turn, placed, stories = since, [], {}
    for article in fresh:
        turn += 2
        options = sorted({*filled, *stories} - {article.id})
        story_id = rng.choice(options) if options and rng.random() < 0.5 else article.id
        if story_id == article.id and article.id in filled:
            continue  # the id is taken by a story that its article left
        placed.append(_make_member(article, story_id, turn, world))
        stories[story_id] = _make_story(story_id, turn, world, is_founded=story_id == article.id)
    grouping = Grouping(since_turn=since, stories=tuple(stories.values()), members=tuple(placed))
    save_grouping(world.store, _add_links(grouping, filled, rng))


def merge_stories(world: World, rng: Random) -> None:
    """A story takes in another one."""
    filled = _read_stories(world)
    if len(filled) < 2:
        return
    gone, into = rng.sample(sorted(filled), 2)
    since = read_last_turn(world.store)
    grouping = Grouping(
        since_turn=since,
        stories=(_make_story(into, since + 1, world, is_formed=True),),
        moved=tuple((one.article_id, into) for one in (*filled[gone], *filled[into])),
        merged=((gone, into),),
    )
    save_grouping(world.store, _add_links(grouping, filled, rng))


def part_story(world: World, rng: Random) -> None:
    """A story is parted: one of its articles founds one of its own, or goes to another story."""
    filled = _read_stories(world)
    wide = sorted(story_id for story_id, members in filled.items() if len(members) > 1)
    if not wide:
        return
    story_id = rng.choice(wide)
    leaving = rng.choice(filled[story_id])
    since = read_last_turn(world.store)
    others = sorted(filled.keys() - {story_id})
    to = rng.choice(others) if others and rng.random() < 0.3 else leaving.article_id
    if to == leaving.article_id and to in filled:
        return
    grouping = Grouping(
        since_turn=since,
        stories=(
            _make_story(story_id, since + 1, world, is_formed=True),
            _make_story(to, since + 2, world, is_formed=True),
        ),
        moved=((leaving.article_id, to),),
    )
    save_grouping(world.store, _add_links(grouping, filled, rng))


def link_stories(world: World, rng: Random) -> None:
    """Stories are found to be related."""
    filled = _read_stories(world)
    if len(filled) < 2:
        return
    grouping = Grouping(since_turn=read_last_turn(world.store))
    save_grouping(world.store, _add_links(grouping, filled, rng, often=1.0))


def answer_about_stories(world: World, rng: Random) -> None:
    """Somebody says of two articles whether they tell one story."""
    ids = sorted(one.id for one in world.read_articles())
    if len(ids) < 2:
        return
    kind = rng.choice(list(AnswerKind))
    answer_question(world.store, rng.sample(ids, 2), kind, now=world.now, answered_by="ada")


def judge_pairs(world: World, rng: Random) -> None:
    """Somebody is asked about dozens of pairs of articles of long ago, and answers about most."""
    asked = [
        make_question(f"{rng.random()}", is_together=rng.random() < 0.8, drawn_at=world.now)
        for _ in range(60)
    ]
    sizes = {one.stratum: Stratum(topic="", drawn_at=world.now, name=one.stratum, pairs=99) for one in asked}
    save_questions(world.store, asked, [*sizes.values()])
    for one in rng.sample(asked, rng.choice((30, 55, 59, 60))):
        kind = rng.choice((AnswerKind.SAME, AnswerKind.SAME, AnswerKind.TOPIC, AnswerKind.SKIP))
        save_answer(world.store, (one.article_id, one.other_id), kind, now=world.now, answered_by="ada")


REGROUPINGS: dict[str, Callable[[World, Random], None]] = {
    one.__name__: one
    for one in (
        group_articles,
        place_articles,
        merge_stories,
        part_story,
        link_stories,
        answer_about_stories,
        judge_pairs,
    )
}


def _read_stories(world: World) -> Members:
    ids = read_story_ids(world.store, [one.id for one in world.read_articles()])
    return read_members(world.store, set(ids.values()))


def _make_member(article: Article, story_id: str, turn: int, world: World) -> Member:
    return member(
        article.id, story_id, turn=turn, joined_at=world.now, published_at=article.published_at,
        provider=article.provider.domain, quality=article.quality,
        shared=() if article.id == story_id else ("words",),
    )  # fmt: skip


def _make_story(
    story_id: str, turn: int, world: World, *, is_founded: bool = False, is_formed: bool = False
) -> Story:
    return story(
        story_id, founded=turn if is_founded else 1, turn=turn + 1, last_at=_find_newest(world),
        formed_at=world.now if is_formed else None,
    )  # fmt: skip


def _add_links(grouping: Grouping, filled: Members, rng: Random, often: float = 0.3) -> Grouping:
    if len(filled) < 2 or rng.random() > often:
        return grouping
    pairs = [rng.sample(sorted(filled), 2) for _ in range(rng.randint(1, 2))]
    return replace(grouping, links=tuple((a, b, rng.choice((0.3, 0.6))) for a, b in pairs))


def _find_newest(world: World) -> datetime:
    """Return when the newest article was published, where the clock was set back since; else the time now."""
    return max((world.now, *(article.published_at for article in world.read_articles())))
