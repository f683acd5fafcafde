"""What always holds of the tables of stories, between any two transactions."""

from collections import Counter, defaultdict

from sqlalchemy import select

from aggregator.store.schema import articles, stories, story_aliases, story_links, story_members


def broken_invariants(store, *, may_be_empty=False):
    """Return a line for everything that is wrong with the stories of a store.

    ``may_be_empty``: articles were removed since empty stories were forgotten.
    """
    with store.reading() as connection:
        known = set(connection.execute(select(articles.c.id)).scalars())
        rows = {row.id: row for row in connection.execute(select(stories))}
        members = list(connection.execute(select(story_members)))
        aliases = {row.id: row.story_id for row in connection.execute(select(story_aliases))}
        links = [tuple(row) for row in connection.execute(select(story_links))]
    by_story = defaultdict(list)
    for member in members:
        by_story[member.story_id].append(member)
    return [
        *_of_members(members, known, rows),
        *_of_stories(rows, by_story, may_be_empty),
        *_of_aliases(aliases, rows),
        *_of_links(links, rows),
    ]


def _of_members(members, known, rows):
    yield from (f"{m.article_id} has no article" for m in members if m.article_id not in known)
    yield from (f"{m.article_id} has no story {m.story_id}" for m in members if m.story_id not in rows)
    taken = Counter(m.turn for m in members)
    yield from (f"turn {turn} is of {count} articles" for turn, count in taken.items() if count > 1)


def _of_stories(rows, by_story, may_be_empty):
    for story_id, row in rows.items():
        own = by_story[story_id]
        if not own:
            if not may_be_empty:
                yield f"{story_id} has no article"
            continue
        newest = max(m.published_at for m in own)
        is_exact = row.last_at == newest or (may_be_empty and row.last_at > newest)
        if not is_exact:
            yield f"{story_id} ended {newest}, not {row.last_at}"
        if row.founded > min(m.turn for m in own):
            yield f"{story_id} is older than it says"
        if row.turn < max(m.turn for m in own):
            yield f"{story_id} was told of later than it says"
        if row.checked > len(own) and not may_be_empty:
            yield f"{story_id} has {len(own)} articles, but {row.checked} were compared"
        if not row.total and any(m.vector for m in own):
            yield f"{story_id} is about nothing"
    taken = Counter(row.turn for row in rows.values())
    yield from (f"turn {turn} is of {count} stories" for turn, count in taken.items() if count > 1)


def _of_aliases(aliases, rows):
    for gone, story_id in aliases.items():
        if gone in rows:
            yield f"{gone} lives, and stands for {story_id}"
        if story_id not in rows:
            yield f"{gone} stands for {story_id}, which is no more"


def _of_links(links, rows):
    for a, b, _ in links:
        if a == b:
            yield f"{a} is related to itself"
        yield from (f"{a} and {b} are linked, without {one}" for one in (a, b) if one not in rows)
    pairs = Counter(frozenset((a, b)) for a, b, _ in links)
    yield from (f"{sorted(pair)} are linked {n} times" for pair, n in pairs.items() if n > 1)
