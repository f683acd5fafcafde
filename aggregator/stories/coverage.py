"""A story's articles beside each other: who speaks for it, who only repeats, which come first."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from aggregator.model import Article, Member
from aggregator.stories.agency_credit import find_agency, make_publisher_key
from aggregator.stories.editions import keep_words
from aggregator.stories.likeness import dot

NEARLY_IDENTICAL = 0.8
"""Share of all their terms that two articles have in common where one is a copy of the other."""
_LEAST_TERMS = 8
_COMPARED = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Voices:
    """Whose words the articles of a story have (``of``, by article id), and the ids of ``copies``."""

    of: Mapping[str, str]
    copies: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """The articles of one story as they are shown.

    ``lead`` speaks for it, ``others`` follow, the best first. ``voices`` has by article id whose words it
    has; ``independent`` are as many publishers as have words of their own.
    """

    story_id: str
    lead: Article
    others: tuple[Article, ...]
    voices: Mapping[str, str]

    @property
    def articles(self) -> tuple[Article, ...]:
        """Return all articles, the lead first."""
        return (self.lead, *self.others)

    @property
    def publishers(self) -> int:
        """Return how many publishers have the story."""
        return len({article.provider.domain for article in self.articles})

    @property
    def independent(self) -> int:
        """Return how many publishers have it in words of their own, a family of them counting once."""
        return len(set(self.voices.values()))


def cover(
    story_id: str, articles: Sequence[Article], members: Mapping[str, Member], *,
    first: Collection[str] = (), lead: Article | None = None, voices: Voices | None = None,
) -> Coverage:  # fmt: skip
    """Return the coverage of a story by ``articles``; ``members`` says of each by id how it was grouped.

    Those whose ids are in ``first`` come first. The lead is ``lead`` where it is given, else original
    reporting before copies, then by quality, completeness (excerpt, picture, author), and the earliest. The
    others are other publishers' first, then by likeness to the lead, quality and time. ``voices`` None: to be
    found.
    """
    if len(articles) == 1:  # as most are
        return Coverage(
            story_id=story_id, lead=articles[0], others=(), voices={articles[0].id: articles[0].id}
        )
    spoken = voices or find_voices(articles, members)
    lead = lead or min(articles, key=lambda a: (a.id not in first, _rank_lead(a, a.id in spoken.copies)))
    near = rank_related(lead, [article for article in articles if article is not lead], members)
    others = tuple(sorted(near, key=lambda article: article.id not in first))
    return Coverage(story_id=story_id, lead=lead, others=others, voices=spoken.of)


def find_voices(articles: Iterable[Article], members: Mapping[str, Member]) -> Voices:
    """Return whose words the articles of a story have: earlier ones are what later ones copy.

    There are as many as publishers at most, whatever names the feeds of one publisher give it.
    """
    voices: dict[str, str] = {}
    copies = set()
    seen: list[tuple[frozenset[str], Article]] = []
    ordered = sorted(articles, key=lambda article: (article.published_at, article.id))
    families = _find_families(ordered)
    named = {_get_family(article): families[article.id] for article in reversed(ordered)}
    for article in ordered:
        terms = frozenset(keep_words(members[article.id].terms) if article.id in members else ())
        credited = find_agency(article) or ""
        agency = named.get(credited, credited)
        if agency == families[article.id]:
            agency = ""
        original = None if agency else _find_original(terms, article, seen, families)
        if agency or original:
            copies.add(article.id)
        voices[article.id] = agency or (voices[original.id] if original else families[article.id])
        if len(seen) < _COMPARED:
            seen.append((terms, article))
    copied = [article.id for article in ordered if article.id in copies]
    return Voices(of=_join_own_voices(voices, copied, families), copies=frozenset(copies))


def _find_families(articles: Iterable[Article]) -> dict[str, str]:
    """Return the family of each article's publisher by article id: one for all articles of a publisher."""
    by_domain: dict[str, str] = {}
    return {a.id: by_domain.setdefault(a.provider.domain, _get_family(a)) for a in articles}


def _join_own_voices(
    voices: Mapping[str, str], copies: Sequence[str], families: Mapping[str, str]
) -> dict[str, str]:
    """Return whose words articles have, where whom they copy is not there: a publisher's beside its own.

    One that has only such copies speaks for the first it copies. ``copies`` are in the order of time.
    """
    own = {voice for id_, voice in voices.items() if id_ not in copies}
    first: dict[str, str] = {family: family for family in own}
    lost = (id_ for id_ in copies if voices[id_] not in own)
    return {**voices, **{id_: first.setdefault(families[id_], voices[id_]) for id_ in lost}}


def rank_related(
    article: Article, others: Iterable[Article], members: Mapping[str, Member]
) -> tuple[Article, ...]:
    """Return articles as related to one: other publishers' first, then the most alike, best and newest."""
    own = members.get(article.id)

    def rank(other: Article) -> tuple[bool, float, int, float, str]:
        theirs = members.get(other.id)
        likeness = round(dot(own.vector, theirs.vector), 1) if own and theirs else 0.0
        is_own = other.provider.domain == article.provider.domain
        return is_own, -likeness, -other.quality, -other.published_at.timestamp(), other.id

    return tuple(sorted(others, key=rank))


def _rank_lead(article: Article, is_copy: bool) -> tuple[bool, int, int, float, str]:
    complete = sum(map(bool, (article.excerpt, article.images, article.authors)))
    return is_copy, -article.quality, -complete, article.published_at.timestamp(), article.id


def _find_original(
    terms: frozenset[str],
    article: Article,
    earlier: Iterable[tuple[frozenset[str], Article]],
    families: Mapping[str, str],
) -> Article | None:
    """Return the earlier article of another publisher that has nearly the same words."""
    for known, other in earlier:
        if min(len(terms), len(known)) < _LEAST_TERMS:
            continue
        common = len(terms & known)
        is_copy = common >= NEARLY_IDENTICAL * (len(terms) + len(known) - common)
        if is_copy and families[other.id] != families[article.id]:
            return other
    return None


def _get_family(article: Article) -> str:
    # Under its name, as others credit it, an agency's own articles are one voice with their copies.
    return article.provider.family or make_publisher_key(article.provider)
