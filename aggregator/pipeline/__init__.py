"""The path of the data; the only part that knows every stage.

    due sources ─► fetch ─► parse ─► normalise ─► provider ─► resolve ─► judge ─► store
                   bytes    entries  articles                 new, edit, known   topics, quality
    store ─► judge again (rules changed) ─► select ─► heat ─► render ─► feeds/

``poll`` and ``publish`` are each safe to run twice and safe to kill: a poll is one transaction, and
publishing writes whole files from what is stored.
"""

from aggregator.pipeline.polling import Clock, Poll, Read, poll, poll_source, read_document
from aggregator.pipeline.publishing import Publication, publish, select_topics

__all__ = [
    "Clock",
    "Poll",
    "Publication",
    "Read",
    "poll",
    "poll_source",
    "publish",
    "read_document",
    "select_topics",
]
