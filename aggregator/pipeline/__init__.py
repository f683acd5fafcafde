"""The path of the data; the only part that knows every stage.

    due sources ─► fetch ─► parse ─► normalise ─► provider ─► resolve ─► judge ─► store
                   bytes    entries  articles                 new, edit, known   topics, quality
    store ─► articles without their page ─► page, AMP proof ─► judge ─► store      (enrich.steps)
    store ─► articles in play ─► pictures, copies, logos ─► store                  (enrich.steps)
    store ─► articles without a story ─► place ─► store
    sources that are gone ─► where they may be ─► the same entries? ─► store (proposed)
    store ─► judge again (rules changed) ─► select ─► heat ─► render ─► feeds/
    store ─► what is past its time ─► removed ─► its files and rows, with the next publication

``poll`` and ``publish`` are each safe to run twice and safe to kill: a poll is one transaction, and
publishing writes whole files from what is stored.

Its modules are imported each by its own name: a command waits for nothing that it does not use.
"""

from typing import Any


def __getattr__(name: str) -> Any:
    """Return ``StoryDesk``, which programs that group stories by themselves import from here."""
    if name != "StoryDesk":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from aggregator.pipeline.grouping import StoryDesk  # noqa: PLC0415  # it brings much that few need

    return StoryDesk
