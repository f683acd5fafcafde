"""Who is not to be asked for a page for a while."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class PauseKind(Enum):
    """What is left alone."""

    PAGE = "page"
    """One page, which was in trouble."""
    SITE = "site"
    """The pages of an origin, between two of them."""
    SERVICE = "service"
    """All of a service, which answered 429."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PagePause:
    """Nothing of ``name``, an address or the name of a service, is asked before ``until_at``."""

    kind: PauseKind
    name: str
    until_at: datetime
