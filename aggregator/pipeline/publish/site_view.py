"""What the site, and the feeds of each topic, say of themselves."""

from collections.abc import Mapping
from functools import lru_cache

from aggregator.publish.channel import Channel, SiteDescription
from aggregator.rules import Rules


def describe_channel(rules: Rules, topic_id: str, *, truth: str = "") -> Channel:
    """Return what a topic's feeds say of themselves, and its page of how often stories are right.

    No publisher has an icon there yet.
    """
    topic, site = rules.topics_by_id.get(topic_id), describe_site(rules)
    return Channel(
        site=site,
        topic_id=topic_id,
        name=topic.name if topic else site.title,
        description=topic.description if topic else None,
        parent=topic.parent if topic else None,
        topic_names=_name_topics(rules),
        images=topic.images if topic else (),
        truth=truth,
    )


def describe_site(rules: Rules) -> SiteDescription:
    """Return what the published tree says of itself."""
    site = rules.site
    return SiteDescription(
        title=rules.site_title,
        base_url=site.base_url,
        locale=site.locale,
        contact=site.contact,
        hubs=rules.websub.publish_hubs,
    )


@lru_cache(2)
def _name_topics(rules: Rules) -> Mapping[str, str]:
    return {topic.id: topic.name for topic in rules.topics}
