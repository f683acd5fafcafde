"""What the operator changes in the configuration, and what time does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from aggregator.model import UNLIMITED, QuietHours, TopicLimits
from aggregator.model.curation import EditorRule, Effects
from tests.builders import provider, source, topic
from tests.publishing_equality.arrivals import DOMAINS
from tests.publishing_equality.world import BEGAN_AT, SOURCES, TOPICS, Setup, World

VALUES: dict[tuple[str, str], tuple[object, ...]] = {
    ("publish", "min_items"): (0, 1, 2),
    ("publish", "max_items"): (2, 3, 5, 20),
    ("publish", "window_days"): (1, 3, 7, 30),
    ("publish", "keep_removed_days"): (0, 1, 7),
    ("publish", "records"): (True, False),
    ("publish", "compressed"): (True, False),
    ("publish", "noindex"): (True, False),
    ("publish", "disappeared"): ("propose", "withdraw", "ignore"),
    ("images", "sizes"): (True, False),
    ("images", "cache"): (True, False),
    ("images", "logos"): (True, False),
    ("enrich", "pages"): (True, False),
    ("enrich", "wait_s"): (0, 120, 3600),
    ("stories", "also_covered"): (0, 1, 10),
    ("polling", "backlog_days"): (1, 3, 30),
    ("heat", "half_life_h"): (12, 48),
    ("site", "title"): ("The Site", "Another & <Site>"),
    ("site", "base_url"): ("https://feeds.example.org", "https://other.example.org/news"),
    ("site", "locale"): ("en-us", "de"),
    ("site", "contact"): ("", "desk@example.org"),
    ("site", "show_story_truth"): (True, False),
}


def change_setting(world: World, rng: Random) -> None:
    """The operator sets a key of the settings."""
    (section, key), values = rng.choice(sorted(VALUES.items()))
    world.setup = world.setup.set(section, **{key: rng.choice(values)})


def change_topics(world: World, rng: Random) -> None:
    """The operator adds, removes, renames or otherwise changes a topic."""
    topics = {one.id: one for one in world.setup.topics}
    id_ = rng.choice([one.id for one in TOPICS] + ["arts"])
    known = topics.get(id_)
    if known is None:
        added = next((one for one in TOPICS if one.id == id_), topic("arts", keywords=("rocket", "court")))
        topics[id_] = replace(added, parent=added.parent if added.parent in topics else None)
    else:
        match rng.randrange(9):
            case 0 | 1:
                del topics[id_]
                topics = {k: replace(t, parent=None) if t.parent == id_ else t for k, t in topics.items()}
            case 2:
                topics[id_] = replace(known, name=rng.choice((id_.title(), f"On {id_} & <more>")))
            case 3:
                topics[id_] = replace(known, description=rng.choice((None, "What is new.")))
            case 4:
                topics[id_] = replace(known, limit=rng.choice((None, 1, 3)))
            case 5:
                topics[id_] = replace(known, quality_threshold=rng.choice((None, 72, 76, 80)))
            case 6:
                topics[id_] = replace(known, parent="ai" if "ai" in topics and id_ != "ai" else None)
            case 7:
                topics[id_] = replace(known, exclude=rng.choice(((), ("court",))))
            case _:
                topics = dict(rng.sample(sorted(topics.items()), len(topics)))
    sources = tuple(
        replace(one, topics=tuple(t for t in one.topics if t in topics)) for one in world.setup.sources
    )
    world.setup = replace(world.setup, topics=tuple(topics.values()), sources=sources)


def change_limits(world: World, rng: Random) -> None:
    """The operator limits the feeds of a topic in other ways, or no more."""
    topics = {one.id: one for one in world.setup.topics}
    if topics:
        id_ = rng.choice(sorted(topics))
        topics[id_] = replace(topics[id_], limits=rng.choice((UNLIMITED, make_limits(rng), make_limits(rng))))
        world.setup = replace(world.setup, topics=tuple(topics.values()))


def make_limits(rng: Random) -> TopicLimits:
    """Return random limits of a topic's feeds, none as often as each."""
    zone = ZoneInfo(rng.choice(("UTC", "Europe/Vienna", "America/St_Johns")))
    quiet = QuietHours(time(rng.randrange(24)), time(rng.randrange(24), 30), zone)
    return TopicLimits(
        max_per_provider=rng.choice((None, 1, 2, 3)),
        max_in_a_row=rng.choice((None, 1, 2)),
        delay=timedelta(seconds=rng.choice((0, 0, 60, 3_600))),
        quiet=rng.choice((None, quiet)),
    )


