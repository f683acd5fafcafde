"""The feed of what was corrected, in Atom: stories merged and split, articles corrected and withdrawn."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from uuid import NAMESPACE_URL, uuid5

from aggregator.html import sanitise_html
from aggregator.model.corrections import CorrectionKind, PublicCorrection
from aggregator.publish.channel import Channel, FeedLink
from aggregator.publish.generator import new_generator
from aggregator.publish.item import cut_to_second
from aggregator.publish.story_items import build_story_url
from aggregator.publish.text_forms import format_line
from aggregator.publish.tree_paths import CHANGES

MOST_CORRECTIONS = 100
"""Corrections that such a feed shows: the newest."""
_ATOM_TYPE = "application/atom+xml"
_LABELS = {
    CorrectionKind.MERGE: ("Merged", "Two stories are one from now on."),
    CorrectionKind.SPLIT: ("Split", "A part of this story is a story of its own from now on."),
    CorrectionKind.LEAD: ("Led otherwise", "Another article stands for this story from now on."),
    CorrectionKind.LINK: ("Linked", "This story is shown as related to another one from now on."),
    CorrectionKind.UNLINK: ("Unlinked", "This story is no longer shown as related to another one."),
    CorrectionKind.RETITLE: ("Retitled", "This article is shown under another title."),
    CorrectionKind.CORRECT: ("Corrected", "This article was corrected."),
    CorrectionKind.WITHDRAW: ("Withdrawn", "This article was withdrawn."),
    CorrectionKind.KILL: ("Removed", "An article was removed."),
    CorrectionKind.RESTORE: ("Restored", "This article may be shown again."),
}
_SHOWS_STORY = frozenset({
    CorrectionKind.MERGE, CorrectionKind.SPLIT,
    CorrectionKind.LEAD, CorrectionKind.LINK, CorrectionKind.UNLINK,
})  # fmt: skip


def render_corrections(
    channel: Channel, corrections: Sequence[PublicCorrection], updated_at: datetime, *, of_site: bool
) -> bytes:
    """Return the feed of a topic's corrections, or those of the whole site, the newest first."""
    name = CHANGES if of_site else f"{channel.topic_id}/{CHANGES}"
    url = f"{channel.site.base_url}/{name}"
    generator = new_generator(channel, FeedLink(url=url, media_type=_ATOM_TYPE))
    generator.id(uuid5(NAMESPACE_URL, url).urn)
    whole = channel.site_title if of_site else channel.title
    generator.title(f"Changes – {whole}")
    generator.description(f"What was corrected after it had been published: {whole}")
    generator.author({"name": channel.site_title, "uri": f"{channel.site.base_url}/"})
    generator.updated(updated_at)
    for one in corrections:
        _add_entry(generator, channel, one)
    content: bytes = generator.atom_str(pretty=True)
    return content


def _add_entry(generator: object, channel: Channel, one: PublicCorrection) -> None:
    label, sentence = _LABELS[one.kind]
    title, reason = format_line(one.title), format_line(one.reason)
    at = cut_to_second(one.at)
    entry = generator.add_entry(order="append")  # type: ignore[attr-defined]  # feedgen has no types
    entry.id(uuid5(NAMESPACE_URL, f"{channel.site.base_url}/{CHANGES}#{one.key}").urn)
    entry.title(f"{label}: {title}" if title else label)
    entry.published(at)
    entry.updated(at)
    entry.category(term=one.kind.value, label=label)
    if one.kind in _SHOWS_STORY and one.story_id:
        entry.link(href=build_story_url(channel, one.story_id), rel="alternate", type="text/html")
    told = "".join(f'<p dir="auto">{escape(text, quote=False)}</p>' for text in (sentence, reason) if text)
    entry.content(sanitise_html(told), type="html")
