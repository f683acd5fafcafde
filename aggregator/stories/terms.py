"""What an article is about, as terms: its words in their basic form, without those that say nothing."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from sys import intern
from typing import NamedTuple
from unicodedata import normalize

import Stemmer

from aggregator.stories.bylines import leave_out_byline
from aggregator.stories.contests import find_contest
from aggregator.stories.counts import find_count, read_numerals
from aggregator.stories.dates import Calendar
from aggregator.stories.editions import NO_SERIES, find_series
from aggregator.stories.formats import MAY_SEPARATE, NO_FORMATS, SEPARATOR, find_formats
from aggregator.stories.kinds import find_kinds
from aggregator.stories.language import ENGLISH, UNSPACED, detect_language, function_words
from aggregator.stories.language_data import read_frequencies
from aggregator.stories.places import NOWHERE, Countries, find_countries

_UNSPACED = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]"
_LETTERS = rf"(?:(?!{_UNSPACED})[^\W\d_])++"
# Nothing comes after what is repeated, and without a way back it is found in three quarters of the time.
_WORD = re.compile(rf"{_UNSPACED}++|\d++(?:[.,]\d++)*+|{_LETTERS}(?:['’]{_LETTERS})*+")
_SPACED_WORD = re.compile(r"\d++(?:[.,]\d++)*+|[^\W\d_]++(?:['’][^\W\d_]++)*+")
"""The same for texts without those characters, in half the time."""
_ASCII_WORD = re.compile(r"[0-9]++(?:[.,][0-9]++)*+|[a-z]++(?:'[a-z]++)*+")
"""The same for lower-case texts of ASCII characters, again in half the time."""
_FIRST_UNSPACED = "\u0e00"
_UNSPACED_RUN = re.compile(_UNSPACED)
_HIRAGANA, _KATAKANA = frozenset(map(chr, range(0x3041, 0x30A0))), frozenset(map(chr, range(0x30A0, 0x3100)))
_SCRIPT = re.compile("[\u3041-\u309f]+|[\u30a0-\u30ff]+|[^\u3041-\u30ff]+")
_COMMON = 2e-4
"""Function words rarer than this among all words are kept: "fact", "page"."""
_VERY_COMMON = 9e-4
_FREQUENCY_LANGUAGES = {"tl": "fil", "no": "nb", "hr": "sh", "sr": "sh", "bs": "sh"}
# What newsrooms put into every second headline.
_NEWSROOM = frozenset("say says said mr mrs ms dr amid".split())  # noqa: SIM905  # easier to read
_YEAR = re.compile("(?:19|20)[0-9]{2}")
_YEARS = 1e-4
# Of what kind an article is, not what it is about: two live blogs, or two price targets, are two events.
_FORM = """
    live blog liveblog update updates latest briefing newsletter roundup recap highlights preview
    podcast video watch photos pictures gallery quiz horoscope crossword cartoon editorial opinion
    analysis explainer explained interactive stocks shares market markets price target raised lowered
    cut analyst analysts rating ratings buy sell hold upgrade upgraded downgrade downgraded futures
    premarket things know need ways reasons tips best worst top today tonight morning evening daily
    weekly happened
