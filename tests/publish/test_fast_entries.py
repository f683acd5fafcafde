"""Items written as text are byte for byte what feedgen makes of them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Enclosure, Image
from aggregator.publish import atom, rss
from aggregator.publish.fast import write_atom_entry, write_rss_item
from aggregator.publish.item import build_items
from aggregator.publish.story_items import build_story_items
from aggregator.publish.story_view import StoryView
from tests.builders import NOON, channel, example_article, rich_article
from tests.publish.any_article import articles


def compare(to, items):
    """Return for each item whether it was written in both formats, having compared what was."""
    found = []
    for item in items:
        of_rss, of_atom = write_rss_item(item), write_atom_entry(item, item.language)
        if of_rss is not None:
            assert [of_rss] == rss.render_by_feedgen([item])
        if of_atom is not None and item.language != to.site.language:
            assert [of_atom] == atom.render_by_feedgen(to, [item])
        found.append(of_rss is not None and of_atom is not None)
    return found


def tell(lead, *others, related=()):
    """Return a story as it is shown."""
    return StoryView(
        id=lead.id, lead=lead, others=others, related=related, publishers=2, published_at=NOON, news_at=NOON,
        updated_at=NOON,
    )  # fmt: skip


@given(st.lists(articles, max_size=3))
def test_any_item_is_written_as_feedgen_writes_it(shown):
    """Whatever articles say, and items of stories of them, the bytes are feedgen's."""
    to = channel()
    compare(to, build_items(to, shown))
    if shown:
        compare(to, build_story_items(to, [tell(*shown, related=shown[:1])], also_covered=1))


USUAL = example_article(1, title='Größer & <i>so</i> "3 > 2"', authors=("Ann & Bob", "C"), excerpt="a  b")
PICTURE = Image(url="https://x.example/a.png?a=1&b=2", width=20, title='A "p" & <q>', attribution="P & Q")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"images": (PICTURE,)},
        {"images": (replace(PICTURE, width=None, title=None, attribution=None),)},
        {"amp_url": "https://x.example/amp?a=1&b=2", "language": "de"},
        {"title": "\u05e9\u05dc\u05d5\u05dd \u200f\u05e2\u05d5\u05dc\u05dd \U0001f469\u200d\U0001f467"},
        {"topics": ()},
        {"authors": ()},
    ],
)
def test_usual_items_are_written_as_text(changes):
    """Pictures, addresses, languages and what is to be escaped leave nothing to feedgen."""
    to = channel()
    one = replace(USUAL, enclosures=(), **changes)
    story = tell(one, example_article(2, title='Other "&" more'), related=(example_article(3),))
    items = (*build_items(to, [one]), *build_story_items(to, [story], also_covered=5))
    assert compare(to, items) == [True, True]


def test_items_left_to_feedgen_stay_in_their_order():
    """An item with a file is feedgen's, and stands between those that were written as text."""
    to = channel()
    sound = Enclosure(url="https://x.example/a.mp3", mime_type="audio/mpeg", length_bytes=9)
    middle = replace(rich_article(), enclosures=(sound,))
    items = build_items(to, [replace(USUAL, enclosures=()), middle, example_article(2, enclosures=())])
    assert compare(to, items) == [True, False, True]
    for pieces in (rss.render_items(to, items), atom.render_items(to, items)):
        assert [item.id.encode() in piece for item, piece in zip(items, pieces, strict=True)] == [True] * 3
