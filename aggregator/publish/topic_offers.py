"""What who publishes offers to others: groups of topics, each to be written by whoever has its lock first.

An offer is a file in the tree. Who has the lock of a group, and finds the offer as it was then, may write the
group's topics until it gives the lock back. An offer ends in this order: it says so, all locks of groups are
waited for, and its file goes. So without a file nobody writes a group's topics, and nobody begins to.
"""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path

from aggregator.errors import PublishError
from aggregator.publish.folder_locks import describe_reason, lock_folder, try_to_lock
from aggregator.publish.lock_holders import Hold, check_holds
from aggregator.publish.synced_file import replace_file

OFFER = ".topics"
_LOCK = ".topics-{}.lock"


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicOffer:
    """An offer: ``groups`` topics are put into, the time ``now`` and the ``rules`` that they are written by.

    ``id`` tells it from all others. Unless it ``is_open`` nobody begins with a group.
    """

    id: str
    groups: int
    now: str
    rules: str
    is_open: bool = True


_ENDING = TopicOffer(id="", groups=1, now="", rules="", is_open=False)


def put_offer(folder: Path, offer: TopicOffer) -> None:
    """Make an offer to all who see the folder; raises PublishError."""
    check_holds()
    try:
        replace_file(f"{folder}/{OFFER}", json.dumps(asdict(offer)).encode())
    except OSError as error:
        raise PublishError(f"{folder}/{OFFER}: cannot be written: {describe_reason(error)}") from error


def read_offer(folder: Path) -> TopicOffer | None:
    """Return the offer that stands, or ends; None: none does."""
    try:
        return TopicOffer(**json.loads((folder / OFFER).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def end_offer(folder: Path) -> None:
    """End an offer, if there is one: nobody writes a group's topics then.

    Raises PublishError where somebody still does, and the offer is still ending then.
    """
    if (folder / OFFER).exists():
        put_offer(folder, _ENDING)
        wait_for_groups(folder)
        (folder / OFFER).unlink(missing_ok=True)


def wait_for_groups(folder: Path) -> None:
    """Wait until who writes topics of any group is done; raises PublishError where one takes a minute."""
    for name in _list_locks(folder):
        with lock_folder(folder, name):
            pass


def try_to_lock_group(folder: Path, number: int) -> AbstractContextManager[Hold | None]:
    """Hold the lock of a group, and give what is noted of it; None: another has it."""
    return try_to_lock(folder, _LOCK.format(number))


def _list_locks(folder: Path) -> Iterator[str]:
    return (path.name for path in sorted(folder.glob(_LOCK.format("*"))))
