"""Notes that correct articles of a story, as its item shows them."""

from datetime import timedelta

from aggregator.model.articles import CorrectionNote
from aggregator.publish.story_items import build_story_items
from aggregator.publish.story_view import StoryView
from aggregator.publish.text_forms import format_day
from tests.builders import NOW, article, channel, provider


def _note(text, days):
    return (CorrectionNote(NOW + timedelta(days=days), text),)


def test_a_note_about_another_article_than_the_lead_says_which():
    """Readers see it beneath the lead's title: that publisher need not have been wrong."""
    lead = article(1, title="Dam holds", corrections=_note("It is the old dam.", 1))
    other = article(
        2, title="Dam <b> breaks", provider=provider("site2.example", name="The Two"),
        corrections=_note("It did not.", 0),
    )  # fmt: skip
    told = StoryView(id="story", lead=lead, others=(other,), published_at=NOW, news_at=NOW, updated_at=NOW)
    (item,) = build_story_items(channel(), [told], also_covered=0)
    day, next_day = format_day(NOW), format_day(NOW + timedelta(days=1))
    assert item.corrections == (
        f"Correction ({day}) of “Dam <b> breaks” – The Two: It did not.",
        f"Correction ({next_day}): It is the old dam.",
    )
    assert "of “Dam &lt;b&gt; breaks” – The Two: It did not." in item.content_html
