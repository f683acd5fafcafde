"""Monograms of publishers without a logo, as files: one is there for as long as the page of a topic shows it.

What is drawn depends on the domain and the names of publishers alone, never on which article shows it.
"""

from collections.abc import Collection, Iterable

from aggregator.enrich import draw_monogram, is_monogram
from aggregator.enrich.logos import LOGO_SIDES
from aggregator.pipeline.publish.feed_places import list_topic_ids
from aggregator.pipeline.site import Site
from aggregator.publish.files import Written, find_missing_files, remove_files, write_files
from aggregator.publish.folder_locks import lock_publication
from aggregator.publish.removed_topic import find_publisher_icons
from aggregator.publish.topic_folders import find_topics
from aggregator.publish.tree_paths import LOGOS, name_logo, name_monogram
from aggregator.rules import Rules
from aggregator.store import (
    RETRY_AFTER,
    Logo,
    MarkKind,
    Store,
    find_shown_publishers,
    finish_marks,
    read_logos,
    read_marks_by_key,
    read_publisher_names,
    retry_marks,
)

AT_A_TIME = 10_000
"""Marks that are read at once."""


def draw_monograms(domains: Iterable[str], *, rules: Rules, store: Store) -> dict[str, bytes]:
    """Return the monograms of these publishers by file name below the tree's root."""
    domains = set(domains)
    names = read_publisher_names(store, domains)
    return {name_monogram(d): draw_monogram(_find_name(d, names.get(d), rules), d).encode() for d in domains}


def _find_name(domain: str, used: str | None, rules: Rules) -> str:
    """Return the name that the operator lists, else the one in use, else the domain."""
    listed = rules.registry.find(domain)
    return (listed.name if listed else None) or used or domain


def find_usable_logos(domains: Iterable[str], *, rules: Rules, store: Store) -> dict[str, Logo]:
    """Return by domain the logos that are known and whose files are there."""
    known = {domain: logo for domain, logo in read_logos(store, domains).items() if not logo.problem}
    folder = rules.feeds_dir
    return {d: logo for d, logo in known.items() if all((folder / n).is_file() for n in _list_logos(d))}


def find_lacking_monograms(rules: Rules, store: Store) -> list[str]:
    """Return the domains of publishers whose monogram a page shows though its file is not there."""
    shown = find_shown_publishers(store, None, without=_find_removed_topics(rules))
    names = {name_monogram(domain): domain for domain in shown}
    lacking = {names[name] for name in find_missing_files(rules.feeds_dir, names)}
    return sorted(lacking.difference(find_usable_logos(lacking, rules=rules, store=store)))


def settle_monograms(site: Site) -> Written:
    """Write the monograms that are marked where a page shows them, and remove the others.

    Raises PublishError where one cannot be removed.
    """
    changed: list[str] = []
    errors: list[str] = []
    while marks := read_marks_by_key(site.store, MarkKind.MONOGRAM, now=site.now, limit=AT_A_TIME):
        domains = marks.keys()
        shown = _find_shown(domains, site.rules, site.store)
        written = write_files(site.rules.feeds_dir, draw_monograms(shown, rules=site.rules, store=site.store))
        _remove_monograms({name_monogram(d) for d in domains} - {name_monogram(d) for d in shown}, site.rules)
        lacking = {domain for domain in shown if name_monogram(domain) not in written.stamps}
        finish_marks(site.store, [mark for domain in domains - lacking for mark in marks[domain]])
        retry_marks(
            site.store, [m for domain in lacking for m in marks[domain]], again_at=site.now + RETRY_AFTER
        )
        changed += written.changed
        errors += written.errors
    return Written(changed=tuple(changed), errors=tuple(errors))


def remove_all_unused_monograms(*, rules: Rules, store: Store) -> int:
    """Remove every monogram that no page shows, and return how many; raises PublishError."""
    if not (rules.feeds_dir / LOGOS).is_dir():
        return 0
    with lock_publication(rules.feeds_dir):  # whoever publishes writes them before the store knows of it
        return remove_files(rules.feeds_dir, find_unused_monograms(rules=rules, store=store))


def find_unused_monograms(*, rules: Rules, store: Store) -> list[str]:
    """Return the names of the monograms that no page shows."""
    shown = {name_monogram(domain) for domain in _find_shown(None, rules, store)}
    there = {f"{LOGOS}/{path.name}" for path in (rules.feeds_dir / LOGOS).glob("*.svg")}
    return _select_ours(there - shown, rules)


def _find_shown(domains: Collection[str] | None, rules: Rules, store: Store) -> set[str]:
    """Return those of the publishers, None: of all, that the page of a topic shows without a logo.

    Of removed topics only their pages tell: the store also knows who is in their feeds of articles.
    """
    shown = find_shown_publishers(store, domains, without=_find_removed_topics(rules))
    return shown.difference(find_usable_logos(shown, rules=rules, store=store))


def _find_removed_topics(rules: Rules) -> list[str]:
    return sorted(find_topics(rules.feeds_dir, without=list_topic_ids(rules)))


def _remove_monograms(names: Collection[str], rules: Rules) -> int:
    return remove_files(rules.feeds_dir, _select_ours(names, rules))


def _select_ours(names: Collection[str], rules: Rules) -> list[str]:
    """Return those of the files that are monograms of ours, without those that removed topics show."""
    ours = [name for name in sorted(names) if _is_ours(rules, name)]
    frozen = find_publisher_icons(rules.feeds_dir, _find_removed_topics(rules)) if ours else set()
    return [name for name in ours if name not in frozen]


def _is_ours(rules: Rules, name: str) -> bool:
    path = rules.feeds_dir / name
    return path.is_file() and is_monogram(path.read_bytes())


def _list_logos(domain: str) -> list[str]:
    return [name_logo(domain, side) for side in LOGO_SIDES]
