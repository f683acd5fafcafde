"""The feed of operations, in Atom: what operators are told, for their own feed readers."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from uuid import NAMESPACE_URL, uuid5

from feedgen.feed import FeedGenerator

from aggregator.model.alerts import AlertEvent
from aggregator.publish.generator import GENERATOR
from aggregator.publish.item import cut_to_second
from aggregator.publish.tree_paths import OPERATIONS


def render_operations(
    events: Sequence[tuple[AlertEvent, str]], *, title: str, base_url: str, began_at: datetime
) -> bytes:
    """Return the feed of events, each with the line that says it, the newest first.

    ``began_at`` is when it was first written: it is updated since by events alone.
    """
    url = f"{base_url}/{OPERATIONS}"
    generator = FeedGenerator()
    generator.id(uuid5(NAMESPACE_URL, url).urn)
    generator.title(f"Operations – {title}")
    generator.description("What needs a person")
    generator.language("en")
    generator.generator(GENERATOR)
    generator.author({"name": title})
    generator.link(href=url, rel="self", type="application/atom+xml")
    generator.updated(max((cut_to_second(one.at) for one, _ in events), default=cut_to_second(began_at)))
    for one, line in reversed(events):
        entry = generator.add_entry(order="append")
        entry.id(uuid5(NAMESPACE_URL, f"{url}#{one.number}-{one.at.isoformat()}").urn)
        entry.title(line)
        entry.published(cut_to_second(one.at))
        entry.updated(cut_to_second(one.at))
        entry.category(term=one.kind.value)
        said = f"It was: {one.text}" if one.is_over else one.text
        entry.content(f"<p>{escape(said, quote=False)}</p>", type="html")
    content: bytes = generator.atom_str(pretty=True)
    return content
