"""The keys of ``alerts`` in ``settings.yaml``: where operators are told what needs them, and how soon."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from aggregator.config.keys.fields import (
    Allowed,
    KeyGroup,
    NoneIsEmpty,
    Number,
    Raw,
    Whole,
    refuse,
    refuse_key,
)

# What stands in these values may be secret: no problem shows it.
_WEB = re.compile(r"https?://[^\s/?#@]+(?:[/?][^\s]*)?")
_SECRET = re.compile(r"(?:whsec_)?[A-Za-z0-9+/]{16,200}={0,2}")
_MAIL_SERVER = re.compile(r"smtps?://(?:[^\s/@]+@)?(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?/?")
_MAILBOX = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+")
_SERVICE = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)


def _match(pattern: re.Pattern[str], what: str) -> AfterValidator:
    def check(value: str) -> str:
        if value and not pattern.fullmatch(value):
            raise refuse(what)
        return value

    return AfterValidator(check)


_Hook = Annotated[
    Raw, _match(_WEB, "is no http or https address"), Allowed('an http or https address, or "" for none')
]
_HookSecret = Annotated[
    Raw,
    _match(_SECRET, "is no secret for webhooks"),
    Allowed('whsec_ and base64, as ${NAME} of the environment, or "" for none'),
]
_Server = Annotated[
    Raw,
    _match(_MAIL_SERVER, "is no mail server"),
    Allowed('smtp://HOST:PORT or smtps://HOST:PORT, or "" for none'),
]
_Mailbox = Annotated[
    Raw, _match(_MAILBOX, "is no e-mail address"), Allowed('an e-mail address, or "" for none')
]
_Mailboxes = Annotated[tuple[_Mailbox, ...], NoneIsEmpty, Allowed("a list of e-mail addresses, [] for none")]
_Service = Annotated[Raw, _match(_SERVICE, "is no address of Apprise's")]
_Services = Annotated[
    tuple[_Service, ...], NoneIsEmpty, Allowed("a list of Apprise's addresses, [] for none")
]


class AlertKeys(KeyGroup):
    """``alerts``: who is told what needs a person."""

    webhook: _Hook = Field(
        default="",
        repr=False,
        description="Where alerts are posted as JSON; ${NAME} in it is taken from the environment.",
    )
    webhook_secret: _HookSecret = Field(
        default="", repr=False, description="What these are signed with, as Standard Webhooks has it."
    )
    mail_server: _Server = Field(
        default="",
        repr=False,
        description="The server that sends alerts as e-mail; ${NAME} in it is taken from the environment.",
    )
    mail_from: _Mailbox = Field(default="", description="Whom e-mails with alerts are from.")
    mail_to: _Mailboxes = Field(default=(), description="Who gets e-mails with alerts.")
    services: _Services = Field(
        default=(),
        repr=False,
        description="Other services that are told, as Apprise names them: ntfys://…; ${NAME} as above.",
    )
    wait_min: Number = Field(
        default=60,
        ge=0,
        le=10_080,
        description="Minutes that a source has to fail before that is told.",
    )
    disk_free_mib: Whole = Field(
        default=500,
        ge=0,
        le=1_048_576,
        description="Mebibytes that are to be free on the disks of store and tree; fewer are told.",
    )

    @model_validator(mode="after")
    def _require_pairs(self) -> Self:
        if self.webhook and not self.webhook_secret:
            raise refuse_key("webhook_secret", "missing beside webhook, allowed: ${NAME} of the environment")
        if self.mail_server and not (self.mail_from and self.mail_to):
            key = "mail_to" if self.mail_from else "mail_from"
            raise refuse_key(key, "missing beside mail_server, allowed: who e-mails are from, and for")
        return self
