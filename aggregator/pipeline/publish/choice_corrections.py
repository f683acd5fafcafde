"""What editors have stories show, as corrections for subscribers, where they give readers a reason."""

from collections.abc import Iterator, Mapping, Sequence

from aggregator.model.corrections import CorrectionKind, PublicCorrection
from aggregator.model.decisions import Decision, Verb
from aggregator.pipeline.publish.story_pages import view_stories
from aggregator.pipeline.site import Site
from aggregator.store import (
    ALL,
    ARTICLES_FOLDER,
    Store,
    find_grown_stories,
    read_items_by_id,
    save_corrections,
)
from aggregator.stories.editor_decisions import name_article

KINDS = {
    Verb.LEAD: CorrectionKind.LEAD,
    Verb.LINK: CorrectionKind.LINK,
    Verb.UNLINK: CorrectionKind.UNLINK,
}


def correct_chosen(stories_of: Sequence[tuple[Decision, tuple[str, ...]]], site: Site) -> None:
    """Write down what decisions have their stories show, as far as feeds show these and readers are told why.

    What was written down before is not again.
    """
    told = [(one, story_ids) for one, story_ids in stories_of if one.public_reason]
    if told:
        shown_in = _read_topics({story_id for _, ids in told for story_id in ids}, site.store)
        save_corrections(site.store, list(_list_corrections(told, shown_in, site)))


def _read_topics(story_ids: set[str], store: Store) -> dict[str, set[str]]:
    """Return by id the topics whose feeds have a place for stories, without those that none has."""
    return {
        story_id: feeds - {ALL}
        for story_id, items in read_items_by_id(store, story_ids).items()
        if (feeds := {item.feed for item in items if not item.feed.endswith(ARTICLES_FOLDER)})
    }


def _list_corrections(
    told: Sequence[tuple[Decision, tuple[str, ...]]], shown_in: Mapping[str, set[str]], site: Site
) -> Iterator[PublicCorrection]:
    grown = find_grown_stories(site.store, shown_in.keys())
    leads = {view.id: view.lead for view in view_stories(sorted(shown_in), site)}
    for one, ids in told:
        if not ids or not leads.keys() >= set(ids):
            continue
        # Of two the one is told of that has a page to look at.
        first, *others = sorted(ids, key=lambda story_id: (story_id not in grown, story_id))
        if one.verb is Verb.LEAD and name_article(one.target) != leads[first].id:
            continue
        yield PublicCorrection(
            key=f"decision {one.id}",
            kind=KINDS[one.verb],
            at=site.now,
            topics=tuple(sorted(set.union(*(shown_in[story_id] for story_id in ids)))),
            title=leads[first].title,
            reason=one.public_reason,
            article_id=leads[first].id,
            story_id=first if first in grown else None,
            other_id=next(iter(others), None),
        )
