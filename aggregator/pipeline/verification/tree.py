"""The published tree beside what the store says of it: what is missing, and what nobody knows."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from aggregator.enrich.logos import LOGO_SIDES
from aggregator.model.progress import OnProgress, ignore_progress
from aggregator.model.violations import MEND, Violation
from aggregator.pipeline.enrich.lost_files import WRITTEN_AFTER
from aggregator.pipeline.publish.correction_feeds import list_correction_feeds, render_correction_feeds
from aggregator.pipeline.publish.feed_places import list_topic_ids
from aggregator.pipeline.publish.monograms import find_lacking_monograms
from aggregator.pipeline.publish.orphaned_files import find_orphaned_files
from aggregator.pipeline.publish.site_files import render_site_files
from aggregator.pipeline.publish.story_pages import name_page, view_stories
from aggregator.pipeline.site import Site
from aggregator.pipeline.verification.topics import find_topic_violations
from aggregator.pipeline.verification.written_files import find_altered, find_altered_pages
from aggregator.publish.files import find_missing_files
from aggregator.publish.site import SITE_FILES
from aggregator.publish.stale_pages import find_story_page_ids
from aggregator.publish.tree_paths import PICTURE_COPIES, RECORDS, name_logo, name_monogram
from aggregator.store import (
    MarkKind,
    find_grown_stories,
    find_paged_stories,
    list_copies,
    list_logos,
    list_marked,
    list_written_records,
    read_story_ids,
    read_withdrawn_stories,
)

SOON = timedelta(minutes=2)
"""What is to be written until then is not wrong now."""


def find_tree_violations(
    site: Site, *, compared: Collection[str] | None = None, on_progress: OnProgress = ignore_progress
) -> list[Violation]:
    """Return what is wrong with the tree, but for what waits to be written anyway.

    ``compared`` are the places of what is made of articles, stories' pages and feeds of corrections, whose
    bytes are compared with what they are to be; None: of all, which takes a millisecond or two each.
    """
    with site.store.reading_together():
        check = _TreeCheck(site=site, compared=compared, on_progress=on_progress)
        return list(check.find_all())


@dataclass(frozen=True, kw_only=True, slots=True)
class _TreeCheck:
    """The tree, compared once with what the store says of it."""

    site: Site
    compared: Collection[str] | None
    on_progress: OnProgress

    def find_all(self) -> Iterator[Violation]:
        """Yield all that is wrong."""
        yield from self._find_topics()
        yield from self._find_site_files()
        yield from self._find_pages()
        yield from self._report_all(
            find_orphaned_files(rules=self.site.rules, store=self.site.store), "nobody knows it any more"
        )
        yield from self._find_lost_pictures()
        yield from self._find_lost_records()

    def _find_topics(self) -> Iterator[Violation]:
        waiting = self._list_marked(MarkKind.TOPIC)
        settled = [topic_id for topic_id in list_topic_ids(self.site.rules) if topic_id not in waiting]
        yield from find_topic_violations(settled, rules=self.site.rules, store=self.site.store)

    def _find_site_files(self) -> Iterator[Violation]:
        rules, store = self.site.rules, self.site.store
        if not self._list_marked(MarkKind.SITE):
            yield from self._report_all(self._find_missing(SITE_FILES), "it is missing")
            yield from self._report(find_altered(render_site_files(rules, store), self.folder))
        marked = self._list_marked(MarkKind.CORRECTIONS)
        corrections = {name: k for name, k in list_correction_feeds(rules).items() if k not in marked}
        yield from self._report_all(self._find_missing(corrections), "it is missing")
        keys = [key for name, key in corrections.items() if self._is_compared(name)]
        written = render_correction_feeds(keys, self.site)
        yield from self._report(find_altered(written, self.folder))
        lacking = set(find_lacking_monograms(rules, store)) - self._list_marked(MarkKind.MONOGRAM)
        yield from self._report_all(map(name_monogram, sorted(lacking)), "it is missing")

    def _find_pages(self) -> Iterator[Violation]:
        store = self.site.store
        changing = self._list_marked(MarkKind.ARTICLE, MarkKind.PLACE)
        marked = self._list_marked(MarkKind.PAGE, MarkKind.STORY)
        marked |= set(read_story_ids(store, changing).values())
        wanted = (find_paged_stories(store) | read_withdrawn_stories(store).keys()) - marked
        there = find_story_page_ids(self.site.rules.feeds_dir) - marked
        missing = wanted - there
        grown = find_grown_stories(store, missing)
        # What waits for pages of its articles, or is held back, has no page yet.
        shown = {one.id for one in view_stories(sorted(grown), self.site)}
        yield from self._report_all(map(name_page, sorted(missing - grown | shown)), "it is missing")
        yield from self._report_all(
            map(name_page, sorted(there - wanted)), "it is of a story that has no page"
        )
        looked_at = [id_ for id_ in sorted(there & wanted) if self._is_compared(name_page(id_))]
        yield from self._report(
            find_altered_pages(
                looked_at,
                self.site,
                on_progress=self.on_progress,
            )
        )

    def _is_compared(self, name: str) -> bool:
        return self.compared is None or str(self.folder / name) in self.compared

    def _find_lost_pictures(self) -> Iterator[Violation]:
        before = self.site.now - WRITTEN_AFTER
        domains = list_logos(self.site.store, before=before)
        names = [name_logo(domain, side) for domain in domains for side in LOGO_SIDES]
        if self.site.rules.images.cache:
            names += [f"{PICTURE_COPIES}/{name}" for name in list_copies(self.site.store, before=before)]
        yield from self._report_all(self._find_missing(names), "the picture is missing")

    def _find_lost_records(self) -> Iterator[Violation]:
        if self.site.rules.publishing.records:
            marked = self._list_marked(MarkKind.RECORD)
            written = list_written_records(self.site.store).items()
            names = [f"{RECORDS}/{name}" for article_id, name in written if article_id not in marked]
            yield from self._report_all(self._find_missing(names), "the record is missing")

    @property
    def folder(self) -> Path:
        """The root of the tree."""
        return self.site.rules.feeds_dir

    def _list_marked(self, *kinds: MarkKind) -> frozenset[str]:
        return list_marked(self.site.store, kinds, before=self.site.now + SOON)

    def _find_missing(self, names: Collection[str]) -> tuple[str, ...]:
        return find_missing_files(self.site.rules.feeds_dir, names)

    def _report_all(self, names: Iterable[str], problem: str) -> Iterator[Violation]:
        return self._report((name, problem) for name in names)

    def _report(self, found: Iterable[tuple[str, str]]) -> Iterator[Violation]:
        for name, problem in found:
            place = str(self.folder / name)
            yield Violation(place=place, problem=problem, advice=MEND, is_mendable=True)
