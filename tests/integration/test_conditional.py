"""Conditional polls of sources that redirect: the real poller, a real store, real sockets."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from aggregator.config import Config, Settings
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.model import Source
from aggregator.pipeline.context import Context
from aggregator.pipeline.poll.round import poll
from aggregator.rules import Rules
from aggregator.store import open_store, read_remembered_sources, read_source_state
from tests.empty_store import put_empty_store
from tests.integration.site import item, rss
from tests.loopback import Answer

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)
LIMITS = FetchLimits(allow_private_addresses=True, domain_delay_s=0)


def polls(folder, url, *hours):
    """Poll a source at ``url`` at each of these hours; return its outcomes and its last state."""

    async def run():
        with open_store(put_empty_store(folder / "aggregator.db")) as store:
            config = Config(folder=folder, settings=Settings(), sources=(Source(id="daily", url=url),))
            store.sync_sources(config.sources, now=NOW)
            rules = Rules.of(config, read_remembered_sources(store))
            async with Fetcher(LIMITS) as fetcher:
                context = Context(rules=rules, store=store, fetcher=fetcher, clock=lambda: NOW)
                done = [
                    await poll(["daily"], replace(context, clock=lambda at=at: NOW + at * HOUR))
                    for at in hours
                ]
            return [one.outcome for (one,) in done], read_source_state(store, "daily")

    return asyncio.run(run())


def feed(request):
    """Answer a feed with an ETag, or 304 to that."""
    if request.headers["If-None-Match"] == '"v1"':
        return Answer(status=304, headers={"ETag": '"v1"'})
    body = rss(*(item(n, format_datetime(NOW - n * HOUR)) for n in range(3)))
    return Answer(body=body, headers={"ETag": '"v1"'})


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_source_behind_a_redirect_is_polled_conditionally(tmp_path, loopback, status):
    """From the second poll on, at the host that gave the ETag and at no other."""
    target = loopback.at("www.site.localhost", "/feed")
    loopback.route("/go", Answer(status=status, headers={"Location": target}))
    loopback.route("/feed", feed)
    outcomes, state = polls(tmp_path, loopback.at("site.localhost", "/go"), 0, 1, 2)
    assert outcomes == ["updated", "not_modified", "not_modified"]
    asked = [(request.path, request.headers["If-None-Match"]) for request in loopback.requests]
    assert asked == [("/go", None), ("/feed", None), *[("/go", None), ("/feed", '"v1"')] * 2]
    assert (state.validators_url, state.unread_polls) == (target, 2)


def test_a_source_that_has_always_redirected_is_proved_by_a_304(tmp_path, loopback):
    """What is unchanged since it was read behind the redirect is the same feed: the move is proposed."""
    target = loopback.at("www.site.localhost", "/feed")
    loopback.route("/go", Answer(status=301, headers={"Location": target}))
    loopback.route("/feed", feed)
    _, state = polls(tmp_path, loopback.at("site.localhost", "/go"), 0, 24, 49)
    assert (state.redirect_proved_at, state.proposed_url) == (NOW + 24 * HOUR, target)


def test_validators_are_forgotten_with_the_address_that_led_to_them(tmp_path, loopback):
    """A source that is configured anew begins anew."""
    loopback.route(
        "/go", Answer(status=302, headers={"Location": loopback.at("www.site.localhost", "/feed")})
    )
    loopback.route("/feed", feed)
    polls(tmp_path, loopback.at("site.localhost", "/go"), 0)
    outcomes, state = polls(tmp_path, loopback.at("www.site.localhost", "/feed"), 1, 2)
    assert outcomes == ["updated", "not_modified"]
    assert state.validators_url is None
    assert [r.headers["If-None-Match"] for r in loopback.requests[2:]] == [None, '"v1"']
