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
def test_validators_that_never_change_are_found_out(desk, headers):
    """Within a day an unconditional poll finds what was hidden; from then on every poll sees what is new."""
    frozen = Frozen(**headers)
    desk.server.route("/frozen", frozen)
    assert desk.round("/frozen").poll.new == 3
    frozen.body = news(range(200, 204))
    hidden = 0
    while (told := desk.round("/frozen")).outcome == "not_modified":
        hidden += 1
    assert (told.outcome, told.poll.new) == ("updated", 1)
    assert timedelta(hours=hidden + 1) == WHOLE_EVERY
    assert desk.state().has_frozen_validators
    frozen.body = news(range(200, 205))
    told = desk.round("/frozen")
    assert (told.outcome, told.poll.new) == ("updated", 1)
    assert frozen.asked[-2:] == [False, False]


def test_validators_that_move_again_are_trusted_again(desk):
    """Once the ETag changes with the feed, requests are conditional as before."""
    frozen = Frozen(ETag='"always"')
    desk.server.route("/frozen", frozen)
    desk.round("/frozen")
    frozen.body = news(range(200, 204))
    desk.skipped += WHOLE_EVERY
    for _ in range(MAX_UNREAD_POLLS + 1):
        desk.round("/frozen")
    assert desk.state().has_frozen_validators
    frozen.body, frozen.headers = news(range(200, 205)), {"ETag": '"moved"'}
    assert desk.round("/frozen").poll.new == 1
    assert not desk.state().has_frozen_validators
    assert desk.round("/frozen").outcome == "not_modified"
    assert frozen.asked[-1]


def test_an_honest_source_is_asked_for_all_of_it_rarely(desk):
    """In two days of hourly polls where nothing changes the whole document comes twice."""
    frozen = Frozen(ETag='"honest"')
    desk.server.route("/honest", frozen)
    for _ in range(49):
        assert desk.round("/honest").error is None
    assert frozen.asked.count(False) == 1 + 2
    assert not desk.state().has_frozen_validators


def test_a_304_for_what_was_never_read_is_no_reason_to_stay_away(desk):
    """After a failure the validators of the last good document are sent again, and mean what they meant."""
    desk.server.serve("/news", BODY, ETag='"a"')
    desk.round("/news")
    desk.server.route("/news", Answer(status=500, headers={"ETag": '"broken"'}))
    assert desk.round("/news").outcome == "failed"
    desk.server.route("/news", lambda r: Answer(status=304 if r.headers["If-None-Match"] == '"a"' else 500))
    assert desk.round("/news").outcome == "not_modified"
