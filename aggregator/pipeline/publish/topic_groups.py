"""The files of marked topics, written by several processes at once: who publishes, and who helps.

feeds are arranged ─► topics in groups, offered ─► each group written by who has its lock ─► the offer is over

Nobody arranges, removes or judges anything meanwhile, and each topic has one writer. So the files are those
that one process would have written, one by one. Marks that nobody took up are left to who publishes.
"""

import json
import os
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import blake2b
from uuid import uuid4
from zlib import crc32

from aggregator.pipeline.publish.feed_places import list_topic_ids
from aggregator.pipeline.publish.program import digest_program
from aggregator.pipeline.publish.rule_digests import digest_rules
from aggregator.pipeline.publish.topic_files import AT_A_TIME
from aggregator.pipeline.publish.topic_writer import TopicFiles, TopicWriter
from aggregator.pipeline.site import Site
from aggregator.publish.topic_offers import (
    TopicOffer,
    end_offer,
    put_offer,
    read_offer,
    try_to_lock_group,
    wait_for_groups,
)
from aggregator.rules import Rules
from aggregator.store import MarkKind, Store, read_marks_by_key


@dataclass(frozen=True, kw_only=True, slots=True)
class Helpers:
    """How many other processes may write topics, ``most`` at once.

    With fewer marked topics than ``least_topics`` these are written before another has heard of it.
    """

    most: int = 0
    least_topics: int = 8


ALONE = Helpers()


def choose_group(topic_id: str, groups: int) -> int:
    """Return the number of the group that a topic is in, of so many."""
    return crc32(topic_id.encode()) % groups


def share_topics(site: Site, *, helpers: Helpers) -> TopicFiles:
    """Write what marked topics show differently, while ``helpers`` write some of them, if they are there.

    Called by who publishes, once feeds are arranged; when it returns, nobody else writes. Raises PublishError
    where somebody still does.
    """
    if not helpers.most:
        return TopicFiles(items={})
    marked = read_marks_by_key(site.store, MarkKind.TOPIC, now=site.now, limit=AT_A_TIME)
    if len(marked.keys() & {*list_topic_ids(site.rules)}) < helpers.least_topics:
        return TopicFiles(items={})
    offer = TopicOffer(
        id=uuid4().hex,
        groups=helpers.most + 1,
        now=site.now.isoformat(),
        rules=_digest_rules(site.rules, site.now),
    )
    try:
        put_offer(site.rules.feeds_dir, offer)
        done = _write_groups(offer, range(offer.groups), site.rules, site.store)
        wait_for_groups(site.rules.feeds_dir)
    finally:
        end_offer(site.rules.feeds_dir)
    return done.sum_up()


def help_with_topics(offer: TopicOffer, *, rules: Rules, store: Store) -> TopicFiles:
    """Write the topics of those groups of an offer that nobody writes, unless it is made by other rules."""
    if not offer.is_open or offer.rules != _digest_rules(rules, datetime.fromisoformat(offer.now)):
        return TopicFiles(items={})
    first = os.getpid()  # helpers seldom ask for the same group at once
    numbers = ((first + number) % offer.groups for number in range(offer.groups))
    return _write_groups(offer, numbers, rules, store).sum_up()


def _write_groups(offer: TopicOffer, numbers: Iterable[int], rules: Rules, store: Store) -> TopicWriter:
    site = Site(rules=rules, store=store, now=datetime.fromisoformat(offer.now))
    writer = TopicWriter(site=site, is_alone=False)
    for number in numbers:
        with try_to_lock_group(rules.feeds_dir, number) as is_ours:
            if is_ours and read_offer(rules.feeds_dir) == offer:
                _write_group(number, offer.groups, writer)
    return writer


def _write_group(number: int, groups: int, writer: TopicWriter) -> None:
    """Write the topics of one of so many groups."""
    site = writer.site
    marked = read_marks_by_key(site.store, MarkKind.TOPIC, now=site.now, limit=AT_A_TIME)
    theirs = (id_ for id_ in list_topic_ids(site.rules) if choose_group(id_, groups) == number)
    rest = deque(id_ for id_ in theirs if id_ in marked)
    while rest:
        writer.write_next(rest, marked)


def _digest_rules(rules: Rules, now: datetime) -> str:
    """Return a digest of all by which a publication tells whether its rules are those taken up before."""
    parts = (
        asdict(digest_rules(rules, digest_program())),
        rules.digest,
        dict(rules.decisions.digest_by_key(now)),
        rules.stories.decisions.digest_choices(now),
    )
    return blake2b(json.dumps(parts, sort_keys=True).encode(), digest_size=16).hexdigest()
