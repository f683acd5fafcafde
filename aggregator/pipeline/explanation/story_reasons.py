"""Why articles are together in a story, and what is not with them, in lines."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice

from aggregator.model import APART, TOGETHER, Article, Member, StoryAnswer, pair_of
from aggregator.model.decisions import Decision
from aggregator.pipeline.idle_decisions import OVER
from aggregator.pipeline.publish.story_relations import find_decided_links
from aggregator.pipeline.site import Site
from aggregator.pipeline.story_decision_targets import find_idle_on_stories
from aggregator.rules import Rules
from aggregator.store import (
    Store,
    read_answers,
    read_members,
    read_related_stories,
    read_stored_articles,
    read_stories,
    read_story_ids,
    stream_members_since,
)
from aggregator.stories.decisions import Decisions
from aggregator.stories.editor_decisions import EditorPair
from aggregator.stories.reasons import (
    SharedGround,
    StoredStory,
    explain_distance,
    explain_pair,
    find_nearest,
)
from aggregator.text import clean_cell

LEAST_SHOWN = 0.05
"""Below this likeness a story is not near another one."""
LOOKED_THROUGH = 20_000
"""Articles that are compared with a story at most, to find what is near it."""


def describe_reasons(
    story_id: str, members: Sequence[Member], articles: Mapping[str, Article], site: Site
) -> Iterator[str]:
    """Yield a line for each article: what puts it beside another one; and one for the nearest story."""
    answers = read_answers(site.store)
    placed = sorted(members, key=lambda member: member.turn)
    if len(placed) > 1:
        yield "together because:"
    for place, member in enumerate(placed[1:], start=1):
        nearest = find_nearest(member, placed[:place])
        one, other = articles[member.article_id], articles[nearest.article_id]
        texts = [text for article in (one, other) for text in (article.title, article.excerpt or "")]
        ground = _describe_ground(explain_pair(member, nearest, texts))
        yield clean_cell(f"- {_name(one)} with {_name(other)}: {ground}")
    for answer in answers:
        pair = (answer.article_id, answer.other_id)
        if answer.kind in TOGETHER and articles.keys() >= set(pair):
            one, other = (articles[id_] for id_ in pair)
            yield clean_cell(f"- {_name(one)} with {_name(other)}: {_describe_answer(answer)}")
    yield from _describe_editors(articles, site)
    yield from _describe_choices(story_id, articles, site)
    yield from _describe_nearest(story_id, placed, answers, site.rules, site.store)


def _describe_editors(articles: Mapping[str, Article], site: Site) -> Iterator[str]:
    """Yield what editors decided on a story's articles: which are together, and which are kept out of it."""
    pairs = site.rules.stories.decisions.list_pairs(site.now)
    about = [one for one in pairs if not articles.keys().isdisjoint((one.article_id, one.other_id))]
    about = _drop_outdone(about, site)
    ids = {id_ for one in about for id_ in (one.article_id, one.other_id)}
    known = {article.id: article for article in read_stored_articles(site.store, ids)}
    for one in about:
        if known.keys() >= {one.article_id, one.other_id}:
            yield clean_cell(_describe_pair(one, known))


def _drop_outdone(pairs: Sequence[EditorPair], site: Site) -> list[EditorPair]:
    """Return pairs without those of decisions that a later one outdid."""
    decisions = {one.decision: None for one in pairs}
    idle = find_idle_on_stories([*decisions], site)
    over = {one.decision for one in idle if one.idle.excuse in OVER}
    return [one for one in pairs if one.decision not in over]


def _describe_choices(story_id: str, articles: Mapping[str, Article], site: Site) -> Iterator[str]:
    """Yield what editors decided on how a story is shown: what leads it, and what is related."""
    choices = site.list_story_choices()
    for article_id, decision in choices.leads.items():
        if article_id in articles:
            yield clean_cell(f"- {_name(articles[article_id])} leads: {_describe_decision(decision)}")
    links = find_decided_links(choices, site.store, among=[story_id])
    own = {pair: link for pair, link in links.items() if story_id in pair}
    others = {id_: link for pair, link in own.items() for id_ in pair if id_ != story_id}
    members = read_members(site.store, others)
    first = {id_: members[id_][0].article_id for id_ in others if id_ in members}
    known = {article.id: article for article in read_stored_articles(site.store, first.values())}
    for other_id, link in others.items():
        if first.get(other_id) in known:
            word = "related to" if link.is_related else "never related to"
            name = _name(known[first[other_id]])
            yield clean_cell(f"- {word} {other_id} {name}: {_describe_decision(link.decision)}")


