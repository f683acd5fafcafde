"""A hub, a publisher that announces it, and a subscriber that has polled it once."""

import pytest

from tests.websub.hub import Hub
from tests.websub.subscriber import AnnouncingSite, PushSubscriber


@pytest.fixture
def hub(loopback):
    """A conformant hub."""
    hub = Hub(loopback)
    yield hub
    hub.settle()


@pytest.fixture
def publisher(loopback, hub):
    """A feed of three entries that announces the hub."""
    return AnnouncingSite(loopback, hub.url)


@pytest.fixture
def subscriber(tmp_path, publisher):
    """A subscriber that has polled the feed, and asked nobody yet."""
    with PushSubscriber(tmp_path, publisher.url) as opened:
        opened.poll()
        yield opened


@pytest.fixture
def subscribed(subscriber, hub):
    """A subscriber whose subscription the hub has verified."""
    subscriber.subscribe()
    hub.settle()
    return subscriber
