"""Into which shard each service goes: whatever is asked of it is asked by one worker at a time."""

__all__ = ["SHARDS", "compute_page_shard", "fold_shards", "shard_of"]

import hashlib
from collections.abc import Sequence
from functools import lru_cache

from aggregator.model import Article
from aggregator.urls.services import service_of_url

SHARDS = 1_024
"""Into how many shards services are put; a job of a worker is for a whole number of them."""


@lru_cache(maxsize=16_384)
def shard_of(service: str) -> int:
    """Return the shard of a service, from 0 to 1,023, the same on every machine."""
    digest = hashlib.blake2b(service.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest) % SHARDS


def compute_page_shard(article: Article) -> int:
    """Return the shard of the service that an article's page is asked of."""
    return shard_of(service_of_url(article.web_url or article.original_url or ""))


@lru_cache(maxsize=64)
def fold_shards(shards: frozenset[int]) -> tuple[int, Sequence[int]]:
    """Return the least divisor of ``SHARDS`` whose remainders tell shards from others, and these."""
    divisor = 1
    while len(remainders := {shard % divisor for shard in shards}) * SHARDS != len(shards) * divisor:
        divisor *= 2
    return divisor, sorted(remainders)
