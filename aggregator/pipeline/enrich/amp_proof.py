"""An article's AMP page: each address where it may be is asked, until one proves to be it."""

from dataclasses import dataclass
from datetime import datetime

from aggregator.enrich import AmpCandidate, find_amp_refusal, list_amp_candidates
from aggregator.errors import FetchError, ServicePaused
from aggregator.fetch.pages import PageFetcher
from aggregator.model import Article, Provider, Source
from aggregator.pipeline.article_page import read_page
from aggregator.rules import Rules
from aggregator.urls import canonical_url, unwrap_amp


@dataclass(frozen=True, kw_only=True, slots=True)
class AmpProof:
    """What came of one candidate: ``refusal`` says why it is not the AMP page, None if it is."""

    candidate: AmpCandidate
    refusal: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AmpLookup:
    """What was found of an article's AMP page: the article's own address, and each proof."""

    article_url: str
    proofs: tuple[AmpProof, ...]


async def prove_amp(
    article: Article, *, rules: Rules, pages: PageFetcher, page_link: str | None
) -> tuple[AmpProof, ...]:
    """Return what came of each place where the AMP page of ``article`` may be, up to the first proved one.

    Raises ServicePaused where one of them cannot be asked for now.
    """
    proofs = []
    for candidate in list_amp_candidates(article, entry_link=article.amp_link, page_link=page_link):
        refusal = await _refuse_candidate(article, candidate, rules, pages)
        proofs.append(AmpProof(candidate=candidate, refusal=refusal))
        if refusal is None:
            break
    return tuple(proofs)


async def find_amp(url: str, *, rules: Rules, pages: PageFetcher, now: datetime) -> AmpLookup:
    """Return what is found of the AMP page of the article at ``url``; stores nothing, raises FetchError."""
    _, head = await read_page(unwrap_amp(url), rules=rules, pages=pages)
    own = (head.canonical if head.is_amp else None) or unwrap_amp(url)
    if head.is_amp and own != url:
        _, head = await read_page(own, rules=rules, pages=pages)
    article = Article(
        id="", source_id="", provider=Provider(domain=""), title="", published_at=now,
        first_seen_at=now, updated_at=now, web_url=own, canonical_url=canonical_url(own),
    )  # fmt: skip
    article = rules.registry.resolve(article, Source(id="", url=own), site_url=own, title=None)
    proofs = await prove_amp(article, rules=rules, pages=pages, page_link=head.amphtml)
    return AmpLookup(article_url=article.web_url or own, proofs=proofs)


async def _refuse_candidate(
    article: Article, candidate: AmpCandidate, rules: Rules, pages: PageFetcher
) -> str | None:
    """Say why the candidate is not the AMP page of ``article``, None if it is; raises ServicePaused."""
    try:
        _, head = await read_page(candidate.url, rules=rules, pages=pages)
    except ServicePaused:
        raise
    except FetchError as error:
        return error.reason
    own = (article.web_url, article.original_url, article.canonical_url)
    return find_amp_refusal(own, is_amp=head.is_amp, canonical=head.canonical)
