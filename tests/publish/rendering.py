"""Rendering as tests of publishing ask for it."""

from aggregator.publish.tree import render_topic
from tests.builders import story_of_one


def topic_files(to, articles):
    """Return the files of a topic whose articles all stand alone."""
    return render_topic(to, articles, list(map(story_of_one, articles)), also_covered=10)
