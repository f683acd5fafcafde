"""Rendering as tests of publishing ask for it."""

from aggregator.publish.feed_kind import FeedKind
from aggregator.publish.frame import assemble
from aggregator.publish.item import build_items
from aggregator.publish.story_items import build_story_items
from aggregator.publish.topic_documents import TOPIC_DOCUMENTS
from tests.builders import NOON, story_of_one

DOCUMENTS = {document.name: document for document in TOPIC_DOCUMENTS}


def find_last_update(items):
    """Return when what the items show last changed, noon without items."""
    return max((item.updated_at for item in items), default=NOON)


def render_document(document, to, items):
    """Return a document of a topic with these items, in their order."""
    frame = document.render_frame(to, find_last_update(items))
    return b"".join(assemble(frame, document.render_items(to, items)))


def render_topic(to, articles, stories, *, also_covered):
    """Return all files of a topic by their names below the tree's root."""
    article_items = build_items(to, articles)
    story_items = build_story_items(to, stories, also_covered=also_covered)
    return {
        f"{to.topic_id}/{document.name}": render_document(
            document, to, story_items if document.kind is FeedKind.STORIES else article_items
        )
        for document in TOPIC_DOCUMENTS
    }


def topic_files(to, articles):
    """Return the files of a topic whose articles all stand alone."""
    return render_topic(to, articles, list(map(story_of_one, articles)), also_covered=10)


def render_feed(form, to, articles):
    """Return the articles as a feed in this format of the table."""
    return render_document(DOCUMENTS[f"articles/{form.file_name}"], to, build_items(to, articles))


def render_page(to, articles):
    """Return the articles as a topic's page."""
    return render_document(DOCUMENTS["index.html"], to, build_items(to, articles))
