"""What the site that a browser reads is about."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

GIVEN = {
    "Machine learning finds a comet": "Machine learning finds a comet",
    "Machine learning <b>&amp; bold</b> claims": "Machine learning & bold claims",
    "«Machine learning» — नमस्ते": "«Machine learning» — नमस्ते",
}
TITLES = tuple(GIVEN.values())
EXCERPTS = (
    "Astronomers let it sift old plates, and found what nobody had seen for two hundred years.",
    "A laboratory promises translation without errors; linguists who tried it counted nine hundred.",
    "Schools in Kathmandu teach children to read with a tutor that runs on a telephone.",
)
PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><rect width="30" height="20"/></svg>'
)


def feed_item(number: int, title: str, host: str) -> str:
    """Return an item of the feed with a title, its excerpt and a picture."""
    published_at = datetime.now(UTC) - timedelta(hours=number)
    return (
        f"<item><title><![CDATA[{title}]]></title><link>{host}/{number}</link>"
        f"<guid>g{number}</guid><pubDate>{format_datetime(published_at)}</pubDate>"
        "<author>a@daily.example (Ann Lee)</author><description><![CDATA["
        f"<p>{EXCERPTS[number]}</p><script>document.title = 'taken over'</script>]]></description>"
        f'<enclosure url="{host}/{number}.svg" type="image/svg+xml" length="90"/></item>'
    )
