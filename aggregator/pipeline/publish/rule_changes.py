"""Taking up a changed configuration, or a new version of the program: what it changes is marked."""

import json
from dataclasses import asdict

from aggregator.pipeline.publish.feed_places import list_topic_ids, name_feeds
from aggregator.pipeline.publish.program import digest_program
from aggregator.pipeline.publish.rule_digests import RuleDigests, digest_rules
from aggregator.pipeline.publish.shown_truth import forget_shown_truth
from aggregator.pipeline.publish.topic_counts import take_up_limits
from aggregator.pipeline.publisher_names import find_unlisted_publisher
from aggregator.rules import Rules
from aggregator.store import (
    Remaking,
    Store,
    list_publisher_domains,
    read_note,
    read_publisher_names,
    save_remaking,
)

PUBLISHED_BY = "published by"
"""The note in the store with the digests of the rules that were taken up last."""


def take_up_rules(rules: Rules, store: Store) -> bool:
    """Mark what the rules change since they were taken up last; tell whether they had changed at all."""
    fresh = digest_rules(rules, digest_program())
    noted = read_note(store, PUBLISHED_BY)
    note = json.dumps(asdict(fresh))
    if noted == note:
        return False
    take_up_limits(rules, store)
    known = _read_digests(noted)
    names = _find_other_names(rules, store) if fresh.names != known.names else {}
    # Documents whose bytes stay are written again only where it is forgotten that they are there.
    forgets = fresh.compressed != known.compressed
    save_remaking(store, _compare(known, fresh, rules, names), note=(PUBLISHED_BY, note), forgets=forgets)
    return True


def remake_everything(rules: Rules, store: Store) -> None:
    """Mark everything that is derived from what is stored to be made anew, and forget what is known of it."""
    fresh = digest_rules(rules, digest_program())
    forget_shown_truth(store)
    take_up_limits(rules, store)
    names = _find_other_names(rules, store)
    remaking = _compare(RuleDigests(), fresh, rules, names)
    save_remaking(store, remaking, note=(PUBLISHED_BY, json.dumps(asdict(fresh))), forgets=True)


def _read_digests(noted: str | None) -> RuleDigests:
    """Return the digests of a note, those of no rules where another version of the program wrote it."""
    try:
        return RuleDigests(**json.loads(noted or "{}"))
    except (TypeError, ValueError):
        return RuleDigests()


def _compare(known: RuleDigests, fresh: RuleDigests, rules: Rules, names: dict[str, str | None]) -> Remaking:
    changed = {id_ for id_, digest in fresh.topics.items() if known.topics.get(id_) != digest}
    removed = known.topics.keys() - fresh.topics.keys()
    limited = {id_ for id_, limit in fresh.limits.items() if known.limits.get(id_) != limit}
    is_placed_anew = (fresh.places, fresh.compressed) != (known.places, known.compressed)
    is_shown_anew = is_placed_anew or fresh.shown != known.shown
    return Remaking(
        places=is_placed_anew,
        shown=is_shown_anew,
        pictures=fresh.pictures != known.pictures and (rules.images.sizes or rules.images.logos),
        icons=fresh.names != known.names,
        site=is_shown_anew or fresh.site != known.site or bool(changed),
        topic_ids=tuple(list_topic_ids(rules)) if is_shown_anew else tuple(sorted(changed | limited)),
        articles_of=tuple(sorted(changed | removed)),
        removed=tuple(sorted(removed)),
        removed_feeds=tuple(feed for topic_id in sorted(removed) for feed in name_feeds(topic_id)),
        names=names,
    )


def _find_other_names(rules: Rules, store: Store) -> dict[str, str | None]:
    """Return the publishers whose name differs from the one that they are shown under."""
    domains = list_publisher_domains(store)
    known = read_publisher_names(store, domains)
    found = ((domain, find_unlisted_publisher(domain, rules, store)) for domain in domains)
    names = {domain: publisher.name if publisher else None for domain, publisher in found}
    return {domain: name for domain, name in names.items() if name != known.get(domain)}
