"""How often a source is polled while a hub pushes it."""

from datetime import timedelta


def test_polling_slows_down_while_pushes_come(subscribed, hub, publisher):
    """From the first push on the next poll is four times as far away, if it finds nothing new."""
    subscribed.pass_time(minutes=60)
    subscribed.poll()
    assert 1 <= subscribed.slowed <= 1.1
    hub.publish(publisher.url, publisher.document(4))
    subscribed.read()
    publisher.show(4)
    subscribed.poll()
    assert 4 <= subscribed.slowed <= 4.4


def test_a_missed_push_speeds_polling_up(subscribed, hub, publisher):
    """A poll that finds what no push brought ends the slowdown, until a push comes again."""
    hub.publish(publisher.url, publisher.document(4))
    subscribed.read()
    publisher.show(5)
    assert subscribed.poll().new == 1
    assert 1 <= subscribed.slowed <= 1.1
    subscribed.pass_time(hours=66)
    subscribed.poll()
    assert 1 <= subscribed.slowed <= 1.1
    hub.publish(publisher.url, publisher.document(6))
    subscribed.read()
    publisher.show(6)
    subscribed.poll()
    assert subscribed.slowed >= 4


def test_a_lost_lease_speeds_polling_up(subscribed, hub, publisher):
    """Polls are never put off past the end of the lease, and come as ever after it."""
    hub.publish(publisher.url, publisher.document(4))
    subscribed.read()
    publisher.show(4)
    subscribed.pass_time(days=6)
    subscribed.poll()
    assert (subscribed.waits, subscribed.slowed > 1.5) == (timedelta(days=4), True)
    subscribed.pass_time(days=4)
    subscribed.poll()
    assert 1 <= subscribed.slowed <= 1.1


def test_a_denial_speeds_polling_up(subscribed, hub, publisher):
    """A hub that takes a subscription back is no longer relied on."""
    hub.publish(publisher.url, publisher.document(4))
    hub.ask(subscribed.subscription.callback_url, hub_mode="denied", hub_topic=publisher.url)
    assert subscribed.state.push_until_at is None
