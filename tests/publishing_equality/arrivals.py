"""What publishers and operators do to articles: they come, are edited, read, judged and removed."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from aggregator.model import (
    NO_WISHES,
    Article,
    Changes,
    Enclosure,
    Image,
    Sighting,
    SourceState,
    Wishes,
    revise,
)
from aggregator.pipeline.removals import prune
from aggregator.store import (
    Edit,
    accept_article,
    accept_source,
    read_carriers,
    read_quarantined,
    reject_article,
    reject_source,
    retire_source,
    save_enriched,
)
from tests import builders
from tests.builders import article, image, provider, sighting
from tests.publishing_equality.world import World

HOSTILE = builders.HOSTILE.replace("\0", "").replace("\ud800", "")
"""Without what parsing lets through to no store."""
DOMAINS = ("alba.example", "borealis.example", "corona.example", "dorado.example", "alba.co.uk")
EVENTS = (
    "Kestrelholm battery plant burns for a third night",
    "Appeals court overturns Brightpath copyright verdict",
    "Dockers at Port Alder walk out over cranes",
    "Postbird rocket scrubbed at Skerry launchpad",
)
SUBJECTS = ("artificial intelligence", "machine learning", "computer vision", "robot")
AGES = (
    timedelta(minutes=-30),
    timedelta(days=-2),
    timedelta(0),
    timedelta(minutes=5),
    timedelta(hours=2),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=6, hours=23),
    timedelta(days=8),
    timedelta(days=40),
    timedelta(days=89),
)


def add_articles(world: World, rng: Random) -> None:
    """A source shows some articles that are new; a few are quarantined, and some are old already."""
    source_id = rng.choice(world.setup.sources).id if world.setup.sources else "daily"
    is_quarantined = rng.random() < 0.1
    found = [
        revise(one, is_quarantined=is_quarantined)
        for one in (_make_article(world, rng, source_id, number) for number in range(rng.randint(1, 4)))
    ]
    changes = Changes(
        inserted=tuple(world.rules.judge(one, (source_id,), now=world.now) for one in found),
        sightings=tuple(map(sighting, found)),
        urls={one.canonical_url: one.id for one in found if one.canonical_url},
    )
    _save_poll(world, source_id, found, changes)


def show_elsewhere(world: World, rng: Random) -> None:
    """A second source shows an article that is stored already."""
    stored = world.read_articles()
    if not stored or not world.setup.sources:
        return
    known, source_id = rng.choice(stored), rng.choice(world.setup.sources).id
    carriers = read_carriers(world.store, [known.id]).get(known.id, ())
    judged = world.rules.judge(revise(known, is_quarantined=False), (*carriers, source_id), now=world.now)
    seen = Sighting(
        source_id=source_id, article_id=known.id, entry_id="elsewhere", canonical_url=known.canonical_url,
        title_key="t", digest="d", first_seen_at=world.now,
    )  # fmt: skip
    changes = Changes(updated=(judged,), sightings=(seen,))
    _save_poll(world, source_id, [known], changes)


def edit_article(world: World, rng: Random) -> None:
    """A source shows some of its articles with another text, date, picture, publisher's name or topic."""
    stored = [one for one in world.read_articles() if one.imported is None]
    chosen = rng.sample(stored, min(len(stored), rng.randint(1, 3)))
    carriers = read_carriers(world.store, [one.id for one in chosen])
    edited = [
        world.rules.judge(_edit(one, world, rng), carriers.get(one.id) or (one.source_id,), now=world.now)
        for one in chosen
    ]
    if edited:
        _save_poll(world, edited[0].source_id, edited, Changes(updated=tuple(edited)))


def read_page(world: World, rng: Random) -> None:
    """The page of an article is read, or given up on."""
    stored = [one for one in world.read_articles() if one.imported is None]
    if not stored:
        return
    before = rng.choice([one for one in stored if one.enriched_at is None] or stored)
    carriers = tuple(read_carriers(world.store, [before.id]).get(before.id, ()))
    found = revise(before, enriched_at=world.now)
    if rng.random() < 0.7:
        url = f"https://{before.provider.domain}/amp/{rng.randrange(99)}"
        found = revise(
            found,
            amp_url=rng.choice((None, url)),
            amp_checked_at=world.now,
            images=rng.choice((before.images, _make_images(rng))),
            authors=rng.choice((before.authors, ("Ann Lee",))),
            wishes=_make_wishes(rng, world.now),
            provider=rng.choice((before.provider, _make_provider(rng, before.provider.domain))),
            origins={**before.origins, "provider": rng.choice(("page", "feed"))},
        )
    after = world.rules.judge(found, carriers, now=world.now)
    save_enriched(world.store, Edit(before=before, after=after, carriers=carriers), {})


def remove_old_articles(world: World, rng: Random) -> None:
    """What is past its time is removed from the store."""
    prune(world.look_at_site())


def review_articles(world: World, rng: Random) -> None:
    """The operator accepts or rejects what is quarantined: of a source, or one article."""
    quarantined = read_quarantined(world.store)
    if not quarantined:
        return
    one = rng.choice(quarantined)
    match rng.randrange(4):
        case 0:
            accept_source(world.store, one.source_id, now=world.now)
        case 1:
            accept_article(world.store, one.id, now=world.now)
        case 2:
            reject_source(world.store, one.source_id)
        case _:
            reject_article(world.store, one.id)


