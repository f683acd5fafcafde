"""Topics whose files stand in the folder ``golden``, byte for byte.

Where a change of bytes is meant, or a format is new, ``python -m tests.publish.golden_topics`` writes them.
"""

from pathlib import Path

from aggregator.model import Image
from aggregator.publish.story_view import StoryView
from tests.builders import HOSTILE, NOON, channel, example_article, rich_article, story_of_one
from tests.publish.rendering import render_topic

GOLDEN = Path(__file__).parent / "golden"
ICONS = {"zdnet.com": "assets/images/organizations/zdnet.com-50x50.jpg"}


def render_golden_topics():
    """Return the files of each topic, by its name in the folder."""
    return {"many": _render_many(), "none": render_topic(channel(), [], [], also_covered=2)}


def _render_many():
    """Return the files of a topic with everything that items can show."""
    hostile = example_article(3, title=HOSTILE, excerpt=HOSTILE, credit=HOSTILE, authors=(HOSTILE,))
    shown = [rich_article(), example_article(1, type="video", title="R&D <b>"), hostile]
    covered = StoryView(
        id="0c0b5d2e-4a44-5d55-9f5a-3f8c4b1f7a10",
        lead=rich_article(),
        others=tuple(example_article(number, language="ar") for number in (4, 5, 6)),
        related=(example_article(9, title=HOSTILE),),
        publishers=4,
        published_at=NOON,
        news_at=NOON,
        updated_at=NOON,
    )
    to = channel(
        description="Q&A",
        images=(Image(url="/i.png", width=100, height=50),),
        publisher_icons=ICONS,
    )
    return render_topic(to, shown, [covered, *map(story_of_one, shown[1:])], also_covered=2)


def write_golden_topics():
    """Write the files as they are rendered now."""
    for case, files in render_golden_topics().items():
        for name, content in files.items():
            path = GOLDEN / case / name.removeprefix("ai/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


if __name__ == "__main__":
    write_golden_topics()
