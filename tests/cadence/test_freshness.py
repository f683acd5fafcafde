"""How long an answer says that it stays fresh."""

from datetime import timedelta

import pytest

from aggregator.cadence.freshness import find_freshness

DATE = "Mon, 02 Mar 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "fresh"),
    [
        ({}, None),
        ({"cache-control": "max-age=600"}, timedelta(minutes=10)),
        ({"cache-control": 'public, MAX-AGE="600", must-revalidate'}, timedelta(minutes=10)),
        ({"cache-control": "max-age=600", "age": "100"}, timedelta(seconds=500)),
        ({"cache-control": "max-age=600", "age": "700"}, None),
        ({"cache-control": "max-age=0"}, None),
        ({"cache-control": "s-maxage=600"}, None),
        ({"cache-control": "no-store, max-age=600"}, None),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "max-age=-1"}, None),
        ({"cache-control": "max-age=soon", "date": DATE, "expires": "Mon, 02 Mar 2026 13:00:00 GMT"}, timedelta(hours=1)),
        ({"date": DATE, "expires": "Mon, 02 Mar 2026 13:00:00 GMT"}, timedelta(hours=1)),
        ({"date": DATE, "expires": "Wed, 11 Jan 1984 05:00:00 GMT"}, None),
        ({"date": DATE, "expires": "0"}, None),
        ({"expires": "Mon, 02 Mar 2026 13:00:00 GMT"}, None),
        ({"cache-control": "max-age=60", "date": DATE, "expires": "Mon, 02 Mar 2026 13:00:00 GMT"}, timedelta(minutes=1)),
        ({"cache-control": "max-age=9999999999"}, timedelta(days=366)),
        ({"date": DATE, "expires": "Fri, 31 Dec 9999 23:59:59 GMT"}, timedelta(days=366)),
        ({"cache-control": "max-age=99999999999999999999"}, None),
    ],
)  # fmt: skip
def test_freshness_by_the_headers(headers, fresh):
    """max-age counts first, then Expires against Date; what cannot be read says nothing."""
    assert find_freshness(headers) == fresh
