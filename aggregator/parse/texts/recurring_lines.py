"""Lines that a source writes before or after most of its texts, learned from the texts themselves.

What recurs depends on all entries of a document, also on those that are not read again: marks of the first
and last sentences of each are remembered (``delta``), so that reading a part of a document learns what
reading the whole does. What was learned once is kept: otherwise excerpts would change, and subscribers be
notified, whenever the share of such entries passes the limit. So a source's excerpts change only when
something is learned.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import chain, islice

from aggregator.html import strip_link_marks

MARK_BYTES = 8
ENDS = 4
"""Marks of an entry: of its first two sentences and its last two, the outer ones outside."""
MOST_LEARNED = 16
_FEWEST_ENTRIES = 4
_LEAST_SHARE = 0.6
_SHORTEST_CHARS = 12
_SHORTEST_UNSPACED_CHARS = 6
_LONGEST_CHARS = 400
_LOOKED_AT_CHARS = 1_500
"""Of a longer text the end is cut off anyway."""
_SENTENCE_END = re.compile(r"[.!?…。！？]\s+")
_UNMARKED = bytes(MARK_BYTES)

Ends = tuple[bytes, ...]
Learned = frozenset[bytes]


def mark_ends(lines: Sequence[str]) -> Ends:
    """Return the marks of a text's first and last sentences, ``ENDS`` of them; empty ones for missing ones.

    A single sentence is the text itself: it counts as one, but stands before or after nothing.
    """
    if len(lines) == 1 and not _SENTENCE_END.search(lines[0]):
        return _mark_alone(lines[0])
    is_short = sum(map(len, lines)) <= _LOOKED_AT_CHARS
    if is_short and len(lines) <= 2:  # most texts: their first sentences are found beside their last
        sentences = _split_lines(lines)
        (first, second), (last, before) = _take_two(sentences), _take_two(sentences[:-3:-1])
    else:
        first, second = _take_two([one for line in lines[:2] for one in _split_sentences(line, at_most=2)])
        last, before = _take_two(_split_lines(lines[-2:])[:-3:-1]) if is_short else ("", "")
    if not second:
        return _mark_alone(first)
    return (
        _mark_sentence("<", first),
        _mark_sentence("<", second),
        _mark_sentence(">", before),
        _mark_sentence(">", last),
    )


def _mark_alone(sentence: str) -> Ends:
    mark = _mark_sentence("=", sentence)
    return mark, _UNMARKED, _UNMARKED, mark


def learn_lines(ends: Iterable[Ends], known: Collection[bytes] = ()) -> Learned:
    """Return the marks of what recurs in the texts of a document, and what was ``known`` before."""
    all_ends = list(ends)
    found: set[bytes] = set()
    for outer, inner in ((0, 1), (3, 2)):
        texts = sum(one[outer] != _UNMARKED for one in all_ends)
        counted = Counter(chain.from_iterable({one[outer], one[inner]} for one in all_ends))
        fewest = max(_FEWEST_ENTRIES, _LEAST_SHARE * texts)
        found |= {mark for mark, times in counted.items() if times >= fewest and mark != _UNMARKED}
    room = max(0, MOST_LEARNED - len(known))
    return frozenset((*known, *sorted(found.difference(known))[:room]))


def strip_recurring(lines: Sequence[str], learned: Learned) -> list[str]:
    """Return a text's lines without what was ``learned`` to recur before and after texts.

    A text of several sentences that all recur stays: a source may say the same of many articles.
    """
    if not learned:
        return list(lines)
    sentences = _split_lines(lines)
    start, end = 0, len(sentences)
    while start < end and _mark_sentence("<", sentences[start]) in learned:
        start += 1
    while end > start and _mark_sentence(">", sentences[end - 1]) in learned:
        end -= 1
    return sentences[start:end] if start < end or len(sentences) < 2 else list(lines)


def _split_lines(lines: Iterable[str]) -> list[str]:
    return [one for line in lines for one in _split_sentences(line)]


def _split_sentences(line: str, *, at_most: int = 1_000_000) -> list[str]:
    sentences, start = [], 0
    for found in islice(_SENTENCE_END.finditer(line), at_most):
        sentences.append(line[start : found.start() + 1])
        start = found.end()
    return [*sentences, line[start:]] if start < len(line) else sentences


def _take_two(sentences: Sequence[str]) -> tuple[str, str]:
    first, second, *_ = (*sentences, "", "")
    return first, second


def _mark_sentence(where: str, sentence: str) -> bytes:
    said = strip_link_marks(sentence) if len(sentence) <= _LONGEST_CHARS else ""
    text = said.casefold() if said == sentence else " ".join(said.casefold().split())
    least = _SHORTEST_CHARS if " " in text or text.isascii() else _SHORTEST_UNSPACED_CHARS
    if len(text) < least:
        return _UNMARKED
    marked = (where + text).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(marked, digest_size=MARK_BYTES).digest()