def forget_source(world: World, rng: Random) -> None:
    """A source that is configured no more is forgotten, with what only it carries."""
    configured = {one.id for one in world.setup.sources}
    stored = {one.source_id for one in world.read_articles()}
    gone = sorted(stored - configured)
    if gone:
        retire_source(world.store, rng.choice(gone), with_articles=True)


ARRIVALS: dict[str, Callable[[World, Random], None]] = {
    one.__name__: one
    for one in (
        add_articles,
        show_elsewhere,
        edit_article,
        read_page,
        remove_old_articles,
        review_articles,
        forget_source,
    )
}


def _save_poll(world: World, source_id: str, found: Sequence[Article], changes: Changes) -> None:
    world.store.save_poll(SourceState(source_id=source_id, outcome="updated"), found, lambda _: changes)


def _make_article(world: World, rng: Random, source_id: str, number: int) -> Article:
    domain = rng.choice(DOMAINS)
    id_ = f"{rng.randrange(16**8):08x}-0000-5000-8000-{number:012x}"
    at = world.now - rng.choice(AGES)
    if rng.random() < 0.3:
        at = at.replace(minute=0, second=0, microsecond=0)
    is_late = at < world.now - world.rules.polling.backlog
    return article(
        id=id_,
        source_id=source_id,
        provider=_make_provider(rng, domain),
        title=_make_title(rng),
        excerpt=_make_excerpt(rng),
        published_at=at,
        updated_at=at,
        stated_at=rng.choice((at, at, None)),
        first_seen_at=world.now,
        entry_id=id_,
        canonical_url=f"https://{domain}/{id_}",
        web_url=rng.choice((f"https://{domain}/{id_}", f"https://{domain}/{id_}", None)),
        images=_make_images(rng),
        enclosures=rng.choice(
            ((), (Enclosure(url=f"https://{domain}/a.mp3", mime_type="audio/mpeg", length_bytes=9),))
        ),
        authors=rng.choice(((), ("Ann Lee", HOSTILE))),
        language=rng.choice((None, "en", "de")),
        credit=rng.choice((None, None, None, "Reuters")),
        is_backlog=is_late and rng.random() < 0.5,
        enriched_at=rng.choice((None, world.now)),
        origins={"provider": rng.choice(("feed", "feed", "page", "entry"))},
        release_at=rng.choice((None, None, None, world.now + timedelta(hours=rng.choice((1, 23))))),
    )


def _make_provider(rng: Random, domain: str) -> object:
    name = domain.split(".", 1)[0].title()
    return provider(domain, name=rng.choice((name, name, f"The {name} News", domain)))


def _make_title(rng: Random) -> str:
    subject = " and ".join(rng.sample(SUBJECTS, rng.randint(0, 2)))
    return rng.choice(
        (f"{rng.choice(EVENTS)}: {subject}", f"{rng.choice(EVENTS)} {subject}", f"{subject} {HOSTILE}")
    )


def _make_excerpt(rng: Random) -> str | None:
    subject = " and ".join(rng.sample(SUBJECTS, rng.randint(0, 2)))
    return rng.choice(
        (
            None,
            f"Short, on {subject}.",
            f"{rng.choice(EVENTS)}, as {subject} said. " * 3,
            f"{subject} {HOSTILE}" * 5,
        )
    )


def _make_wishes(rng: Random, now: datetime) -> Wishes:
    if rng.random() < 0.4:
        return NO_WISHES
    return Wishes(
        excerpt_chars=rng.choice((None, 0, 1, 20, 100)),
        picture=rng.choice(("none", "standard", "large")),
        may_embed=rng.random() < 0.5,
        may_archive=rng.random() < 0.5,
        may_index=rng.random() < 0.7,
        unavailable_at=rng.choice(
            (None, None, now + timedelta(seconds=rng.choice((-60, 61, 3_600, 86_400))))
        ),
    )


def _make_images(rng: Random) -> tuple[Image, ...]:
    chosen = rng.sample(range(6), rng.randint(0, 2))
    return tuple(image(n, **rng.choice(({}, {"width": 640, "height": 360}))) for n in chosen)


def _edit(before: Article, world: World, rng: Random) -> Article:
    now, at = world.now, world.now - rng.choice(AGES)
    moved = _make_provider(rng, rng.choice(DOMAINS))
    changes: tuple[dict[str, Any], ...] = (
        {"title": _make_title(rng), "updated_at": now, "enriched_at": None},
        {"excerpt": _make_excerpt(rng), "updated_at": now, "enriched_at": None},
        {"published_at": at, "stated_at": at, "updated_at": now},
        {"images": _make_images(rng)},
        {"provider": _make_provider(rng, before.provider.domain)},
        {"provider": moved, "updated_at": now},
        {"title": _make_title(rng), "excerpt": _make_excerpt(rng)},
        {"authors": ("Bo Diaz",), "language": "fr", "credit": None, "updated_at": now},
    )
    return revise(before, **rng.choice(changes))
