"""What pages and acts of the desk answer, before it is made a response."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from aggregator.desk.sessions import DeskSession

Fields = Mapping[str, str]
"""What an address or a form says, by name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownPage:
    """A page: its ``template``, and what that shows."""

    template: str
    values: Mapping[str, object]
    status: int = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Redirect:
    """That the browser is led to another page of the desk, with ``said`` above it."""

    page: str
    said: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskAct:
    """What is done with a form, and how long that may take in seconds."""

    function: Callable[[Fields, DeskSession], ShownPage | Redirect]
    within_s: float


class DeskPages(Protocol):
    """What the application shows; called in a thread, one at a time."""

    def show(self, page: str, asked: Fields) -> ShownPage | None:
        """Return a page, None where there is none; raises AggregatorError."""

    def find_act(self, page: str) -> DeskAct | None:
        """Return what is done with the forms of a page, None where it has none."""
