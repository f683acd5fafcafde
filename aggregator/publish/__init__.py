"""The published tree: pure rendering of feeds, records and pages, and atomic writing of files.

``atom``, ``rss``, ``site`` and ``tree`` are imported by their own names, as they bring libraries for
templates and feeds.
"""

from aggregator.publish.channel import Channel, Site
from aggregator.publish.files import (
    Written,
    clear_unfinished,
    left_topics,
    missing_files,
    remove_files,
    remove_stale_topics,
    write_files,
)
from aggregator.publish.frontmatter import read_front_matter, render_front_matter
from aggregator.publish.jsonfeed import render_jsonfeed
from aggregator.publish.leftovers import left_record_pages, left_story_pages
from aggregator.publish.opml import render_opml
from aggregator.publish.pages import render_pages, render_schema
from aggregator.publish.record import record_file_name, render_record_json
from aggregator.publish.recordfile import IMPORTED, article_of_record, identity_of, record_of
from aggregator.publish.told import Told

__all__ = [
    "IMPORTED",
    "Channel",
    "Site",
    "Told",
    "Written",
    "article_of_record",
    "clear_unfinished",
    "identity_of",
    "left_record_pages",
    "left_story_pages",
    "left_topics",
    "missing_files",
    "read_front_matter",
    "record_file_name",
    "record_of",
    "remove_files",
    "remove_stale_topics",
    "render_front_matter",
    "render_jsonfeed",
    "render_opml",
    "render_pages",
    "render_record_json",
    "render_schema",
    "write_files",
]
