"""The path of the data; the only part that knows every stage.

    due sources ─► fetch ─► parse ─► normalise ─► provider ─► resolve ─► judge ─► store
                   bytes    entries  articles                 new, edit, known   topics, quality
    store ─► articles without their page ─► page, AMP proof ─► judge ─► store
    store ─► pictures in play ─► sizes, copies, logos ─► store
    store ─► articles without a story ─► place ─► store
    sources that are gone ─► where they may be ─► the same entries? ─► store (proposed)
    store ─► judge again (rules changed) ─► select ─► heat ─► render ─► feeds/

``poll`` and ``publish`` are each safe to run twice and safe to kill: a poll is one transaction, and
publishing writes whole files from what is stored.
"""

from aggregator.pipeline.batching import PollStore
from aggregator.pipeline.doctoring import Desk, Diagnosis, examine, examine_due
from aggregator.pipeline.enriching import Found, Proof, enrich_due, find_amp, prove_amp
from aggregator.pipeline.evaluating import Labelled, differing, evaluate, read_labelled, tune
from aggregator.pipeline.grouping import StoryDesk, newcomer_of
from aggregator.pipeline.illustrating import Illustrated, illustrate
from aggregator.pipeline.polling import Clock, Poll, poll, poll_source
from aggregator.pipeline.publishers import unlisted_publishers
from aggregator.pipeline.publishing import Publication, publish
from aggregator.pipeline.pushing import Receiver, Taken, read_pushes
from aggregator.pipeline.receiving import Read, read_document
from aggregator.pipeline.records import (
    RecordsWritten,
    import_records,
    publish_records,
    read_record_text,
)
from aggregator.pipeline.selecting import select_topics
from aggregator.pipeline.subscribing import hubs_reach, subscribe_due
from aggregator.pipeline.telling import Stories, related, stories_of, told

__all__ = [
    "Clock",
    "Desk",
    "Diagnosis",
    "Found",
    "Illustrated",
    "Labelled",
    "Poll",
    "PollStore",
    "Proof",
    "Publication",
    "Read",
    "Receiver",
    "RecordsWritten",
    "Stories",
    "StoryDesk",
    "Taken",
    "differing",
    "enrich_due",
    "evaluate",
    "examine",
    "examine_due",
    "find_amp",
    "hubs_reach",
    "illustrate",
    "import_records",
    "newcomer_of",
    "poll",
    "poll_source",
    "prove_amp",
    "publish",
    "publish_records",
    "read_document",
    "read_labelled",
    "read_pushes",
    "read_record_text",
    "related",
    "select_topics",
    "stories_of",
    "subscribe_due",
    "told",
    "tune",
    "unlisted_publishers",
]
