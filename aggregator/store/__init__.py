"""What is kept: sources and how their polls went, articles, and where each was seen.

A file for each group of tables has functions that take a store, each a transaction of its own. What other
packages may use of a file stands in its ``__all__``, and is a name of this package, too. Files on one thing
have a folder; ``schema`` holds all tables, ``upkeep`` what concerns them all, and what every folder needs
stands here: the engine, rows, predicates, marks and notes.
"""

from aggregator.store.alerts import *
from aggregator.store.articles.articles import *
from aggregator.store.articles.disappearances import *
from aggregator.store.articles.named_articles import *
from aggregator.store.articles.own_copies import *
from aggregator.store.articles.removals import *
from aggregator.store.articles.review import *
from aggregator.store.engine import *
from aggregator.store.lock import *
from aggregator.store.marks import *
from aggregator.store.measures import *
from aggregator.store.notes import *
from aggregator.store.pictures.logos import *
from aggregator.store.pictures.picture_copies import *
from aggregator.store.pictures.picture_marks import *
from aggregator.store.pictures.picture_uses import *
from aggregator.store.pictures.pictures import *
from aggregator.store.postgresql import *
from aggregator.store.pushes.hub_pings import *
from aggregator.store.pushes.pushes import *
from aggregator.store.records.record_lists import *
from aggregator.store.records.record_states import *
from aggregator.store.records.records import *
from aggregator.store.shown.corrections import *
from aggregator.store.shown.feed_items import *
from aggregator.store.shown.limited_items import *
from aggregator.store.shown.newest_corrections import *
from aggregator.store.shown.publication import *
from aggregator.store.shown.shown_articles import *
from aggregator.store.shown.shown_places import *
from aggregator.store.shown.shown_updates import *
from aggregator.store.sources.due_sources import *
from aggregator.store.sources.outages import *
from aggregator.store.sources.past_polls import *
from aggregator.store.sources.polls import *
from aggregator.store.sources.publishers import *
from aggregator.store.sources.source_counts import *
from aggregator.store.sources.source_orders import *
from aggregator.store.sources.sources import *
from aggregator.store.store import *
from aggregator.store.stories.named_stories import *
from aggregator.store.stories.stories import *
from aggregator.store.stories.story_answers import *
from aggregator.store.stories.story_ids import *
from aggregator.store.stories.story_links import *
from aggregator.store.stories.story_window import *
from aggregator.store.upkeep.backup import *
from aggregator.store.upkeep.clock_faults import *
from aggregator.store.upkeep.copies import *
from aggregator.store.upkeep.emptied import *
from aggregator.store.upkeep.remaking import *
from aggregator.store.upkeep.restore import *
from aggregator.store.upkeep.transfer import *
from aggregator.store.upkeep.verification import *
from aggregator.store.workers.page_pauses import *
from aggregator.store.workers.page_shards import *
from aggregator.store.workers.robots_files import *
from aggregator.store.workers.shards import *
from aggregator.store.workers.silent_writers import *
from aggregator.store.workers.worker_queue import *
