"""What an item that stands for a story says of the story, besides what is its lead's own."""

from dataclasses import dataclass
from datetime import datetime
from html import escape

from aggregator.publish.text_forms import format_day


@dataclass(frozen=True, kw_only=True)
class Mention:
    """An article that an item names besides its own, with its ``publisher`` and that one's ``domain``.

    As in items, texts are plain, ``url`` is ASCII, and ``language`` None means unknown.
    """

    title: str
    url: str
    publisher: str
    domain: str
    language: str | None
    published_at: datetime

    @property
    def line_html(self) -> str:
        """Return the linked title with publisher and time as HTML; all text is escaped."""
        title = f'<a href="{escape(self.url)}">{escape(self.title)}</a>'
        return f"{title} – {escape(self.publisher)}, {format_day(self.published_at)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemStory:
    """A story as its item shows it, besides its lead.

    ``others`` also cover the event, and ``more`` that are only on its page at ``page_url``. ``related`` are
    of other stories. Of its ``publishers`` as many as are ``independent`` have words of their own.
    """

    others: tuple[Mention, ...]
    related: tuple[Mention, ...]
    more: int
    publishers: int
    independent: int
    page_url: str

    @property
    def all_others(self) -> tuple[Mention, ...]:
        """Return every article that the item names besides its lead."""
        return (*self.others, *self.related)

    @property
    def coverage(self) -> str:
        """Return by how many publishers the event is covered, in words; "" for an article alone."""
        if not self.others and not self.more:
            return ""
        noun = "publisher" if self.publishers == 1 else "publishers"
        return f"All coverage ({self.publishers} {noun})"

    @property
    def content_html(self) -> str:
        """Return who else covers the event as HTML; all text is escaped; "" for an article alone."""
        if not self.coverage:
            return ""
        lines = "".join(f'<li dir="auto">{other.line_html}</li>' for other in self.others)
        also = f'<p dir="auto">Also covered by:</p><ul dir="auto">{lines}</ul>' if lines else ""
        page = f'<a href="{escape(self.page_url)}">'
        more = f'<p dir="auto">{page}and {self.more} more</a></p>' if self.more else ""
        return f'{also}{more}<p dir="auto">{page}{self.coverage}</a></p>'
