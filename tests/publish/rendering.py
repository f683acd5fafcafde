"""Rendering as tests of publishing ask for it."""

from aggregator.publish.item import build_items
from aggregator.publish.site import render_topic_page
from aggregator.publish.tree import render_topic
from tests.builders import story_of_one


def topic_files(to, articles):
    """Return the files of a topic whose articles all stand alone."""
    return render_topic(to, articles, list(map(story_of_one, articles)), also_covered=10)


def render_feed(form, to, articles):
    """Return the articles as a feed in this format of the table."""
    return form.render_feed(to, build_items(to, articles))


def render_page(to, articles):
    """Return the articles as a topic's page."""
    return render_topic_page(to, build_items(to, articles))
