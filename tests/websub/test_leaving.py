"""Subscriptions that are not wanted any more, and hubs that do not let go."""

import pytest

from aggregator.store import read_subscriptions


@pytest.mark.parametrize("change", [{"enabled": False}, {"url": ""}])
def test_a_source_that_is_gone_is_unsubscribed(subscribed, hub, change):
    """Removed or disabled: the hub is asked to end it, verifies, and nothing of it is kept."""
    subscribed.configure(**change)
    assert subscribed.subscribe() == 1
    hub.settle()
    assert hub.forms[-1]["hub.mode"] == "unsubscribe"
    assert "hub.secret" not in hub.forms[-1]
    assert hub.held == {}
    subscribed.subscribe()
    assert subscribed.subscription is None


def test_what_no_longer_announces_its_hub_is_unsubscribed(subscribed, hub, publisher):
    """A poll that finds no hub ends the subscription."""
    publisher.hub_url = None
    publisher.show(4)
    subscribed.poll()
    subscribed.subscribe()
    hub.settle()
    assert hub.held == {}


def test_another_hub_replaces_the_first(subscribed, hub, publisher, loopback):
    """The new one is asked, the old one left; in between there are two, with callbacks of their own."""
    moved = loopback.route("/moved", hub.requested)
    publisher.hub_url = moved
    publisher.show(4)
    subscribed.poll()
    assert subscribed.subscribe() == 2
    hub.settle()
    assert [form["hub.mode"] for form in hub.forms].count("unsubscribe") == 1
    subscribed.subscribe()
    assert subscribed.subscription.hub_url == moved
    assert len(hub.held) == 1


def test_a_hub_that_does_not_let_go_is_forgotten(subscribed, hub):
    """After three requests in vain we stop asking, and the callback is gone for it."""
    hub.answers = 500
    callback = subscribed.subscription.callback_url
    subscribed.configure(enabled=False)
    for _ in range(4):
        subscribed.subscribe()
        subscribed.pass_time(hours=1)
    assert subscribed.subscription is None
    assert len(hub.forms) == 4
    assert hub.deliver(next(iter(hub.held.values())), b"<rss/>").status == 410
    assert callback == next(iter(hub.held.values())).callback


def test_a_change_of_our_address_subscribes_anew(tmp_path, subscribed, hub):
    """Callbacks at the old address cannot be reached: the old subscription is left for one at the new."""
    subscribed.websub = {"public_url": f"{subscribed.server.url}/behind"}
    subscribed.configure()
    subscribed.subscribe()
    callbacks = [one.callback_url for one in read_subscriptions(subscribed.store, "daily")]
    assert callbacks[0].startswith(f"{subscribed.server.url}/behind/_websub/")
    assert len(callbacks) == 2


def test_switched_off_everything_is_forgotten(subscribed, hub, publisher):
    """Subscriptions end by themselves, pushes get 410, and polling is as fast as it was."""
    hub.publish(publisher.url, publisher.document(4))
    assert subscribed.state.push_until_at is not None
    held = next(iter(hub.held.values()))
    subscribed.websub = {"enabled": False}
    subscribed.configure()
    subscribed.subscribe()
    assert subscribed.subscription is None
    assert subscribed.state.push_until_at is None
    assert hub.deliver(held, b"<rss/>").status == 410


def test_a_denial_while_leaving_ends_it(subscribed, hub, publisher):
    """A hub that denies what we are about to leave has let go: nothing of it is kept."""
    hub.verifies = False
    subscribed.configure(enabled=False)
    subscribed.subscribe()
    callback = subscribed.subscription.callback_url
    assert hub.ask(callback, hub_mode="denied", hub_topic=publisher.url).status == 200
    subscribed.subscribe()
    assert subscribed.subscription is None
