"""Checks across entries and files: what one entry alone cannot know."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from aggregator.config.checks.entry_list import EntryList
from aggregator.config.checks.problems import Problem, show, suggest
from aggregator.config.edits.source_ids import make_entry_id
from aggregator.config.files.variables import fill_variables
from aggregator.config.files.yaml_document import YamlDocument
from aggregator.config.keys.fetch_keys import PollingKeys
from aggregator.config.keys.settings import Settings
from aggregator.urls import canonical_url

RESERVED_TOPICS = ("all", "stories", "articles", "api", "assets", "schema", "status")
"""Names that stand beside the topics in the published tree."""

MOST_NAMES = 50
"""Topic ids that one problem lists at the most."""

OWN_HEADERS = frozenset({
    "accept-encoding", "connection", "content-length", "host", "if-modified-since", "if-none-match",
    "range", "transfer-encoding",
})  # fmt: skip
"""Headers that fetching sets itself; set twice, they would break conditional requests or framing."""

# RFC 9110 section 5.1 (token) and 5.5 (field value, here without obs-text).
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")


def check_storage(document: YamlDocument, settings: Settings) -> Iterator[Problem]:
    """Yield whether the database would lie in the published tree."""
    storage = settings.storage
    if Path(storage.data_dir).absolute().is_relative_to(Path(storage.feeds_dir).absolute()):
        text = "lies within feeds_dir and would be public, allowed: a folder outside it"
        yield document.problem(("storage", "data_dir"), text)


def check_sources(
    sources: EntryList, topics: EntryList, polling: PollingKeys | None, environ: Mapping[str, str]
) -> Iterator[Problem]:
    """Yield what is wrong between sources, and between them and topics, settings and environment."""
    yield from _find_bare(sources)
    keys = {number: canonical_url(url) for number, url in sources.texts("url").items()}
    yield from find_duplicates(sources, "url", keys, sources.texts("url"))
    yield from _check_ids(sources, keys)
    yield from _check_topic_names(sources, topics)
    for number, poll in sources.values("poll"):
        if isinstance(poll, dict):
            yield from _check_intervals(sources, number, poll, polling)
    for number, headers in sources.values("headers"):
        for name, value in headers.items() if isinstance(headers, dict) else ():
            for text in _check_header(name, value, environ):
                yield sources.problem(number, ("headers", name), text)


def check_topics(topics: EntryList) -> Iterator[Problem]:
    """Yield reserved and doubled ids, and parents that are unknown or go round in a circle."""
    yield from _find_bare(topics)
    ids = topics.texts("id")
    yield from find_duplicates(topics, "id", ids, ids)
    for number, topic in ids.items():
        if topic in RESERVED_TOPICS or topic.startswith("_"):
            names = ", ".join(RESERVED_TOPICS)
            text = f"{show(topic)} is reserved, allowed: none of {names} and no name starting with _"
            yield topics.problem(number, ("id",), text)
    known = frozenset(ids.values())
    for number, parent in topics.texts("parent").items():
        if parent not in known:
            yield topics.problem(number, ("parent",), describe_unknown_topic(parent, known))
    yield from _find_circles(topics)


def check_providers(providers: EntryList) -> Iterator[Problem]:
    """Yield domains that are listed twice."""
    domains = {number: domain.lower() for number, domain in providers.texts("domain").items()}
    yield from find_duplicates(providers, "domain", domains, domains)


def _find_bare(entries: EntryList) -> Iterator[Problem]:
    """Yield whether nothing stands below the key, as after an interrupted save; an empty list is ``[]``."""
    if entries.is_bare:
        key = entries.key
        text = f"nothing stands below it, allowed: a list of {key}; `{key}: []` begins one"
        yield entries.document.problem((key,), text)


def find_duplicates(
    entries: EntryList, key: str, values: Mapping[int, str], shown: Mapping[int, str]
) -> Iterator[Problem]:
    """Yield values at ``key`` that another entry has, too; ``shown`` is how they are written."""
    first: dict[str, int] = {}
    for number, value in values.items():
        before = first.setdefault(value, number)
        if before != number:
            where = f"{entries.key}[{before}] (line {entries.document.line_of((entries.key, before))})"
            yield entries.problem(
                number, (key,), f"{show(shown[number])} is also {where}, allowed: each {key} once"
            )


def _check_ids(sources: EntryList, keys: Mapping[int, str]) -> Iterator[Problem]:
    given = sources.texts("id")
    first: dict[str, int] = {}
    for number, entry in enumerate(sources.entries):
        name = make_entry_id(entry)
        before = number if name is None else first.setdefault(name, number)
        # Of two entries with one address, and no ids, the address alone is the problem.
        is_reported = number not in given and keys.get(number) == keys.get(before)
        if before != number and not is_reported:
            line = sources.document.line_of((sources.key, before))
            made = "" if number in given else " (made from the address)"
            text = f"{show(name)}{made} is also sources[{before}] (line {line}), allowed: an id of its own"
            yield sources.problem(number, ("id",), text)


def _check_topic_names(sources: EntryList, topics: EntryList) -> Iterator[Problem]:
    known, is_known = frozenset(topics.texts("id").values()), topics.is_known and not topics.is_bare
    listed = dict(sources.values("topics"))
    texts: dict[str, str] = {}
    for number, names in listed.items():
        for place, name in enumerate(names if isinstance(names, list) and is_known else ()):
            if isinstance(name, str) and name not in known:
                text = texts.get(name) or texts.setdefault(name, describe_unknown_topic(name, known))
                yield sources.problem(number, ("topics", place), text)
    for number, assign in sources.values("assign"):
        if assign is True and not listed.get(number):
            yield sources.problem(number, ("assign",), "true without topics, allowed: with topics beside it")


def describe_unknown_topic(topic: str, known: frozenset[str]) -> str:
    """Return the words for a topic that is not among those that are ``known``."""
    hint = suggest(topic, sorted(known))
    names = ", ".join(show(name) for name in sorted(known)[:MOST_NAMES]) or "none yet"
    more = ", …" if len(known) > MOST_NAMES else ""
    return f"no topic {show(topic)} in topics.yaml{hint} allowed: {names}{more}"


def _check_intervals(
    sources: EntryList, number: int, poll: Mapping[str, object], polling: PollingKeys | None
) -> Iterator[Problem]:
    low = poll.get("min_interval_min", polling and polling.min_interval_min)
    high = poll.get("max_interval_min", polling and polling.max_interval_min)
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        key, other = ("min", "max") if "min_interval_min" in poll else ("max", "min")
        is_beside = f"{other}_interval_min" in poll
        place = "beside it" if is_beside else "of polling in settings.yaml"
        limit = f"up to {high:g}" if key == "min" else f"{low:g} or more"
        more = f"{low:g} is more" if key == "min" else f"{high:g} is less"
        text = f"{more} than {other}_interval_min {place}, allowed: {limit}"
        yield sources.problem(number, ("poll", f"{key}_interval_min"), text)


def _check_header(name: str, value: object, environ: Mapping[str, str]) -> Iterator[str]:
    if not _HEADER_NAME.fullmatch(name):
        yield "no header name, allowed: letters, digits and !#$%&'*+-.^_`|~"
    elif name.lower() in OWN_HEADERS:
        yield f"set by fetching itself, allowed: none of {', '.join(sorted(OWN_HEADERS))}"
    if isinstance(value, str):
        filled, wrong = fill_variables(value, environ)
        yield from wrong
        if not _HEADER_VALUE.fullmatch(filled):
            yield "holds a character that no header value can, allowed: ASCII text on one line"


def _find_circles(topics: EntryList) -> Iterator[Problem]:
    """Yield each circle once, however many topics lead into it."""
    ids, above = topics.texts("id"), topics.texts("parent")
    numbers = {topic: number for number, topic in reversed(ids.items())}
    parents = {topic: above.get(number) for topic, number in numbers.items()}
    settled: set[str] = set()
    for topic in parents:
        trail, again = _follow_parents(topic, parents, settled)
        settled.update(trail)
        if again is not None:
            circle = trail[trail.index(again) :]
            first = circle.index(min(circle, key=numbers.__getitem__))
            names = " > ".join(map(show, [*circle[first:], *circle[: first + 1]]))
            text = f"goes round in a circle ({names}), allowed: a topic that is not below it"
            yield topics.problem(numbers[circle[first]], ("parent",), text)


def _follow_parents(
    topic: str, parents: Mapping[str, str | None], settled: set[str]
) -> tuple[list[str], str | None]:
    """Return ``topic`` and what is newly above it, and the topic that comes again, if one does."""
    trail: dict[str, None] = {}
    at: str | None = topic
    while at is not None and at not in settled and at not in trail:
        trail[at] = None
        at = parents.get(at)
    return list(trail), at if at in trail else None
