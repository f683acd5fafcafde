"""What of the configuration makes the tree what it is, as digests: which of them differ says what to do."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from aggregator.model import Topic
from aggregator.pipeline.feed_sizes import size_feeds
from aggregator.pipeline.publish.feed_places import list_topic_ids
from aggregator.rules import Rules


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleDigests:
    """Digests of parts of the rules, as a publication took them up.

    ``places``     where articles and stories stand in feeds, apart from their topics
    ``shown``      what every item and page shows, apart from the topics
    ``pictures``   which pictures may be shown
    ``names``      how publishers are named
    ``topics``     by id what is said of a topic, ``limits`` how much its feeds hold
    ``site``       what the index says, apart from what ``shown`` and ``topics`` tell
    ``compressed`` whether compressed variants stand beside files
    """

    places: str = ""
    shown: str = ""
    pictures: str = ""
    names: str = ""
    topics: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, str] = field(default_factory=dict)
    site: str = ""
    compressed: bool = False


@lru_cache(2)
def digest_rules(rules: Rules, program: str) -> RuleDigests:
    """Return the digests of ``rules``; ``program`` tells one version of the program from another."""
    unread = sorted(id_ for id_, source in rules.carriers.items() if not source.page)
    size_of = size_feeds(rules)
    images = rules.images
    site = (rules.site.base_url, rules.site.locale, rules.site.contact, rules.site_title)
    pictures = _digest(images.cache, images.sizes, images.logos)
    return RuleDigests(
        places=_digest(
            program, rules.polling.backlog, rules.enrichment.pages, rules.enrichment.wait_s, unread
        ),
        shown=_digest(
            program,
            site,
            rules.websub.publish_hubs,
            rules.stories.also_covered,
            str(rules.feeds_dir),
            pictures,
        ),
        pictures=pictures,
        names=_digest(program, rules.digest),
        topics={topic.id: _digest_topic(topic) for topic in rules.topics},
        limits={topic_id: repr(size_of(topic_id)) for topic_id in list_topic_ids(rules)},
        site=_digest([topic.id for topic in rules.topics]),
        compressed=rules.publishing.compressed,
    )


def _digest_topic(topic: Topic) -> str:
    return _digest(
        topic.name, topic.description, topic.parent, topic.images, topic.quality_threshold, topic.limits
    )


def _digest(*parts: object) -> str:
    return hashlib.blake2b(repr(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()
