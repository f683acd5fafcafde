"""A topic's documents as their frames and the bytes of their items, which serve again and again."""

import dataclasses
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Enclosure, Image
from aggregator.model.articles import CorrectionNote
from aggregator.publish.digests import digest_item
from aggregator.publish.frame import assemble
from aggregator.publish.item import Item, Origin, build_items
from aggregator.publish.item_story import ItemStory, Mention
from aggregator.publish.story_items import build_story_items
from aggregator.publish.story_view import StoryView
from aggregator.publish.topic_documents import TOPIC_DOCUMENTS
from aggregator.publish.topic_folders import TOPIC_FILES
from tests.builders import NOON, channel, example_article, rich_article, story_of_one
from tests.publish.any_article import articles, images, moments, texts
from tests.publish.golden_topics import GOLDEN, ICONS, render_golden_topics
from tests.publish.rendering import find_last_update, render_document

every_document = pytest.mark.parametrize("document", TOPIC_DOCUMENTS, ids=lambda document: document.name)
stories = st.builds(
    StoryView,
    id=st.uuids().map(str),
    lead=articles,
    others=st.lists(articles, max_size=2).map(tuple),
    related=st.lists(articles, max_size=1).map(tuple),
    publishers=st.integers(1, 3),
    published_at=moments,
    updated_at=moments,
)
channels = st.builds(
    channel,
    name=texts,
    description=st.none() | texts,
    images=st.lists(images, max_size=1).map(tuple),
    publisher_icons=st.just(ICONS),
)


@every_document
def test_a_document_keeps_its_bytes(document):
    """Readers of feeds see no change of bytes but where one is meant."""
    for case, files in render_golden_topics().items():
        assert files[f"ai/{document.name}"] == (GOLDEN / case / document.name).read_bytes()


def test_the_table_has_every_file_of_a_topic():
    """What is rendered is what is removed with the topic."""
    assert sorted(document.name for document in TOPIC_DOCUMENTS) == sorted(TOPIC_FILES)


@given(channels, st.lists(stories, max_size=3), st.data())
def test_the_bytes_of_an_item_do_not_depend_on_others(to, told, data):
    """Items rendered alone, in any order, under another topic's frame, give the document rendered at once."""
    document = data.draw(st.sampled_from(TOPIC_DOCUMENTS))
    items = build_story_items(to, told, also_covered=1)
    order = data.draw(st.permutations(range(len(items))))
    alone = {index: document.render_items(to, [items[index]]) for index in order}
    pieces = [piece for index in range(len(items)) for piece in alone[index]]
    assert pieces == document.render_items(to, items)
    frame = document.render_frame(replace(to, publisher_icons={}), find_last_update(items))
    assert b"".join(assemble(frame, pieces)) == render_document(document, to, items)


@given(channels, articles)
def test_an_article_alone_is_the_same_item_as_a_story(to, one):
    """Feeds of stories and of articles share the bytes of what stands alone."""
    assert build_story_items(to, [story_of_one(one)], also_covered=3) == build_items(to, [one])


ITEM = build_story_items(
    channel(),
    [
        StoryView(
            id="story",
            lead=replace(rich_article(), corrections=(CorrectionNote(NOON, "Not so."),)),
            others=(example_article(1),),
            related=(example_article(2),),
            publishers=2,
            published_at=NOON,
            news_at=NOON,
            updated_at=NOON,
        )
    ],
    also_covered=1,
)[0]
PARTS = {
    Item: ITEM,
    Origin: ITEM.origin,
    Image: ITEM.image,
    Enclosure: ITEM.enclosures[0],
    ItemStory: ITEM.story,
    Mention: ITEM.story.others[0],
}


def _change(value):
    """Return something else of the same kind."""
    if isinstance(value, bool | None):
        return not value
    if isinstance(value, str):
        return f"{value}x"
    if isinstance(value, int):
        return value + 1
    if isinstance(value, tuple):
        return value[:-1]
    if dataclasses.is_dataclass(value):
        first = dataclasses.fields(value)[0].name
        return replace(value, **{first: _change(getattr(value, first))})
    return value + timedelta(seconds=1)


def _put(part):
    """Return the item with this part in its place."""
    places = {
        Item: lambda: part,
        Origin: lambda: replace(ITEM, origin=part),
        Image: lambda: replace(ITEM, image=part),
        Enclosure: lambda: replace(ITEM, enclosures=(part, *ITEM.enclosures[1:])),
        ItemStory: lambda: replace(ITEM, story=part),
        Mention: lambda: replace(ITEM, story=replace(ITEM.story, others=(part,))),
    }
    return places[type(part)]()


@pytest.mark.parametrize(
    ("record", "name"), [(record, field.name) for record in PARTS for field in dataclasses.fields(record)]
)
def test_every_field_of_an_item_is_in_its_digest(record, name):
    """Whatever changes of an item, its publisher, picture, files or story makes another digest."""
    part = PARTS[record]
    changed = _put(replace(part, **{name: _change(getattr(part, name))}))
    assert changed != ITEM
    assert digest_item(channel(), changed) != digest_item(channel(), ITEM)


def test_a_digest_tells_topic_site_and_icons():
    """What the documents of a topic add to an item is in its digest, and the icons of no others."""
    ours = digest_item(channel(), ITEM)
    site = replace(channel().site, locale="de")
    assert digest_item(channel(site=site), ITEM) != ours
    assert digest_item(channel("all"), ITEM) == ours
    assert digest_item(channel(publisher_icons=ICONS), ITEM) != ours
    assert digest_item(channel(publisher_icons={"other.example": "x"}), ITEM) == ours
    assert digest_item(channel(description="Another"), ITEM) == ours
    assert len(ours) == 32
