"""Writing the files of topics, and those of the whole site."""

from collections.abc import Collection
from dataclasses import dataclass

import structlog

from aggregator.pipeline.publish.site_view import SiteView
from aggregator.publish.files import write_files
from aggregator.publish.tree import render_site, render_topic

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicFiles:
    """What writing did: the ``names`` of the files, those that ``changed``, and a line an error."""

    names: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    errors: tuple[str, ...]


def write_topics(view: SiteView, due: Collection[str], *, also_covered: int) -> TopicFiles:
    """Write the files of the topics that are ``due``, and of the site.

    ``also_covered`` is how many other articles of a story an item names at the most.
    """
    files, errors = _render_topics(view, due, also_covered)
    files |= {**view.monograms, **render_site(view.site, tuple(view.channels.values()))}
    written = write_files(view.folder, files)
    return TopicFiles(
        names=tuple(files),
        changed=written.changed,
        unchanged=written.unchanged,
        errors=(*errors, *written.errors),
    )


def _render_topics(
    view: SiteView, due: Collection[str], also_covered: int
) -> tuple[dict[str, bytes], list[str]]:
    files: dict[str, bytes] = {}
    errors: list[str] = []
    for topic_id in due:
        topic = view.topics[topic_id]
        try:
            files |= render_topic(
                view.channels[topic_id], topic.articles, topic.stories, also_covered=also_covered
            )
        except Exception as error:  # one topic that cannot be rendered must not stop the others
            log.exception("render", topic=topic_id)
            errors.append(f"topic {topic_id}: not published, its last files stay: {error!r}")
    return files, errors
