"""Sources that say that nothing changed while it did."""

from datetime import timedelta

import pytest

from aggregator.cadence.validators import MAX_UNREAD_POLLS, WHOLE_EVERY
from tests.hostile.feeds import news
from tests.hostile.server import BODY
from tests.loopback import Answer


class Frozen:
    """A feed whose validators stay the same whatever it publishes, and that believes in them."""

    def __init__(self, **headers):
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.body = BODY
        self.asked = []

    def __call__(self, request):
        """Answer 304 to who has the validators, and the feed to all others."""
        is_conditional = any(request.headers[name] for name in ("If-None-Match", "If-Modified-Since"))
        self.asked.append(is_conditional)
        return Answer(status=304) if is_conditional else Answer(body=self.body, headers=self.headers)


VALIDATORS = [
    {"ETag": '"always"'},
    {"Last_Modified": "Mon, 02 Mar 2026 00:00:00 GMT"},
    {"ETag": 'W/"always"', "Last_Modified": "Mon, 02 Mar 2026 00:00:00 GMT"},
]


@pytest.mark.parametrize("headers", VALIDATORS, ids=["etag", "date", "both"])
def test_validators_that_never_change_are_found_out(rig, headers):
    """Within a day an unconditional poll finds what was hidden; from then on every poll sees what is new."""
    frozen = Frozen(**headers)
    rig.server.route("/frozen", frozen)
    assert rig.round("/frozen").poll.new == 3
    frozen.body = news(range(200, 204))
    hidden = 0
    while (reported := rig.round("/frozen")).outcome == "not_modified":
        hidden += 1
    assert (reported.outcome, reported.poll.new) == ("updated", 1)
    assert timedelta(hours=hidden + 1) == WHOLE_EVERY
    assert rig.state().has_frozen_validators
    frozen.body = news(range(200, 205))
    reported = rig.round("/frozen")
    assert (reported.outcome, reported.poll.new) == ("updated", 1)
    assert frozen.asked[-2:] == [False, False]


def test_validators_that_move_again_are_trusted_again(rig):
    """Once the ETag changes with the feed, requests are conditional as before."""
    frozen = Frozen(ETag='"always"')
    rig.server.route("/frozen", frozen)
    rig.round("/frozen")
    frozen.body = news(range(200, 204))
    rig.skipped += WHOLE_EVERY
    for _ in range(MAX_UNREAD_POLLS + 1):
        rig.round("/frozen")
    assert rig.state().has_frozen_validators
    frozen.body, frozen.headers = news(range(200, 205)), {"ETag": '"moved"'}
    assert rig.round("/frozen").poll.new == 1
    assert not rig.state().has_frozen_validators
    assert rig.round("/frozen").outcome == "not_modified"
    assert frozen.asked[-1]


def test_an_honest_source_is_asked_for_all_of_it_rarely(rig):
    """In two days of hourly polls where nothing changes the whole document comes twice."""
    frozen = Frozen(ETag='"honest"')
    rig.server.route("/honest", frozen)
    for _ in range(49):
        assert rig.round("/honest").error is None
    assert frozen.asked.count(False) == 1 + 2
    assert not rig.state().has_frozen_validators


def test_a_304_for_what_was_never_read_is_no_reason_to_stay_away(rig):
    """After a failure the validators of the last good document are sent again, and mean what they meant."""
    rig.server.serve("/news", BODY, ETag='"a"')
    rig.round("/news")
    rig.server.route("/news", Answer(status=500, headers={"ETag": '"broken"'}))
    assert rig.round("/news").outcome == "failed"
    rig.server.route("/news", lambda r: Answer(status=304 if r.headers["If-None-Match"] == '"a"' else 500))
    assert rig.round("/news").outcome == "not_modified"
