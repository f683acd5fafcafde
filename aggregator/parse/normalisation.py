"""From the entries of a document to articles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aggregator.errors import describe_error
from aggregator.model import Article, Entry, ParsedFeed, Source
from aggregator.parse.article import EntryContext, is_ahead, make_article
from aggregator.parse.entry import count_entries
from aggregator.parse.entry_links import Identified, identify_entries
from aggregator.parse.texts.recurring_lines import Ends, Learned, learn_lines
from aggregator.parse.texts.title_excerpt import Lines, read_lines


@dataclass(frozen=True, kw_only=True, slots=True)
class NormalisedFeed:
    """What the entries of a document became.

    ``identified``  the entries with what identifies them, in document order
    ``articles``    theirs, in the same order; None for an entry that is left out
    ``ends``        the marks of how their texts begin and end
    ``learned``     the marks of what recurs in the texts of their source
    ``problems``    what was odd about them
    """

    identified: Sequence[Identified]
    articles: tuple[Article | None, ...]
    ends: Sequence[Ends]
    learned: Learned
    problems: tuple[str, ...]


def normalise_feed(
    feed: ParsedFeed,
    *,
    source: Source,
    now: datetime,
    lag: timedelta = timedelta(0),
    other_ends: Iterable[Ends] = (),
    learned: Learned = frozenset(),
) -> NormalisedFeed:
    """Return the articles that a document's entries become; ``now`` is the time first seen, ``lag`` behind.

    ``other_ends`` are those of entries that stand in the document and are not in ``feed``, ``learned`` is
    what recurred in the source's texts before. An entry that cannot be used is left out, with a problem; it
    never loses the others.
    """
    identified, problems = identify_entries(feed, source_url=source.url)
    lines = [_read_lines(one.entry) for one in identified]
    ends = [one.mark_ends() for one in lines]
    learned = learn_lines([*other_ends, *ends], known=learned)
    first_seen_at = now.astimezone(UTC).replace(microsecond=0)
    context = EntryContext(feed=feed, source=source, now=first_seen_at, lag=lag, learned=learned)
    articles, odd = _make_articles(identified, lines, context)
    return NormalisedFeed(
        identified=identified, articles=articles, ends=ends, learned=learned, problems=(*problems, *odd)
    )


def _read_lines(entry: Entry) -> Lines:
    try:
        return read_lines(entry)
    except Exception:  # where its article is made, this becomes a problem
        return Lines("", [], None, "")


def _make_articles(
    identified: Iterable[Identified], lines: Iterable[Lines], context: EntryContext
) -> tuple[tuple[Article | None, ...], list[str]]:
    """Return the article of each entry, and what was odd about them."""
    problems: list[str] = []
    articles: list[Article | None] = []
    ahead = empty = 0
    for one, its_lines in zip(identified, lines, strict=True):
        try:
            article = make_article(one, its_lines, context)
        except Exception as error:  # one bad entry must not lose the others
            problems.append(f"{_name_entry(one.entry)} was left out: {describe_error(error)}")
            articles.append(None)
            continue
        ahead += is_ahead(one.entry, context.now + context.lag)
        empty += article is None
        articles.append(article)
    if ahead:
        problems.append(f"{count_entries(ahead)} dated in the future, counted as published when first seen")
    if empty:
        problems.append(f"{count_entries(empty)} without title, text and link, left out")
    return tuple(articles), problems


def _name_entry(entry: Entry) -> str:
    return f"entry {(entry.entry_id or entry.link or entry.title or 'without an id')[:200]!r}"
