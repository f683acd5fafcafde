"""What editors' rules can ask of the stories of articles, published or not."""

from collections.abc import Collection

from aggregator.model.curation import StoryFacts
from aggregator.store import Store, read_members, read_stored_articles, read_story_ids
from aggregator.stories.coverage import cover


def read_story_facts(article_ids: Collection[str], store: Store) -> dict[str, StoryFacts]:
    """Return the facts by article id, of those whose story has other articles.

    Published or not, and even quarantined ones count: what rules make of an article changes none of them.
    """
    story_of = read_story_ids(store, article_ids)
    stories = {
        id_: members
        for id_, members in read_members(store, set(story_of.values())).items()
        if len(members) > 1
    }
    wanted = {member.article_id for members in stories.values() for member in members}
    articles = {article.id: article for article in read_stored_articles(store, wanted)}
    found: dict[str, StoryFacts] = {}
    for story_id, members in stories.items():
        own = [articles[member.article_id] for member in members if member.article_id in articles]
        if own:
            coverage = cover(story_id, own, {member.article_id: member for member in members})
            found[story_id] = StoryFacts(
                articles=len(own), publishers=coverage.publishers, independent=coverage.independent
            )
    return {id_: found[story_id] for id_, story_id in story_of.items() if story_id in found}
