"""What the site shows: its topics, with articles and pictures as readers may see them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from aggregator.pipeline.publish.public_articles import make_public, select_icons
from aggregator.pipeline.publish.selection import TopicSelection, list_articles, replace_articles
from aggregator.publish.channel import Channel, Site
from aggregator.rules import Rules
from aggregator.store import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteView:
    """All that the feeds and pages of topics show: by topic id its ``channels`` and what they hold.

    ``folder`` is the tree's root. ``monograms`` are drawn for publishers without a logo, by file name.
    """

    folder: Path
    site: Site
    channels: Mapping[str, Channel]
    topics: Mapping[str, TopicSelection]
    monograms: Mapping[str, bytes]


def view_site(selected: Mapping[str, TopicSelection], *, rules: Rules, store: Store) -> SiteView:
    """Return what was selected, by topic id, as it is published."""
    public = make_public(list_articles(selected.values()), rules=rules, store=store)
    topics = {key: replace_articles(selection, public.articles) for key, selection in selected.items()}
    channels = {
        key: replace(
            describe_channel(rules, key), publisher_icons=select_icons(public, list_articles([selection]))
        )
        for key, selection in topics.items()
    }
    return SiteView(
        folder=rules.feeds_dir,
        site=_describe_site(rules),
        channels=channels,
        topics=topics,
        monograms=public.monograms,
    )


def describe_channel(rules: Rules, topic_id: str) -> Channel:
    """Return what a topic's feeds say of themselves; no publisher has an icon there yet."""
    topics = {topic.id: topic for topic in rules.topics}
    topic, site = topics.get(topic_id), _describe_site(rules)
    return Channel(
        site=site,
        topic_id=topic_id,
        name=topic.name if topic else site.title,
        description=topic.description if topic else None,
        parent=topic.parent if topic else None,
        topic_names={t.id: t.name for t in topics.values()},
        images=topic.images if topic else (),
    )


def _describe_site(rules: Rules) -> Site:
    site = rules.site
    return Site(title=rules.site_title, base_url=site.base_url, locale=site.locale, contact=site.contact)
