"""What is kept: sources and how their polls went, articles, and where each was seen.

A file for each group of tables has functions that take a store, each a transaction of its own. What other
packages may use of a file stands in its ``__all__``, and is a name of this package, too. Several files on one
thing have a folder: pictures, records, pushes, and ``upkeep`` for what concerns all tables.
"""

from aggregator.store.alerts import *
from aggregator.store.articles import *
from aggregator.store.corrections import *
from aggregator.store.disappearances import *
from aggregator.store.due_sources import *
from aggregator.store.engine import *
from aggregator.store.feed_items import *
from aggregator.store.limited_items import *
from aggregator.store.lock import *
from aggregator.store.marks import *
from aggregator.store.measures import *
from aggregator.store.named_articles import *
from aggregator.store.named_stories import *
from aggregator.store.newest_corrections import *
from aggregator.store.notes import *
from aggregator.store.outages import *
from aggregator.store.own_copies import *
from aggregator.store.page_pauses import *
from aggregator.store.page_shards import *
from aggregator.store.past_polls import *
from aggregator.store.pictures.logos import *
from aggregator.store.pictures.picture_copies import *
from aggregator.store.pictures.picture_marks import *
from aggregator.store.pictures.picture_uses import *
from aggregator.store.pictures.pictures import *
from aggregator.store.polls import *
from aggregator.store.postgresql import *
from aggregator.store.publication import *
from aggregator.store.publishers import *
from aggregator.store.pushes.hub_pings import *
from aggregator.store.pushes.pushes import *
from aggregator.store.records.record_lists import *
from aggregator.store.records.record_states import *
from aggregator.store.records.records import *
from aggregator.store.removals import *
from aggregator.store.review import *
from aggregator.store.shards import *
from aggregator.store.shown_articles import *
from aggregator.store.shown_places import *
from aggregator.store.shown_updates import *
from aggregator.store.source_counts import *
from aggregator.store.source_orders import *
from aggregator.store.sources import *
from aggregator.store.store import *
from aggregator.store.stories import *
from aggregator.store.story_answers import *
from aggregator.store.story_ids import *
from aggregator.store.story_links import *
from aggregator.store.story_window import *
from aggregator.store.upkeep.backup import *
from aggregator.store.upkeep.clock_faults import *
from aggregator.store.upkeep.copies import *
from aggregator.store.upkeep.emptied import *
from aggregator.store.upkeep.remaking import *
from aggregator.store.upkeep.restore import *
from aggregator.store.upkeep.transfer import *
from aggregator.store.upkeep.verification import *
from aggregator.store.worker_queue import *
