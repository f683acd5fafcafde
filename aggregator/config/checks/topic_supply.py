"""Whether anything can give a topic its articles."""

from aggregator.config.loading import Config


def topics_without_supply(config: Config) -> tuple[str, ...]:
    """Return the ids of topics that no article can have: no keywords, and no source assigns it.

    A topic has the articles of those below it, too.
    """
    topics = {topic.id: topic for topic in config.topics}
    supplied = {topic.id for topic in config.topics if topic.keywords}
    supplied.update(topic for source in config.sources if source.assign for topic in source.topics)
    for given in tuple(supplied):
        parent = topics[given].parent
        while parent is not None:  # a valid configuration has no circles
            supplied.add(parent)
            parent = topics[parent].parent
    return tuple(topic for topic in topics if topic not in supplied)
