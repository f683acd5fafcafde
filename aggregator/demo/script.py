"""What every publisher has out at a given moment: a pure function of the time since the start.

A backlog of three days is there at once, events break over the first eight minutes, and bulletins
keep coming for ever after (see ``bulletins``).
"""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from aggregator.demo.bulletins import bulletins_until
from aggregator.demo.pieces import Change, Piece, content, publishers
from aggregator.text import slug

ROUNDUP = "the-roundup"
PICKED_AFTER_S = 40
HOUR_S = 3600
SLUG_WORDS = 9


def state_at(elapsed_s: float) -> Mapping[str, tuple[Piece, ...]]:
    """Return what each publisher has out ``elapsed_s`` seconds after the start, newest first."""
    out = [_apply_changes(piece, elapsed_s) for piece in scripted_pieces() if piece.is_out(elapsed_s)]
    out += _add_picks(bulletins_until(elapsed_s), elapsed_s)
    by_publisher: dict[str, list[Piece]] = {name: [] for name in publishers()}
    for piece in sorted(out, key=lambda piece: (-piece.at_s, piece.slug)):
        by_publisher[piece.publisher].append(piece)
    return {name: tuple(pieces) for name, pieces in by_publisher.items()}


@cache
def scripted_pieces() -> tuple[Piece, ...]:
    """Return every piece that is written out in the script, as it first stands."""
    written = [piece for event in content("events.json") for piece in _cover_event(event)]
    written += [_piece(row, row, _start_s(row)) for row in content("singles.json")]
    return tuple(_add_picks(written, float("inf")))


def slug_of(title: str) -> str:
    """Return the first words of ``title`` for an address."""
    return "-".join(slug(title).split("-")[:SLUG_WORDS])


def _apply_changes(piece: Piece, elapsed_s: float) -> Piece:
    """Apply the edits that were made by then; a pick keeps the words it was made with."""
    for change in piece.changes:
        changed_s = piece.at_s + change.after_s
        if changed_s <= elapsed_s:
            piece = replace(
                piece,
                title=change.title or piece.title,
                excerpt=change.excerpt or piece.excerpt,
                changed_s=changed_s,
            )
    return piece


def _start_s(row: Mapping[str, Any]) -> float:
    return float(row["at_s"]) if "at_s" in row else -float(row["hours_ago"]) * HOUR_S


def _cover_event(event: Mapping[str, Any]) -> Iterable[Piece]:
    """Yield the pieces on one event; a copy takes over the agency's text and credits it."""
    rows = {row["by"]: row for row in event["articles"]}
    for row in event["articles"]:
        at_s = _start_s(event) + row["after_s"]
        agency = row.get("copy_of")
        yield _piece({**rows[agency], "credit": agency, **row} if agency else row, event, at_s)


def _piece(row: Mapping[str, Any], event: Mapping[str, Any], at_s: float) -> Piece:
    by = publishers()[row["by"]]
    agency = row.get("credit")
    number = zlib.crc32(f"{by.id} {row['title']}".encode())
    return Piece(
        publisher=by.id,
        event=event.get("id") or f"{by.id}-{number}",
        slug=slug_of(row["title"]),
        number=number % 900_000 + 100_000,
        at_s=at_s,
        changed_s=at_s,
        title=row["title"],
        excerpt=row["excerpt"],
        body=row["body"],
        topic=event["topic"],
        place=event.get("place"),
        picture=row.get("picture", by.picture),
        author=publishers()[agency].name if agency else row.get("author", by.staff[number % len(by.staff)]),
        credit=agency,
        video=row.get("video"),
        gone_at_s=row.get("gone_at_s"),
        changes=tuple(Change(**change) for change in row.get("changes", ())),
    )


def _add_picks(pieces: Iterable[Piece], elapsed_s: float) -> list[Piece]:
    """Return ``pieces`` and the links that the round-up has made to the first one on each event."""
    found = list(pieces)
    first: dict[str, Piece] = {}
    for piece in found:
        first.setdefault(piece.event, piece)
    picks = (_pick(piece) for piece in first.values() if piece.number % 3)
    return found + [pick for pick in picks if pick.at_s <= elapsed_s]


def _pick(piece: Piece) -> Piece:
    at_s = piece.at_s + PICKED_AFTER_S
    return replace(
        piece,
        publisher=ROUNDUP,
        slug=f"{piece.slug}-{piece.number}",
        at_s=at_s,
        changed_s=at_s,
        picture="none",
        author=None,
        video=None,
        pick=piece,
        gone_at_s=None,
        changes=(),
    )
