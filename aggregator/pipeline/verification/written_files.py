"""Files that are made of the store alone: whether each has the bytes that the program writes now."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from aggregator.model.progress import OnProgress
from aggregator.pipeline.publish.correction_feeds import list_correction_feeds
from aggregator.pipeline.publish.feed_places import list_topic_ids
from aggregator.pipeline.publish.site_view import describe_channel
from aggregator.pipeline.publish.story_pages import BATCH, name_page, render_pages
from aggregator.pipeline.site import Site
from aggregator.publish.files import read_file, remove_files
from aggregator.publish.site import SITE_FILES
from aggregator.publish.stale_pages import find_story_page_ids
from aggregator.publish.topic_documents import TOPIC_DOCUMENTS
from aggregator.publish.variants import find_stale_variant
from aggregator.rules import Rules
from aggregator.store import ALL

ALTERED = "it is not as it was written"


def find_altered_pages(
    story_ids: Sequence[str], site: Site, *, on_progress: OnProgress
) -> Iterator[tuple[str, str]]:
    """Yield by name which pages of these stories have other bytes than they are to have, each with why.

    They are rendered as publishing does. ``on_progress`` is told how many of how many were looked at.
    """
    channel = describe_channel(site.rules, ALL)
    for start in range(0, len(story_ids), BATCH):
        on_progress(start, len(story_ids))
        files, _ = render_pages(story_ids[start : start + BATCH], channel, site)
        wanted = {name_page(story_id) for story_id in story_ids[start : start + BATCH]}
        yield from find_altered({name: files[name] for name in wanted & files.keys()}, site.rules.feeds_dir)
    on_progress(len(story_ids), len(story_ids))


def find_altered(files: Mapping[str, bytes], folder: Path) -> Iterator[tuple[str, str]]:
    """Yield by name which of these files have other bytes, or one in compressed form beside them has.

    Those that are not there are left out.
    """
    for name, content in sorted(files.items()):
        path = folder / name
        try:
            found = read_file(str(path))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            yield name, f"it cannot be read ({error})"
            continue
        if found != content:
            yield name, ALTERED
        elif (variant := find_stale_variant(path)) is not None:
            yield name, f"{variant} beside it has other bytes"


def remove_stale_variants(rules: Rules) -> None:
    """Remove published texts that other bytes stand beside in compressed form: they are made again."""
    names = [f"{id_}/{one.name}" for id_ in list_topic_ids(rules) for one in TOPIC_DOCUMENTS]
    names += [*SITE_FILES, *list_correction_feeds(rules)]
    names += map(name_page, sorted(find_story_page_ids(rules.feeds_dir)))
    for name in names:
        path = rules.feeds_dir / name
        if path.is_file() and find_stale_variant(path) is not None:
            remove_files(rules.feeds_dir, [name])