"""
# Of pages that tell of whatever comes: tickers, bulletins, columns; strokes part their kinds. Those for
# "live" are others' words, too.
_COLUMN = {
    "de": "live liveblog liveticker newsblog newsticker ticker / newsletter / podcast / überblick",
    "en": """
        live blog liveblog update updates tracker / photos pictures gallery illustrations
        / roundup recap highlights / newsletter / podcast / quiz / horoscope / crossword / cartoon
    """,
    "es": "directo vivo minuto / boletín / podcast",
    "fr": "direct / newsletter / podcast",
    "it": "diretta / newsletter / podcast",
    "nl": "live liveblog / nieuwsbrief / podcast",
    "pt": "vivo direto / boletim / podcast",
}
_LONGEST_TEXT = 1_000
_FIRST_WORDS = 25
_LABEL_WORDS = 5
_LONGEST_WORD = 40
_WORDS_KEPT = 1 << 17


class Terms(NamedTuple):
    """The terms of an article in their order: of its ``title`` and ``excerpt``; ``language`` is ISO 639-1.

    ``countries`` are those that it is about, ``formats`` what tells whether it is a page of one, ``series``
    what it may be an edition of, and of what kinds its title says it is: as terms beside its words.
    """

    title: tuple[str, ...]
    excerpt: tuple[str, ...]
    language: str
    countries: Countries = NOWHERE
    formats: tuple[str, ...] = NO_FORMATS
    series: tuple[str, ...] = NO_SERIES

    @property
    def distinct(self) -> tuple[str, ...]:
        """Return every term once, but for those of series."""
        return tuple(dict.fromkeys((*self.title, *self.excerpt, *self.formats, *self.countries.terms)))


def extract_terms(title: str, excerpt: str | None, language: str | None) -> Terms:
    """Return the terms of an article; ``language`` is what its source states, None if nothing.

    Case, inflection, possessives and the dots and commas of large numbers make no difference. In
    languages without spaces between words, a term is two neighbouring characters; in Japanese none is
    across scripts, katakana are a term together, and hiragana where they stand alone: they are mostly
    particles and endings. Of a date only the year is a term.
    """
    title, excerpt = (
        leave_out_byline(normalize("NFKC", text[:_LONGEST_TEXT])) for text in (title, excerpt or "")
    )
    all_words, excerpt_words = _split_words(title), _split_words(excerpt)
    # Newsrooms end excerpts with lines in another language: "subscribe to our channel".
    spoken = detect_language(title + excerpt, (*all_words, *excerpt_words[:_FIRST_WORDS]), language)
    calendar, formats = Calendar.of(spoken), NO_FORMATS
    is_dated = calendar.may_have_dates(title, all_words)
    if is_dated or calendar.may_have_days(all_words):
        formats = find_formats(title, calendar)
    undated = calendar.leave_out_days(title) if is_dated else title
    title_words = all_words if undated == title else _split_words(undated)
    if calendar.may_have_dates(excerpt, excerpt_words) and (
        (bare := calendar.leave_out_days(excerpt)) != excerpt
    ):
        excerpt_words = _split_words(bare)
    title_terms, label = _make_terms(title_words, spoken), _make_terms(_split_label(title), spoken)
    return Terms(
        title=title_terms,
        excerpt=_make_terms(excerpt_words, spoken),
        language=spoken,
        countries=find_countries(title, excerpt, spoken),
        formats=formats,
        series=(
            *find_series(title_terms, label, form_terms(spoken), column_terms(spoken)),
            *find_count(undated, title_words, title_terms, _name_no_subject(spoken), spoken),
            *find_contest(undated, spoken),
            *find_kinds(title, all_words, spoken),
        ),
    )


def expected_frequency(term: str, language: str) -> float:
    """Return how often a term occurs among all words of a language, 0 to 1; 0 where nobody counted."""
    if term[0].isdigit():
        return _YEARS if _YEAR.fullmatch(term) else 10 ** (-3 - len(term) / 2)
    frequency = _count_stems(language).get(term, 0.0)
    if not frequency and language in UNSPACED:  # an English word between its own
        return _count_stems(ENGLISH).get(term, 0.0)
    return frequency


def has_frequencies(language: str) -> bool:
    """Tell whether somebody counted how often a language's words occur."""
    return bool(_read_frequencies(language))


@cache
def form_terms(language: str) -> frozenset[str]:
    """Return the terms that tell an article's kind; for languages without a list, weekdays alone."""
    words = _FORM.split() if language == ENGLISH else ()
    return frozenset(_stem(word, language) for word in (*words, *Calendar.of(language).weekdays))


@cache
def column_terms(language: str) -> Mapping[str, str]:
    """Return the terms that tell a page of whatever comes with one for its kind; none for most languages."""
    kinds = (kind.split() for kind in _COLUMN.get(language, "").split("/"))
    return {_stem(word, language): _stem(kind[0], language) for kind in kinds for word in kind}


