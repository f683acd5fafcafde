"""Copies of pictures and logos that somebody removed from the published tree: to be made again."""

from datetime import timedelta
from pathlib import Path

from aggregator.enrich.logos import LOGO_SIDES
from aggregator.pipeline.site import Site
from aggregator.publish.tree_paths import LOGOS, PICTURE_COPIES, name_logo
from aggregator.store import forget_lost_copies, forget_lost_logos, list_logos, measure_cache

WRITTEN_AFTER = timedelta(minutes=2)
"""Files of what was found since then may be about to be written."""


def forget_lost_files(site: Site) -> int:
    """Have copies and logos made again whose files are gone; return how many.

    What shows them is published without them meanwhile.
    """
    before = site.now - WRITTEN_AFTER
    lost = 0
    if site.rules.images.cache and measure_cache(site.store):
        for number in range(256):
            part = f"{number:02x}"
            present = {f"{part}/{name}" for name in _list_names(site.rules.feeds_dir / PICTURE_COPIES / part)}
            lost += forget_lost_copies(site.store, part, present, site.now, before=before)
    present = {f"{LOGOS}/{name}" for name in _list_names(site.rules.feeds_dir / LOGOS)}
    domains = [
        domain
        for domain in list_logos(site.store, before=before)
        if any(name_logo(domain, side) not in present for side in LOGO_SIDES)
    ]
    forget_lost_logos(site.store, domains, site.now)
    return lost + len(domains)


def _list_names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()] if folder.is_dir() else []
