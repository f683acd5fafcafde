"""The Public Suffix List with its private part, as it is bundled: nothing is downloaded."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tldextract import TLDExtract


def find_registered_domain(host: str) -> str:
    """Return the domain of ``host`` that was registered below a public suffix, "" where there is none."""
    return _load_list()(host).top_domain_under_public_suffix


@cache
def _load_list() -> "TLDExtract":
    # Many commands never ask for it, and its library imports an HTTP client that takes long to import.
    import tldextract  # noqa: PLC0415

    return tldextract.TLDExtract(suffix_list_urls=(), include_psl_private_domains=True, cache_dir=None)
