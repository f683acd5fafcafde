"""Titles and excerpts in words fit for a record."""

import pytest

from aggregator.model import Entry
from aggregator.parse.boilerplate import strip_boilerplate
from aggregator.parse.wording import excerpt_of, title_of


def _entry(**fields):
    return Entry(base_url="https://site.example/", **fields)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("A fact. The post A fact appeared first on The Site.", "A fact."),
        ("Ein Satz. Der Beitrag Ein Satz erschien zuerst auf Seite.", "Ein Satz."),
        ("Une phrase. L’article Une phrase est apparu en premier sur Site.", "Une phrase."),
        ("A sentence. Read more", "A sentence."),
        ("A sentence… Read more »", "A sentence…"),
        ("A sentence [...]", "A sentence…"),
        ("A sentence [&] (…)", "A sentence [&]…"),
        ("A sentence. Continue reading Some title →", "A sentence."),
        ("Satz eins. Weiterlesen", "Satz eins."),
        ("You can read more about it here.", "You can read more about it here."),
        (
            "The post office appeared first. It stood on the hill.",
            "The post office appeared first. It stood on the hill.",
        ),
        ("Article URL: https://a.example/x Comments URL: https://b.example/y Points: 3 # Comments: 0", ""),
        ("submitted by /u/someone [link] [comments]", ""),
        ("Comments", ""),
        ("https://a.example/only-an-address", ""),
        ("arXiv:2001.00001v1 Announce Type: new Abstract: We show that it works.", "We show that it works."),
        ("", ""),
    ],
)
def test_lines_of_software_are_taken_off(text, kept):
    """Invitations to read on, notices of first appearance and link lists go; sentences stay."""
    assert strip_boilerplate(text) == kept


def test_a_long_excerpt_is_cut_at_a_word():
    """Three hundred characters at most, ending at a word's end with an ellipsis."""
    excerpt = excerpt_of(_entry(summary_html="<p>" + "word " * 100 + "</p>"))
    assert excerpt is not None
    assert len(excerpt) <= 300
    assert excerpt.endswith("word…")


def test_a_title_is_bounded():
    """A title of a whole book is cut to a thousand characters."""
    title, _ = title_of(_entry(title="word " * 1_000), excerpt=None, url=None)
    assert title is not None
    assert len(title) <= 1_000


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("https://site.example/2020/a-good_story.html?x=1", "A good story"),
        ("https://site.example/p/12345", "site.example/p/12345"),
        ("https://site.example/", "site.example/"),
    ],
)
def test_an_address_stands_in_for_a_title(url, title):
    """Without title and text the words of the address, or the address itself, are the title."""
    assert title_of(_entry(), excerpt=None, url=url) == (title, "address")


def test_a_bracket_in_a_plain_title_is_a_bracket():
    """Where the title is text, ``<`` is a character; where it is HTML, it starts a tag."""
    assert title_of(_entry(title="a <b> c", title_is_html=False), excerpt=None, url=None)[0] == "a <b> c"
    assert title_of(_entry(title="a <b>c</b>", title_is_html=True), excerpt=None, url=None)[0] == "a c"