WHEN = (
    ("true",),
    ('title.matches("(?i)rocket|court")',),
    ('text.contains("robot")', "has_image"),
    ('source == "daily"',),
    ("age_h < 6",),
    ("age_h > 30.5", "!is_copy"),
    ("quality >= 72",),
    ('"ai" in topics',),
    ("story.articles > 1",),
    ("story.independent < 2", "size(authors) > 0"),
    ('authors[0] == "Ann Lee"',),
    ('language == "en" || type == "video"',),
)
"""What a rule asks for; one of them fails where an article has no authors."""
THEN = (
    Effects(drop=True),
    Effects(hold=timedelta(hours=4)),
    Effects(hold=timedelta(days=2), quality=10),
    Effects(add_topic=("vision",)),
    Effects(add_topic=("robots",), remove_topic=("ai",)),
    Effects(quality=-8),
    Effects(quality=9),
    Effects(type="video"),
    Effects(review=True),
    Effects(no_story=True),
)
TIMES = (
    {},
    {},
    {"from_at": BEGAN_AT + timedelta(days=1)},
    {"until_at": BEGAN_AT + timedelta(days=2, hours=3)},
    {"hours": (time(22), time(7)), "time_zone": "Asia/Tokyo"},
    {"days": (0, 2, 5), "hours": (time(9), time(17, 30))},
)


def change_rules(world: World, rng: Random) -> None:
    """The editor writes other rules, or fewer."""
    topics = [one.id for one in world.setup.topics]
    rules = tuple(
        EditorRule(
            id=f"rule-{number}", when=rng.choice(WHEN), then=rng.choice(THEN), stop=rng.random() < 0.2,
            topics=tuple(rng.sample(topics, min(len(topics), rng.choice((0, 0, 1, 2))))), **rng.choice(TIMES),
        )
        for number in range(rng.randint(0, 4))
    )  # fmt: skip
    world.setup = replace(world.setup, rules=rules)


def change_providers(world: World, rng: Random) -> None:
    """The operator lists a publisher under a name, with a weight, with its permission, or lists none."""
    listed = {one.domain: one for one in world.setup.providers}
    domain = rng.choice(DOMAINS)
    if domain in listed and rng.random() < 0.5:
        del listed[domain]
    else:
        listed[domain] = provider(
            domain,
            name=rng.choice(("", "Listed & Co", "Other Name")),
            weight=rng.choice((0, -10, 10)),
            is_reuse_granted=rng.random() < 0.3,
        )
    world.setup = replace(world.setup, providers=tuple(listed.values()))


def change_sources(world: World, rng: Random) -> None:
    """The operator adds, removes or changes a source."""
    sources = {one.id: one for one in world.setup.sources}
    given = rng.choice(SOURCES)
    known = sources.get(given.id)
    if known is None:
        sources[given.id] = given
    elif rng.random() < 0.4 and len(sources) > 1:
        del sources[given.id]
    else:
        sources[given.id] = source(
            given.id, weight=rng.choice((0, 5, -9)), page=rng.random() < 0.5,
            disappeared=rng.choice((None, "withdraw", "propose")),
            topics=rng.choice(((), tuple(one.id for one in world.setup.topics[:1]))), assign=rng.random() < 0.3,
        )  # fmt: skip
    world.setup = replace(world.setup, sources=tuple(sources.values()))
    world.store.sync_sources(world.setup.sources, now=world.now)


def revert_setup(world: World, rng: Random) -> None:
    """The operator takes everything back that was changed in the configuration."""
    world.setup = Setup()
    world.store.sync_sources(world.setup.sources, now=world.now)


def pass_time(world: World, rng: Random) -> None:
    """Time passes: seconds, hours, or days."""
    world.wait(seconds=rng.choice((1, 59, 60, 121, 3_600, 20_000, 86_400, 3 * 86_400, 8 * 86_400)))


def set_clock_back(world: World, rng: Random) -> None:
    """The clock is set back."""
    world.wait(seconds=-rng.choice((1, 61, 3_600, 86_400, 5 * 86_400)))


CHANGES: dict[str, Callable[[World, Random], None]] = {
    one.__name__: one
    for one in (
        change_setting,
        change_topics,
        change_limits,
        change_rules,
        change_providers,
        change_sources,
        revert_setup,
        pass_time,
        set_clock_back,
    )
}
