"""What a person can do about a source that is not well."""

from aggregator.cadence import health_of
from aggregator.model import Source, SourceState

_ADVICE = (
    (("401", "403", "Forbidden"), "its publisher refuses us: ask to be let in, or set `headers`"),
    (("404", "410", "Not Found", "Gone"), "`aggregator sources doctor {id}` looks where it has gone"),
    (("429", "Too Many"), "nothing: it is asked less often until it answers again"),
    (("timed out", "took longer", "too long"), "wait: it often passes; else raise `fetch.timeout_s`"),
    (("certificate", "SSL", "TLS"), "its publisher has to renew its certificate; try its address with www"),
    (("resolve", "no address", "DNS"), "see whether its domain exists: `aggregator sources doctor {id}`"),
    (("refused", "private", "loopback"), "see whether its address is right"),
    (("no feed", "not a feed"), "`aggregator sources doctor {id}` looks for the feed behind the page"),
    (("bytes",), "raise `fetch.max_body_bytes` if you trust it"),
)  # fmt: skip


def advise(source: Source, state: SourceState) -> str | None:
    """Return what to do about a source, None where nothing is to be done."""
    if state.proposed_url is not None:
        return "accept the new address under Review, if it is right"
    if state.quarantined_at is not None:
        return "look at what is quarantined under Review"
    if health_of(state) == "well":
        return None
    error = (state.error or "").lower()
    for words, advice in _ADVICE:
        if any(word.lower() in error for word in words):
            return advice.format(id=source.id)
    return f"`aggregator sources doctor {source.id}` tries it now and looks for another address"
