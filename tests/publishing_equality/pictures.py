"""What looking at pictures and logos comes to: sizes, copies, refusals, defaults, evictions."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from io import BytesIO
from random import Random

from PIL import Image as Pillow

from aggregator.enrich.images import RecodedPicture, recode
from aggregator.enrich.logos import make_logo_files
from aggregator.pipeline.enrich.logos import _keep_logo
from aggregator.pipeline.enrich.lost_files import forget_lost_files
from aggregator.pipeline.enrich.picture_copies import CheckedPicture, keep_checked_pictures
from aggregator.pipeline.enrich.picture_revision import revise_pictures
from aggregator.pipeline.enrich.pictures import read_known_pictures
from aggregator.pipeline.enrich.steps import LONGEST_WAIT, _read_articles_in_play
from aggregator.pipeline.site import Site
from aggregator.publish.tree_paths import LOGOS, PICTURE_COPIES
from aggregator.store import Logo, Picture, finish_picture_marks, save_logos, take_picture_marks
from tests.publishing_equality.world import World


def check_pictures(world: World, rng: Random) -> None:
    """Pictures of some articles were looked at: they have a size, a copy too, or cannot be used."""
    stored = world.read_articles()
    chosen = rng.sample(stored, min(len(stored), rng.randint(1, 6)))
    read_known_pictures(chosen, world.context, world.now)
    urls = sorted({image.url for one in chosen for image in one.images})
    checked = [_check(url, world, rng) for url in urls if rng.random() < 0.8]
    keep_checked_pictures(checked, {one.id for one in chosen}, world.context, world.now)
    revise_pictures(chosen, world.context, world.now)


def find_logo(world: World, rng: Random) -> None:
    """A publisher's logo was found, or found out to be missing."""
    stored = world.read_articles()
    if not stored:
        return
    domain = rng.choice(stored).provider.domain
    if rng.random() < 0.2:
        none = Logo(domain=domain, checked_at=world.now, problem="there is none")
        save_logos(world.store, [none], shown_at=world.now)
        return
    logo = Logo(domain=domain, checked_at=world.now, url=f"https://{domain}/logo.png")
    _keep_logo(logo, dict(_make_logo(rng.randrange(3))), world.context)


def look_at_marked(world: World) -> bool:
    """Look at the pictures of the articles that are marked, as the job does, and find nothing new."""
    context = world.context
    marks = take_picture_marks(world.store, now=world.now, limit=500, longest_wait=LONGEST_WAIT)
    if not marks.taken:
        return False
    if world.rules.images.sizes:
        articles = _read_articles_in_play(marks, context)
        read_known_pictures(articles, context, world.now)
        revise_pictures(articles, context, world.now)
    finish_picture_marks(world.store, marks.taken, {})
    return True


def lose_copies(world: World, rng: Random) -> None:
    """Somebody removes copies of pictures and logos, which is noticed later, whatever the clock shows."""
    for folder in (PICTURE_COPIES, LOGOS):
        for path in sorted((world.tree / folder).rglob("*.jpg")):
            if rng.random() < 0.5:
                path.unlink()
    forget_lost_files(Site(rules=world.rules, store=world.store, now=world.now + timedelta(days=9)))


LOOKS: dict[str, Callable[[World, Random], None]] = {
    one.__name__: one for one in (check_pictures, find_logo, lose_copies)
}


def _check(url: str, world: World, rng: Random) -> CheckedPicture:
    at = {"checked_at": world.now, "used_at": world.now}
    match rng.randrange(5):
        case 0:
            return CheckedPicture(picture=Picture(url=url, hash="refused", problem="is too small", **at))
        case 1:
            return CheckedPicture(picture=Picture(url=url, problem="could not be fetched", **at))
        case 2:
            return CheckedPicture(
                picture=Picture(url=url, hash=f"size of {url}", width=640, height=360, **at)
            )
        case _:
            copy = _make_copy(rng.randrange(4))
            size = {"width": copy.original.width, "height": copy.original.height}
            return CheckedPicture(picture=Picture(url=url, hash=copy.hash, **size, **at), copy=copy)


@cache
def _make_copy(shade: int) -> RecodedPicture:
    return recode(_draw(shade, 640 + shade // 2, 360), max_pixels=1_000_000, max_side=300)


@cache
def _make_logo(shade: int) -> object:
    return make_logo_files(_draw(shade, 64, 64))


def _draw(shade: int, width: int, height: int) -> bytes:
    picture = Pillow.new("RGB", (width, height), (shade * 40, 99, 200))
    picture.paste((255, 255, 0), (0, 0, width // 2, height // 2))
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