@cache
def _name_no_subject(language: str) -> frozenset[str]:
    """Return the terms that tell an article's kind, and those of numbers."""
    return form_terms(language) | {_stem(word, language) for word in read_numerals(language)}


def _split_words(text: str) -> Sequence[str]:
    text = text.lower()
    return [word for word in _find_words(text) if len(word) <= _LONGEST_WORD]


def _find_words(text: str) -> Sequence[str]:
    if not text.isascii() and _UNSPACED_RUN.search(text):
        return _WORD.findall(text)
    find = (_ASCII_WORD if text.isascii() else _SPACED_WORD).findall
    words: list[str] = []
    for part in text.split():
        if part.isalpha():  # as most are, which takes a part of the time
            words.append(part)
        else:
            words += find(part)
    return words


def _split_label(title: str) -> Sequence[str]:
    """Return the words before a title's first colon or dash, none where they are many."""
    separator = SEPARATOR.search(title) if MAY_SEPARATE.search(title) else None
    words = _split_words(title[: separator.start()]) if separator else ()
    return words if len(words) <= _LABEL_WORDS else ()


def _make_terms(words: Sequence[str], language: str) -> tuple[str, ...]:
    if not words:
        return ()
    reduce_word = _ReducedWords.of(language).__getitem__
    if "".join(words).isascii() or max(words) < _FIRST_UNSPACED:
        return tuple(filter(None, map(reduce_word, words)))
    parts = (
        _cut_run(word) if word >= _FIRST_UNSPACED and _UNSPACED_RUN.match(word) else (reduce_word(word),)
        for word in words
    )
    return tuple(filter(None, chain.from_iterable(parts)))


def _cut_run(run: str) -> Iterator[str]:
    """Yield the terms of text without spaces, which Japanese parts by its scripts."""
    parts = _SCRIPT.findall(run)
    for part in parts:
        if part[0] in _KATAKANA:
            yield from (part,) if len(part) > 1 else ()
        elif part[0] not in _HIRAGANA:
            yield from (part[at : at + 2] for at in range(max(1, len(part) - 1)))
        elif len(parts) == 1:
            yield part


class _ReducedWords(dict[str, str]):
    """The basic forms of a language's words, kept from asking to asking: each article has dozens."""

    def __init__(self, language: str) -> None:
        self._language = language

    def __missing__(self, word: str) -> str:
        if len(self) >= _WORDS_KEPT:
            self.clear()
        return self.setdefault(word, _reduce_word(word, self._language))

    @classmethod
    @cache
    def of(cls, language: str) -> "_ReducedWords":
        return cls(language)


def _reduce_word(word: str, language: str) -> str:
    """Return the word's basic form, "" for one that says nothing."""
    if word[0].isdigit():
        return word.replace(",", "")
    plain = word.replace("’", "'").removesuffix("'s").removesuffix("'")
    if len(plain) < 2 or plain in _NEWSROOM or _is_empty(plain, language):
        return ""
    return intern(_stem(plain, language))


def _is_empty(word: str, language: str) -> bool:
    frequency = _read_frequencies(ENGLISH if language in UNSPACED else language).get(word, 0.0)
    return frequency >= _VERY_COMMON or (frequency >= _COMMON and word in function_words(language))


def _stem(word: str, language: str) -> str:
    stemmer = _get_stemmer(language)
    return stemmer.stemWord(word) if stemmer else word


@cache
def _get_stemmer(language: str) -> Stemmer.Stemmer | None:
    try:
        return Stemmer.Stemmer(language, 0)
    except KeyError:  # a language that nobody wrote a stemmer for
        return None


@cache
def _read_frequencies(language: str) -> Mapping[str, float]:
    """Return how often a language's words occur; nothing for a language that nobody counted."""
    return read_frequencies(_FREQUENCY_LANGUAGES.get(language, language))


@cache
def _count_stems(language: str) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for word, frequency in _read_frequencies(language).items():
        stem = _stem(word, language)
        found[stem] = found.get(stem, 0.0) + frequency
    return found
