"""What a client can read and what it has already: the request headers of RFC 9110, judged."""

import re
from collections.abc import Mapping
from datetime import datetime

from aggregator.http_dates import parse_http_date

IDENTITY = "identity"
# the smaller result first; it decides between codings that the client likes equally
_CODINGS = ("br", "gzip", IDENTITY)
_ALIASES = {"x-gzip": "gzip"}
_UNNAMED_IDENTITY = 0.0001
_QVALUE = re.compile(r"q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\Z", re.IGNORECASE)
_ETAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')


def choose_coding(accept_encoding: str | None) -> str:
    """Return ``br``, ``gzip`` or ``identity``, whichever the client likes best (RFC 9110, 12.5.3).

    A client that accepts none of them gets ``identity``, as one that sends no such header.
    """
    if accept_encoding is None:
        return IDENTITY
    weights = _parse_weights(accept_encoding)
    anything = weights.get("*")
    liked = {coding: weights.get(coding, anything or 0.0) for coding in _CODINGS}
    if IDENTITY not in weights and anything is None:
        liked[IDENTITY] = _UNNAMED_IDENTITY
    best = max(_CODINGS, key=lambda coding: liked[coding])
    return best if liked[best] else IDENTITY


def _parse_weights(accept_encoding: str) -> Mapping[str, float]:
    weights: dict[str, float] = {}
    for element in accept_encoding.lower().split(","):
        coding, _, parameter = element.partition(";")
        name = coding.strip()
        if name:
            weights[_ALIASES.get(name, name)] = _parse_weight(parameter.strip())
    return weights


def _parse_weight(parameter: str) -> float:
    """Return a coding's weight; one that cannot be read counts as a refusal."""
    if not parameter:
        return 1.0
    match = _QVALUE.match(parameter)
    return float(match[1]) if match else 0.0


def is_unchanged(
    *, if_none_match: str | None, if_modified_since: str | None, etag: str, modified_at: datetime
) -> bool:
    """Return whether the client holds this representation already (RFC 9110, 13.2.2).

    The entity tag alone decides where the client sent one; a date that cannot be read says nothing.
    ``modified_at`` counts in whole seconds, as in Last-Modified.
    """
    if if_none_match is not None:
        return if_none_match.strip() == "*" or etag in _ETAG.findall(if_none_match)
    since = parse_http_date(if_modified_since)
    return since is not None and modified_at.replace(microsecond=0) <= since
