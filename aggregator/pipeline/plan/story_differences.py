"""Stories that would be led by another article, or shown beside other stories, by editors' decisions."""

from collections.abc import Iterable, Iterator, Mapping

from aggregator.curate.editor_decisions import PART
from aggregator.model.decisions import Decision
from aggregator.model.feed_differences import ShownPart, StoryDifference
from aggregator.pipeline.publish.story_pages import view_stories
from aggregator.pipeline.site import Site
from aggregator.publish.story_view import StoryView
from aggregator.store import Store, find_named_stories
from aggregator.stories.editor_decisions import StoryChoices

Asked = Mapping[tuple[str, ShownPart], tuple[str, ...]]
"""By story, and what of it may be shown otherwise, the names of the decisions that would do it."""


def find_asked(before: StoryChoices, after: StoryChoices, store: Store) -> Asked:
    """Return what of which stories decisions concern that count by one of both alone."""
    leads = {*before.leads.items()} ^ {*after.leads.items()}
    links = {*before.links} ^ {*after.links}
    concerned: list[tuple[str, ShownPart, Decision]] = [
        (article_id, ShownPart.LEAD, decision) for article_id, decision in leads
    ]
    concerned += [(name, ShownPart.RELATED, one.decision) for one in links for name in (one.one, one.other)]
    named = find_named_stories(store, {name for name, _, _ in concerned})
    found: dict[tuple[str, ShownPart], set[str]] = {}
    for name, part, decision in concerned:
        if name in named:
            found.setdefault((named[name], part), set()).add(f"{PART}{decision.id}")
    return {key: tuple(sorted(names)) for key, names in sorted(found.items())}


def read_shown_stories(asked: Asked, site: Site) -> dict[str, StoryView]:
    """Return by id the stories that are asked for, as their pages show them, as far as these do."""
    story_ids = sorted({story_id for story_id, _ in asked})
    return {view.id: view for view in view_stories(story_ids, site)}


def compare_stories(
    asked: Asked, before: Mapping[str, StoryView], after: Mapping[str, StoryView]
) -> Iterator[StoryDifference]:
    """Yield what of the stories that are there before and after is shown otherwise."""
    for (story_id, part), because in asked.items():
        if story_id not in before or story_id not in after:
            continue
        was, is_ = (dict(_list_shown(views[story_id], part)) for views in (before, after))
        if [*was] != [*is_]:
            yield StoryDifference(
                story_id=story_id,
                title=after[story_id].lead.title,
                part=part,
                before=tuple(was.values()),
                after=tuple(is_.values()),
                because=because,
            )


def _list_shown(view: StoryView, part: ShownPart) -> Iterable[tuple[str, str]]:
    """Return the ids and titles of what leads a story, or of what is related."""
    shown = (view.lead,) if part is ShownPart.LEAD else view.related
    return ((article.id, article.title) for article in shown)
