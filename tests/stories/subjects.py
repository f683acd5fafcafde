"""Articles that tell some words of a few subjects."""

from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from tests.builders import article, provider

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
SUBJECTS = [
    "battery plant fire kestrelholm accelerator deliveries halted",
    "appeals court brightpath copyright verdict songbooks overturned",
    "dockers walkout port alder crane automation pledge",
    "irida malaria vaccine tamburo trial infections halved",
    "battery plant inspectors kestrelholm skipped tests backup",
    "brightpath songbooks settlement authors copyright royalties",
]


def article_on(number, subject, minutes, publisher, words, *, day=""):
    """Return an article that tells some of a subject's words; ``day`` ends its title."""
    reported = SUBJECTS[subject].split()
    title = " ".join(reported[word % len(reported)] for word in words) or reported[0]
    return article(
        number,
        at=START + timedelta(minutes=minutes),
        id=str(uuid5(NAMESPACE_URL, str(number))),
        provider=provider(f"paper{publisher}.example"),
        title=title.capitalize() + day,
        quality=60 + publisher,
    )
