"""What looking at pictures and logos comes to: sizes, copies, refusals, defaults, evictions."""

from collections.abc import Callable
from functools import cache
from io import BytesIO
from random import Random

from PIL import Image as Pillow

from aggregator.enrich.images import RecodedPicture, recode
from aggregator.enrich.logos import logo_files
from aggregator.pipeline.enrich.logos import _keep_logo
from aggregator.pipeline.enrich.picture_copies import CheckedPicture, keep_checked_pictures
from aggregator.pipeline.enrich.picture_revision import revise_pictures
from aggregator.store import Logo, Picture, save_logos
from tests.publishing_equality.world import World


def check_pictures(world: World, rng: Random) -> None:
    """Pictures of some articles were looked at: they have a size, a copy too, or cannot be used."""
    stored = world.read_articles()
    chosen = rng.sample(stored, min(len(stored), rng.randint(1, 6)))
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


LOOKS: dict[str, Callable[[World, Random], None]] = {one.__name__: one for one in (check_pictures, find_logo)}


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
            size = {"width": copy.width, "height": copy.height}
            return CheckedPicture(picture=Picture(url=url, hash=copy.hash, **size, **at), copy=copy)


@cache
def _make_copy(shade: int) -> RecodedPicture:
    return recode(_draw(shade, 320 + shade, 180), max_pixels=1_000_000, max_side=300)


@cache
def _make_logo(shade: int) -> object:
    return logo_files(_draw(shade, 64, 64))


def _draw(shade: int, width: int, height: int) -> bytes:
    picture = Pillow.new("RGB", (width, height), (shade * 40, 99, 200))
    picture.paste((255, 255, 0), (0, 0, width // 2, height // 2))
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
