"""Where messages go, by the settings: each channel has a name that tells no secret, and sends in its way."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from aggregator.alerts.mail import MailServer, send_mail
from aggregator.alerts.message import Message
from aggregator.alerts.services import name_service, send_to_service
from aggregator.alerts.webhook import post_webhook

Send = Callable[[Message], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelSettings:
    """Where alerts are sent, with the secrets filled in; "" and empty for nowhere."""

    webhook: str = ""
    webhook_secret: str = ""
    mail_server: str = ""
    mail_from: str = ""
    mail_to: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertChannel:
    """One channel; ``send`` takes seconds at most, and raises AlertNotSent."""

    name: str
    send: Send


def list_channels(settings: ChannelSettings) -> tuple[AlertChannel, ...]:
    """Return the channels that are configured; one at another address is another channel."""
    channels: list[AlertChannel] = []
    if settings.webhook:
        send: Send = partial(post_webhook, url=settings.webhook, secret=settings.webhook_secret)
        channels.append(AlertChannel(name=f"webhook {_digest([settings.webhook])}", send=send))
    if settings.mail_server and settings.mail_to:
        server = MailServer.parse(settings.mail_server)
        send = partial(send_mail, server=server, sender=settings.mail_from, receivers=settings.mail_to)
        channels.append(AlertChannel(name=f"mail {_digest([server.host, *settings.mail_to])}", send=send))
    for url in settings.services:
        name = f"{name_service(url)} {_digest([url])}"
        channels.append(AlertChannel(name=name, send=partial(send_to_service, url=url)))
    return tuple(channels)


def _digest(parts: Sequence[str]) -> str:
    """Return what tells addresses apart: too short to find out a token by trying."""
    return hashlib.blake2b("\n".join(parts).encode("utf-8", "replace"), digest_size=3).hexdigest()
