"""Files that killed processes left in the published tree; looked for once, after the service started."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from aggregator.enrich.images import hash_of
from aggregator.pipeline.publish.monograms import find_unused_monograms, remove_all_unused_monograms
from aggregator.publish.files import remove_files
from aggregator.publish.folder_locks import lock_publication
from aggregator.publish.topic_offers import end_offer
from aggregator.publish.tree_paths import PICTURE_COPIES, is_picture_copy
from aggregator.publish.unfinished_files import clear_unfinished, find_unfinished
from aggregator.rules import Rules
from aggregator.store import Store, find_unknown_copies


def remove_orphaned_files(*, rules: Rules, store: Store) -> int:
    """Remove unfinished files, and copies of pictures and monograms that nobody shows; return how many.

    A copy that the store does not know is ours where its name is made from its bytes. Raises PublishError
    where a file cannot be removed.
    """
    folder = rules.feeds_dir
    with lock_publication(folder):  # whose files are under way
        end_offer(folder)
        removed = clear_unfinished(folder)
    for names in _find_unknown_copies(folder, store):
        removed += remove_files(folder, names)
    return removed + remove_all_unused_monograms(rules=rules, store=store)


def find_orphaned_files(*, rules: Rules, store: Store) -> list[str]:
    """Return the names of the files that ``remove_orphaned_files`` would remove."""
    folder = rules.feeds_dir
    copies = (name for names in _find_unknown_copies(folder, store) for name in names)
    monograms = find_unused_monograms(rules=rules, store=store)
    return [*find_unfinished(folder), *copies, *monograms]


def _find_unknown_copies(folder: Path, store: Store) -> Iterator[list[str]]:
    for part in sorted((folder / PICTURE_COPIES).glob("[0-9a-f][0-9a-f]")):
        names = (f"{part.name}/{path.name}" for path in sorted(part.iterdir()))
        unknown = find_unknown_copies(store, [name for name in names if is_picture_copy(name)])
        ours = (name for name in unknown if _is_named_after_itself(folder / PICTURE_COPIES / name))
        yield [f"{PICTURE_COPIES}/{name}" for name in ours]


def _is_named_after_itself(path: Path) -> bool:
    with suppress(FileNotFoundError):
        return hash_of(path.read_bytes()) == path.name.partition("-")[0]
    return False
