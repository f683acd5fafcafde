"""Decisions: what an editor says of single articles and stories, apart from what rules make of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aggregator.model.ids import is_id


class Verb(StrEnum):
    """What a decision does with its target."""

    PIN = "pin"
    """It stands first in the feeds of a topic, and in them whatever its age."""
    BAN = "ban"
    """It is in no feed."""
    RETITLE = "retitle"
    """It is shown under another title."""
    RE_EXCERPT = "re-excerpt"
    """It is shown with another excerpt."""
    PICTURE = "picture"
    """It is shown with another picture, or with none."""
    ADD_TOPIC = "add-topic"
    """It belongs to a topic."""
    REMOVE_TOPIC = "remove-topic"
    """It does not belong to a topic."""
    HOLD_UNTIL = "hold-until"
    """It is not published before a time."""
    QUALITY = "quality"
    """Points are added to its quality, or taken from it."""
    MERGE = "merge"
    """Two stories are one."""
    SPLIT = "split"
    """An article is not of its story."""
    LEAD = "lead"
    """It speaks for its story, whichever article would do so otherwise."""
    LINK = "link"
    """Two stories are shown as related to each other."""
    UNLINK = "unlink"
    """Two stories are not shown as related to each other."""
    CORRECT = "correct"
    """It is shown with a note that corrects it."""
    WITHDRAW = "withdraw"
    """It leaves the feeds, and its page says so."""
    KILL = "kill"
    """It leaves everywhere at once, its pictures and record too, and nothing quotes it."""
    RESTORE = "restore"
    """What took it out of the feeds before counts no more, but for a takedown."""
    TAKEDOWN = "takedown"
    """As ``kill``, of an article or of all that a publisher has, until it is taken back."""


STORY_VERBS = frozenset({Verb.MERGE, Verb.SPLIT, Verb.LEAD, Verb.LINK, Verb.UNLINK})
"""What is decided on stories; all others are decided on articles."""
PAIR_VERBS = frozenset({Verb.MERGE, Verb.LINK, Verb.UNLINK})
"""What is decided on two stories."""
RESTORED_VERBS = frozenset({Verb.BAN, Verb.WITHDRAW, Verb.KILL})
"""What keeps an article out of all feeds, until it is restored."""
OUT_VERBS = frozenset({*RESTORED_VERBS, Verb.TAKEDOWN})
"""What keeps an article out of all feeds."""
URGENT_VERBS = frozenset({Verb.WITHDRAW, Verb.KILL, Verb.TAKEDOWN, Verb.RESTORE})
"""What waits for nothing: it takes back what was published. ``restore``, as it may take that back in turn."""
NO_PICTURE = "none"
"""The value of ``picture`` that takes the picture away."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """One decision of an editor, as the operator's files have it.

    ``id``            tells it from all others, in what it explains too
    ``target``        the id or an address of an article or a story; of ``takedown`` also a publisher's host
    ``reason``        for those who edit; ``public_reason`` for readers, None: they are told none
    ``by``            who decided, and ``at`` when: of two that contradict each other the later one holds
    ``value``         what ``verb`` sets: a title, an excerpt, a note (``correct``), an address or ``none``
                      (``picture``), a topic id, points (``quality``), a time (``hold-until``, ISO 8601),
                      or the other story (``PAIR_VERBS``), of ``split`` its other articles; None where it
                      needs none
    ``topic``         the topic whose feeds ``pin`` means, ``all`` or an id; None for other verbs
    ``until``         when it ends by itself, None: never
    """

    id: str
    verb: Verb
    target: str
    reason: str
    by: str
    at: datetime
    value: str | None = None
    topic: str | None = None
    until: datetime | None = None
    public_reason: str | None = None

    @property
    def publisher(self) -> str | None:
        """The host of the publisher that a takedown names, with all below it; None: it names an article."""
        is_host = self.verb is Verb.TAKEDOWN and "://" not in self.target and not is_id(self.target)
        return self.target if is_host else None

    @property
    def points(self) -> int:
        """The points that ``quality`` adds."""
        return int(self.value or 0)

    @property
    def held_until(self) -> datetime | None:
        """The time before which ``hold-until`` lets nothing be published, None for other verbs."""
        return datetime.fromisoformat(self.value) if self.verb is Verb.HOLD_UNTIL and self.value else None

    def is_in_force(self, now: datetime) -> bool:
        """Tell whether it has not ended by ``now``."""
        return self.until is None or now < self.until
