"""Every error the program raises on purpose.

AggregatorError              one line that says what happened and what to do
├── ConfigError              the config folder cannot be used; carries every problem found
├── ClauseError              a clause of an editor's rule is wrong; carries what, and where in it
├── FetchError               an HTTP exchange gave nothing usable; carries the address
│   ├── AddressRefused       the address guard: private, loopback, special, or not http(s)
│   ├── PageRefused          robots.txt does not let the page be fetched
│   ├── ServicePaused        nothing was asked, as service or page are left alone for now
│   │   ├── TurnPassed       nothing was asked, as others ask there before its turn would come
│   │   └── CannotAsk        nothing could be asked: this machine lacks descriptors, memory or network
│   │       └── NetworkDown  most services fail alike: it is our own network, and no publisher
│   ├── BodyTooLarge         more decoded bytes than ``fetch.max_body_bytes``
│   ├── FetchTimeout         connect, or the whole exchange, took too long
│   ├── TooManyRedirects     more hops than ``fetch.max_redirects``, or a loop
│   └── HttpStatusError      an answer that is neither 200 nor 304; carries status and Retry-After
├── ParseError               the document is no feed; carries the feeds an HTML page links to
├── ImageRefused             a file is no picture that is shown
├── StoreError               the database cannot be used
│   ├── StoreBusy            another process runs on the same store
│   ├── StoreLocked          another writer is at work on the database
│   ├── WorkerReplaced       others do what this worker was about: nothing more of it is stored
│   ├── SourceMoved          a source has another address by now: what the old one answered is not stored
│   └── PollNotStored        one poll could not be stored, by a fault of ours
├── MachineError             this machine lacks memory, descriptors or disk: no source is to blame
├── PublishError             a file of the published tree could not be rendered or written
├── TargetError              the object store that the tree is uploaded to cannot be used
├── AlertNotSent             a message to the operator could not be sent; never has secrets in it
├── SecretError              a key for the ``secured`` field is missing, malformed, or does not open it
└── RecordError              a record file breaks the record's rules; carries file and line
"""

from collections.abc import Sequence
from typing import Literal

Trouble = Literal["silent", "no_name", "refused", "tls", "lost", "slow", "proxy", "portal"]
"""How an exchange failed below HTTP.

``silent``   the name server, the network or the host did not answer
``no_name``  the name has no address
``refused``  the connection was refused
``tls``      no TLS connection came about
``lost``     the connection ended before there was an answer
``slow``     the whole exchange took too long
``proxy``    the proxy cannot be used
``portal``   an answer came that is not the service's own: the network wants a log-in first
"""


def describe_error(error: BaseException) -> str:
    """Return the kind of an error and what it says, on one line; the kind alone where it says nothing."""
    return " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")


class AggregatorError(Exception):
    """Base of all errors; ``str()`` is one line that says what happened and what to do."""


class ConfigError(AggregatorError):
    """The config folder has problems; each is ``file:line: key: what is wrong, what is allowed``."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class ClauseError(AggregatorError):
    """A clause of a rule is wrong; ``problems`` are pairs of a character's place in it and what is wrong."""

    def __init__(self, clause: str, problems: Sequence[tuple[int, str]]) -> None:
        self.clause = clause
        self.problems = tuple(problems)
        super().__init__("; ".join(f"character {offset + 1}: {what}" for offset, what in self.problems))


class FetchError(AggregatorError):
    """An HTTP exchange with ``url`` gave nothing usable; ``trouble`` None: not below HTTP."""

    def __init__(self, url: str, reason: str, *, trouble: Trouble | None = None) -> None:
        self.url = url
        self.reason = reason
        self.trouble = trouble
        super().__init__(f"{url}: {reason}" if url else reason)


class AddressRefused(FetchError):
    """The address guard does not let this address be connected to."""


class PageRefused(FetchError):
    """The site's robots.txt does not let this page be fetched."""


class ServicePaused(FetchError):
    """Nothing was asked: the service answered 429, or the page was in trouble, and is left alone for now."""


class TurnPassed(ServicePaused):
    """Nothing was asked: its turn would come when another process may ask there."""


class CannotAsk(ServicePaused):
    """Nothing could be asked, by a fault of this machine or its network: no source is to blame."""


class NetworkDown(CannotAsk):
    """Most services fail alike, or are not asked as they did: it is our own network, and no publisher."""


class BodyTooLarge(FetchError):
    """The decoded body passed the limit; the exchange was stopped there."""


class FetchTimeout(FetchError):
    """The connection or the whole exchange took longer than allowed."""


class TooManyRedirects(FetchError):
    """The redirects loop, or are more than allowed."""


class HttpStatusError(FetchError):
    """The final answer was neither 200 nor 304."""

    def __init__(self, url: str, status: int, reason: str, retry_after: str | None = None) -> None:
        super().__init__(url, reason)
        self.status = status
        self.retry_after = retry_after


class ParseError(AggregatorError):
    """The document is no feed; ``feeds`` are the feed addresses it links to, if it is a page."""

    def __init__(self, source: str, reason: str, feeds: Sequence[str] = ()) -> None:
        self.source = source
        self.reason = reason
        self.feeds = tuple(feeds)
        super().__init__(f"{source}: {reason}" if source else reason)

    def __reduce__(self) -> tuple[type["ParseError"], tuple[str, str, tuple[str, ...]]]:
        """Say how to make it again in another process, which Python would try from its message alone."""
        return ParseError, (self.source, self.reason, self.feeds)


class ImageRefused(AggregatorError):
    """A file is no picture that is shown; ``str()`` says why, to follow its address."""


class StoreError(AggregatorError):
    """The database cannot be used."""


class StoreBusy(StoreError):
    """Another process runs on the same store."""


class StoreLocked(StoreError):
    """Another writer is at work on the database: it takes no other before that one is done."""


class WorkerReplaced(StoreError):
    """A worker was silent for so long that others do its jobs: what it comes back with is not stored."""


class SourceMoved(StoreError):
    """A source got another address while it was polled: what the old one answered is not stored."""


class PollNotStored(StoreError):
    """One poll could not be stored, by a fault of ours that is the cause; the store itself is well."""


class MachineError(AggregatorError):
    """This machine has too little memory, descriptors or disk for the work; no source is to blame."""


class PublishError(AggregatorError):
    """A file of the published tree could not be rendered or written."""


class TargetError(AggregatorError):
    """Files could not be uploaded to ``publish.target``; ``str()`` names it, and what to do."""


class AlertNotSent(AggregatorError):
    """A message to the operator could not be sent through a channel; never has secrets in it."""


class SecretError(AggregatorError):
    """A key for the ``secured`` field is missing, malformed, or does not open it."""


class RecordError(AggregatorError):
    """A record file breaks the record's rules; ``line`` is None where none of it could be read."""

    def __init__(self, path: str, line: int | None, reason: str) -> None:
        self.path = path
        self.line = line
        self.reason = reason
        super().__init__(f"{path if line is None else f'{path}:{line}'}: {reason}")
