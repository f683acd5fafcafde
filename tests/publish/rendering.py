"""Rendering as tests of publishing ask for it."""

from aggregator.publish.item import build_items
from aggregator.publish.topic_documents import TOPIC_DOCUMENTS, render_document
from aggregator.publish.tree import render_topic
from tests.builders import story_of_one

DOCUMENTS = {document.name: document for document in TOPIC_DOCUMENTS}


def topic_files(to, articles):
    """Return the files of a topic whose articles all stand alone."""
    return render_topic(to, articles, list(map(story_of_one, articles)), also_covered=10)


def render_feed(form, to, articles):
    """Return the articles as a feed in this format of the table."""
    return render_document(DOCUMENTS[f"articles/{form.file_name}"], to, build_items(to, articles))


def render_page(to, articles):
    """Return the articles as a topic's page."""
    return render_document(DOCUMENTS["index.html"], to, build_items(to, articles))