def _describe_decision(decided: Decision) -> str:
    return f"decided by {decided.by} on {decided.at:%Y-%m-%d} ({decided.id}: {decided.reason})"


def _describe_pair(pair: EditorPair, articles: Mapping[str, Article]) -> str:
    link = "with" if pair.is_together else "never with"
    names = f"{_name(articles[pair.article_id])} {link} {_name(articles[pair.other_id])}"
    return f"- {names}: {_describe_decision(pair.decision)}"


def _describe_ground(ground: SharedGround) -> str:
    kinds = (("names", ground.names), ("terms", ground.terms), ("numbers", ground.numbers))
    told = [f"{name} {', '.join(words)}" for name, words in kinds if words]
    shared = "; ".join(told) or "nothing that is kept of both"
    return f"{shared}; {_format_hours(ground.apart_h)} apart; likeness {ground.likeness:.2f}"


def _format_hours(hours: float) -> str:
    return f"{hours:.0f} h" if hours >= 1 else f"{hours * 60:.0f} min"


def _name(article: Article) -> str:
    return f"{article.provider.name or article.provider.domain} “{article.title}”"


def _describe_answer(answer: StoryAnswer) -> str:
    return f"decided by {answer.answered_by or 'somebody'} on {answer.answered_at:%Y-%m-%d} ({answer.kind})"


def _describe_nearest(
    story_id: str, placed: Sequence[Member], answers: Sequence[StoryAnswer], rules: Rules, store: Store
) -> Iterator[str]:
    """Yield the story nearest to one, first one that was decided to be another, and why it is not one."""
    limits = rules.stories.thresholds
    own = _read_sides(store, {story_id: placed})[story_id]
    near = _find_near_stories(store, story_id, own, answers, limits.window_h)
    others = _read_sides(store, read_members(store, near))
    if not others:
        yield "not joined: nothing that is anywhere near it"
        return
    decisions = Decisions(answers)
    parted = {id_ for id_, other in others.items() if decisions.are_apart(own.ids, other.ids)}
    likeness = {id_: own.measure_likeness(other.total) for id_, other in others.items()}
    nearest = max(others, key=lambda id_: (id_ in parted, likeness[id_], id_))
    if nearest not in parted and likeness[nearest] < LEAST_SHOWN:
        yield "not joined: nothing that is anywhere near it"
        return
    ids = others[nearest].ids
    reason = explain_distance(own, others[nearest], limits, decisions)
    pairs = {pair_of(one, other) for one in own.ids for other in ids}
    said = [one for one in answers if one.kind in APART and (one.article_id, one.other_id) in pairs]
    if nearest in parted and said:
        reason = _describe_answer(said[0])
    first = next(iter(read_stored_articles(store, ids[:1])), None)
    yield clean_cell(f"not joined: {nearest} {_name(first) if first else ''}: {reason}")


def _read_sides(store: Store, members: Mapping[str, Sequence[Member]]) -> dict[str, StoredStory]:
    """Return by id the stories that have these articles, in the order they were placed."""
    return {story.id: StoredStory.of(story, members[story.id]) for story in read_stories(store, members)}


def _find_near_stories(
    store: Store, story_id: str, own: StoredStory, answers: Sequence[StoryAnswer], window_h: float
) -> set[str]:
    """Return the stories that one is linked with, else that of the article most like it, and parted ones."""
    ids = set(own.ids)
    rivals = {
        article_id
        for answer in answers
        if answer.kind in APART and not ids.isdisjoint((answer.article_id, answer.other_id))
        for article_id in (answer.article_id, answer.other_id)
    }
    near = {*read_related_stories(store, {story_id}).get(story_id, ())}
    near.update(read_story_ids(store, rivals - ids).values())
    if near:
        return near - {story_id}
    window = timedelta(hours=window_h)
    since, until = (edge(one.published_at for one in own.members) for edge in (min, max))
    around = islice(stream_members_since(store, since - window), LOOKED_THROUGH)
    others = (one for one in around if one.story_id != story_id and one.published_at <= until + window)
    nearest = max(others, key=lambda one: (own.measure_likeness(one.vector), one.article_id), default=None)
    return set() if nearest is None else {nearest.story_id}
