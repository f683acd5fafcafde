"""Subscribers: they poll a feed at a rhythm of their own, and remember by its id what they have seen."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from tests.serve.client import Client
from tests.subscribers.editions import Edition, cut
from tests.subscribers.feeds import FeedDocument, FeedItem, Format


@dataclass(frozen=True, kw_only=True)
class Sight:
    """An item as a reader saw it last: its address, update and articles, and what had happened to these."""

    url: str
    title: str
    updated_at: datetime | None
    articles: frozenset[str]
    moments: frozenset[datetime]


@dataclass(kw_only=True)
class Reader:
    """A subscriber of one feed, who comes ``every`` so many publications.

    An id that is not known is new. One that is shows again as unread where the reader ``heeds_updates`` and
    it says that it was updated since; where it ``heeds_tombstones``, what was taken out is thrown away.
    """

    folder: str
    form: Format
    every: int
    heeds_updates: bool = False
    heeds_tombstones: bool = False
    etag: str = ""
    shown: FeedDocument | None = None
    memory: dict[str, Sight] = field(default_factory=dict)
    first_seen: dict[str, list[str]] = field(default_factory=dict)
    """By article the items that were new to the reader when they had it."""
    thrown_away: dict[str, datetime] = field(default_factory=dict)
    unread: int = 0

    @property
    def path(self) -> str:
        """The address of the feed."""
        return f"/{self.folder}/{self.form.file_name}"

    @property
    def has_stories(self) -> bool:
        """Whether it is a feed of stories."""
        return not self.folder.endswith("/articles")

    def poll(self, client: Client, edition: Edition, *, is_settled: bool) -> list[str]:
        """Ask for the feed, and return what is wrong with what then is shown."""
        before = self.shown
        reply = client.get(self.path, If_None_Match=self.etag or '"none"')
        if reply.status == 200:
            self.etag = reply.headers["ETag"]
            self.shown = self.form.read(reply.body)
        elif reply.status != 304:
            return [f"{self.path}: status {reply.status}"]
        if self.shown is None:
            return [f"{self.path}: not modified, before it was ever read"]
        faults = check_document(self, self.shown, edition) if is_settled else []
        if is_settled and before and self.has_stories:
            if self.form.has_tombstones:
                faults += _check_gone_stories(self, before, self.shown, edition)
            if self.every == 1:
                faults += list(_check_moves(self, before, self.shown, edition))
                faults += list(_check_merges(self, before, self.shown, edition))
        faults += [
            fault for one in self.shown.items for fault in self._take(one, edition, is_settled=is_settled)
        ]
        if self.heeds_tombstones:
            self._throw_away(self.shown)
        return [f"{self.path} (every {self.every}): {fault}" for fault in faults]

    def _take(self, item: FeedItem, edition: Edition, *, is_settled: bool) -> list[str]:
        """Read an item, and return what a subscriber would complain about."""
        articles = edition.list_articles(item.id, has_stories=self.has_stories)
        sight = Sight(
            url=item.url, title=item.title, updated_at=item.updated_at, articles=articles,
            moments=edition.list_moments(item.id, has_stories=self.has_stories),
        )  # fmt: skip
        before = self.memory.get(item.id)
        if not is_settled:  # the file may be of an edition before
            sight = replace(
                sight,
                articles=before.articles if before else frozenset(),
                moments=before.moments if before else frozenset(),
            )
        self.memory[item.id] = sight
        faults = []
        if before is None:
            self.unread += 1
            faults = [*self._note_new(item, articles, edition)]
        elif self.heeds_updates and is_settled and _is_newer(item.updated_at, before.updated_at):
            self.unread += 1
            parted = edition.list_elsewhere(before.articles, item.id)
            is_back = item.id in self.thrown_away  # later than its tombstone, or nobody would have it again
            if not parted and not is_back and not _has_news(before, sight) and self.every == 1:
                faults = [f"{item.id} comes up again as updated {item.updated_at}"]
        thrown_at = self.thrown_away.pop(item.id, None)
        is_other = item.id in edition.related  # what a story took in later is as old as it is
        if before and not is_other and _is_newer(before.updated_at, item.updated_at):
            faults.append(f"{item.id} was updated {before.updated_at}, and is now as of {item.updated_at}")
        if thrown_at and item.updated_at and item.updated_at < thrown_at and is_settled and not is_other:
            faults.append(f"{item.id} was taken out at {thrown_at}, and is back as of {item.updated_at}")
        return faults

    def _note_new(self, item: FeedItem, articles: frozenset[str], edition: Edition) -> list[str]:
        faults = []
        for article_id in sorted(articles):
            seen_in = self.first_seen.setdefault(article_id, [])
            if any(not (self.has_stories and edition.are_related(other, item.id)) for other in seen_in):
                faults.append(f"{article_id} is new in {item.id}, and was in {seen_in}")
            seen_in.append(item.id)
        return faults

    def _throw_away(self, document: FeedDocument) -> None:
        shown = {one.id for one in document.items}
        for item_id, (at, _) in document.deleted.items():
            if item_id in self.memory and item_id not in shown:
                self.thrown_away[item_id] = at


def _is_newer(updated_at: datetime | None, before: datetime | None) -> bool:
    return updated_at is not None and before is not None and updated_at > before


def _has_news(before: Sight, now: Sight) -> bool:
    """Tell whether an item has an article, an edit or a correction that it had not, or leads elsewhere."""
    return bool(now.articles - before.articles or now.moments - before.moments) or (now.url, now.title) != (
        before.url,
        before.title,
    )


def check_document(reader: Reader, document: FeedDocument, edition: Edition) -> list[str]:
    """Return what is not as editors and publishers left it."""
    faults = [*_check_order(reader, document, edition)]
    for item in document.items:
        faults += _check_item(reader, item, edition)
    for article_id in edition.articles:
        faults += _check_taken_out(reader, article_id, document, edition)
    return faults


def _check_order(reader: Reader, document: FeedDocument, edition: Edition) -> list[str]:
    """Return what stands above something that came after all of it."""
    faults, latest = [], None
    for item in document.items:
        first, last = edition.find_span(item.id, has_stories=reader.has_stories)
        if latest is not None and latest[0] < first:
            faults.append(
                f"{latest[1]}, whose last news is of {latest[0]}, stands above {item.id} of {first}"
            )
        if latest is None or last < latest[0]:
            latest = last, item.id
    return faults


def _check_item(reader: Reader, item: FeedItem, edition: Edition) -> list[str]:
    ids = edition.list_articles(item.id, has_stories=reader.has_stories)
    if not ids:
        return [f"{item.id} has no article that may be shown"]
    faults = []
    leads = [i for i in ids if edition.articles[i].web_url == item.url]
    if len(leads) != 1:
        return [f"{item.id} leads to {item.url}, which is none of its articles"]
    if item.title != edition.find_title(leads[0]):
        faults.append(f"{item.id} is called {item.title!r} and not {edition.find_title(leads[0])!r}")
    moments = edition.list_moments(item.id, has_stories=reader.has_stories)
    if item.updated_at and item.updated_at not in moments | edition.headed_at:
        faults.append(f"{item.id} says that it was updated {item.updated_at}, when nothing happened")
    if item.published_at not in {cut(edition.articles[i].published_at) for i in ids}:
        faults.append(f"{item.id} says that it was published {item.published_at}")
    for note in (note for i in ids for note in edition.list_notes(i)):
        if note.value not in item.text:
            faults.append(f"{item.id} lacks the note {note.value!r}")
        if item.updated_at and item.updated_at < cut(note.at):
            faults.append(f"{item.id} was updated {item.updated_at}, before it was corrected {note.at}")
    return faults


def _check_taken_out(reader: Reader, article_id: str, document: FeedDocument, edition: Edition) -> list[str]:
    decision, token = edition.find_out(article_id), edition.tokens[article_id]
    if decision is None:
        return []
    faults = [
        f"{article_id} was taken out, and {one.id} has it" for one in document.items if _shows(one, token)
    ]
    if reader.has_stories or not reader.form.has_tombstones or article_id not in reader.memory:
        return faults
    at, reason = document.deleted.get(article_id, (None, ""))
    if at is None:
        faults.append(f"{article_id} was taken out, and the feed does not say so")
    elif not any((one.public_reason or "") in reason for one in edition.list_out(article_id)):
        faults.append(f"{article_id} was taken out by {decision.id}, and the feed says {reason!r}")
    return faults


def _check_gone_stories(
    reader: Reader, before: FeedDocument, document: FeedDocument, edition: Edition
) -> list[str]:
    """Return which stories went with all of their articles, and the feed does not say so."""
    gone = {one.id for one in before.items} - {one.id for one in document.items} - document.deleted.keys()
    return [
        f"all of {story_id} was taken out, and the feed does not say so"
        for story_id in sorted(gone)
        if _is_all_out(story_id, reader.memory[story_id], reader.folder, edition)
    ]


def _is_all_out(story_id: str, sight: Sight, topic_id: str, edition: Edition) -> bool:
    """Tell whether all articles of a story that are a topic's own were taken out, once they were seen."""
    members = {one.article_id for one in edition.members.get(story_id, ())}
    own = {one for one in members if topic_id in ("all", *edition.articles[one].topics)}
    return bool(own) and own <= sight.articles and all(edition.find_out(one) for one in own)


