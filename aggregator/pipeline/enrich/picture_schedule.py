"""When the pictures of articles are fetched: at once, again after a while, or not as things are; pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.enrich.reuse_limits import may_copy_pictures
from aggregator.model import Article, Image
from aggregator.pipeline.enrich.picture_revision import MAX_PER_ARTICLE
from aggregator.pipeline.enrich.waits import PAUSED_AFTER, find_end_of_wait
from aggregator.store import Picture

RETRY_AFTER = timedelta(days=1)
COPY_AFTER = timedelta(hours=1)
"""A picture that did not fit into the cache is not fetched again sooner."""


def list_urls(articles: Sequence[Article]) -> set[str]:
    """Return the addresses of the pictures of articles that are looked at."""
    return {image.url for article in articles for image in _list_images(article)}


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureSchedule:
    """What decides when pictures are fetched.

    ``known``         what is known of pictures, by address
    ``keeps_copies``  whether copies are made
    ``has_room``      whether there is room for them
    """

    known: Mapping[str, Picture]
    now: datetime
    keeps_copies: bool
    has_room: bool

    def find_due(
        self, articles: Sequence[Article], is_paused: Callable[[str], bool]
    ) -> list[tuple[Image, Article]]:
        """Return the pictures that are to be fetched, each with the first article that shows it, in order."""
        images: dict[str, tuple[Image, Article]] = {}
        for article in articles:
            for image in _list_images(article):
                images.setdefault(image.url, (image, article))
        next_looks = (
            (shown, self._find_next_look(*shown)) for url, shown in images.items() if not is_paused(url)
        )
        return [shown for shown, at in next_looks if at is not None and at <= self.now]

    def find_next_looks(self, articles: Sequence[Article]) -> dict[str, datetime]:
        """Return when each article is to be looked at again, without those that need not be.

        What is due still could not be asked for.
        """
        times = ((article.id, tuple(self._list_next_looks(article))) for article in articles)
        return {article_id: min(found) for article_id, found in times if found}

    def _list_next_looks(self, article: Article) -> Iterator[datetime]:
        for image in _list_images(article):
            at = self._find_next_look(image, article)
            if at is not None:
                yield at if at > self.now else self.now + PAUSED_AFTER

    def _find_next_look(self, image: Image, article: Article) -> datetime | None:
        """Return when a picture is to be fetched, ``now`` where it is due, None: not as things are."""
        known, is_copied = self.known.get(image.url), self.keeps_copies and may_copy_pictures(article)
        if known is None:
            return self.now if is_copied or not (image.width and image.height) else None
        if known.problem:
            is_final = known.hash is not None
            return None if is_final else find_end_of_wait(RETRY_AFTER, known.checked_at, self.now)
        if known.file is not None or not is_copied:
            return None
        at = find_end_of_wait(COPY_AFTER, known.checked_at, self.now)
        return at if self.has_room else max(at, self.now + COPY_AFTER)


def _list_images(article: Article) -> Sequence[Image]:
    return article.images[:MAX_PER_ARTICLE]
