"""The channels of the settings, and one message through one of them."""

import time
from collections.abc import Sequence
from datetime import datetime
from threading import Thread

from aggregator.alerts import AlertChannel, ChannelSettings, Message, list_channels, make_message
from aggregator.config.keys.alert_keys import AlertKeys
from aggregator.errors import AlertNotSent
from aggregator.model.alerts import AlertEvent, AlertKind

SEND_S = 30.0
"""How long a message may take: servers that hang are tried again later."""


def make_channels(keys: AlertKeys) -> tuple[AlertChannel, ...]:
    """Return the channels of the settings."""
    return list_channels(
        ChannelSettings(
            webhook=keys.webhook,
            webhook_secret=keys.webhook_secret,
            mail_server=keys.mail_server,
            mail_from=keys.mail_from,
            mail_to=keys.mail_to,
            services=keys.services,
        )
    )


def send_messages(
    batch: Sequence[tuple[AlertChannel, Sequence[AlertEvent]]],
    site: str,
    now: datetime,
    *,
    site_url: str,
    within_s: float = SEND_S,
) -> list[str | None]:
    """Send each channel a message of its events, all at once; return why each failed, None where it did not.

    One that hangs keeps no other from being told, nor the process from ending.
    """
    problems: list[str | None] = [f"it took longer than {within_s:g} s"] * len(batch)

    def send(place: int, channel: AlertChannel, events: Sequence[AlertEvent]) -> None:
        problems[place] = _send(channel, make_message(events, site, now, site_url=site_url))

    threads = [
        Thread(target=send, args=(place, *one), name="alerts", daemon=True) for place, one in enumerate(batch)
    ]
    for thread in threads:
        thread.start()
    until_s = time.monotonic() + within_s
    for thread in threads:
        thread.join(max(0.0, until_s - time.monotonic()))
    return list(problems)


def _send(channel: AlertChannel, message: Message) -> str | None:
    """Send a message through a channel; return why that failed, None where it did not."""
    try:
        channel.send(message)
    except AlertNotSent as error:
        return str(error)
    except Exception as error:  # whatever a library raises, whose text may be secret, the others are told
        return f"it failed ({type(error).__name__})"
    return None


def make_test_event(now: datetime) -> AlertEvent:
    """Return the event that `aggregator alerts test` sends."""
    return AlertEvent(
        at=now, kind=AlertKind.TEST, subject="test", since_at=now, text="this is a test", is_over=False
    )