def _check_moves(
    reader: Reader, before: FeedDocument, document: FeedDocument, edition: Edition
) -> Iterator[str]:
    """Yield which items stand above one that they stood below, without news, though neither was parted."""
    places = {one.id: place for place, one in enumerate(before.items)}
    known = [one.id for one in document.items if one.id in places]
    for place, item_id in enumerate(known):
        sight = reader.memory[item_id]
        articles = edition.list_articles(item_id, has_stories=True)
        moments = edition.list_moments(item_id, has_stories=True)
        has_news = articles - sight.articles or moments - sight.moments
        if has_news or edition.list_elsewhere(sight.articles, item_id):
            continue
        for other in known[place + 1 :]:
            seen = reader.memory[other].articles
            was_above = places[other] < places[item_id] and not edition.came_together(item_id, other)
            if was_above and not edition.list_elsewhere(seen, other):
                yield f"{item_id} without news stands above {other}, which stood above it"


def _check_merges(
    reader: Reader, before: FeedDocument, document: FeedDocument, edition: Edition
) -> Iterator[str]:
    """Yield which stories stand below one that they, or one that they took in, stood above, without news."""
    places = {one.id: place for place, one in enumerate(before.items)}
    shown = [one.id for one in document.items]
    for place, item_id in enumerate(shown):
        articles = edition.list_articles(item_id, has_stories=True)
        parts = {
            one for one in places if reader.memory[one].articles and reader.memory[one].articles <= articles
        }
        if len(parts) < 2:
            continue
        highest = min(parts, key=lambda one: places[one])
        for other in (one for one in shown[:place] if one in places and one not in parts):
            seen = reader.memory[other]
            has_news = edition.list_articles(other, has_stories=True) - seen.articles or (
                edition.list_moments(other, has_stories=True) - seen.moments
            )
            was_below = places[highest] < places[other] and not edition.came_together(item_id, other)
            if was_below and not has_news:
                yield f"{item_id} stands below {other}, which stood below {highest} that it took in"


def _shows(item: FeedItem, token: str) -> bool:
    return token in item.title or token in item.text or token in item.url
