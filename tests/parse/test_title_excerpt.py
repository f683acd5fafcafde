"""Titles and excerpts in words fit for a record."""

from datetime import UTC, datetime

import pytest

from aggregator.html import decode_text, is_marked_up, title_text
from aggregator.parse.texts.boilerplate import strip_boilerplate
from aggregator.parse.texts.title_excerpt import choose_title, make_excerpt
from tests.builders import entry


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
    excerpt = make_excerpt(entry(summary_html="<p>" + "word " * 100 + "</p>"))
    assert excerpt is not None
    assert len(excerpt) <= 300
    assert excerpt.endswith("word…")


def test_a_title_is_bounded():
    """A title of a whole book is cut to a thousand characters."""
    title, _ = choose_title(entry(title="word " * 1_000), excerpt=None, url=None)
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
    assert choose_title(entry(), excerpt=None, url=url) == (title, "address")


def test_a_bracket_in_a_plain_title_is_a_bracket():
    """Where the title is text, ``<`` is a character; where it is HTML, it starts a tag."""
    assert choose_title(entry(title="a <b> c", title_is_html=False), excerpt=None, url=None)[0] == "a <b> c"
    assert choose_title(entry(title="a <b>c</b>", title_is_html=True), excerpt=None, url=None)[0] == "a c"


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("The <dialog> element and <b> in HTML", "The <dialog> element and <b> in HTML"),
        ("if a<b and c>d then", "if a<b and c>d then"),
        ("a<b>c", "a<b>c"),
        ("List<String> in Java", "List<String> in Java"),
        ("Map<K, V>", "Map<K, V>"),
        ("Option<A> to Option<B>", "Option<A> to Option<B>"),
        ("How to use <div>", "How to use <div>"),
        ("How to use &lt;div&gt;", "How to use <div>"),
        ("a < b", "a < b"),
        ("I <3 RSS", "I <3 RSS"),
        ("<script> tags considered harmful", "<script> tags considered harmful"),
        ("<b> vs <strong>: which?", "<b> vs <strong>: which?"),
        ("The <b> and </b> tags", "The <b> and </b> tags"),
        ("<b> and </b> explained", "<b> and </b> explained"),
        ("</p> is optional", "</p> is optional"),
        ("The <br> tag", "The <br> tag"),
        ("What is <head>?", "What is <head>?"),
        ("<Suspense> in React", "<Suspense> in React"),
        ("Use of <em>Vec<T></em> in Rust", "Use of Vec<T> in Rust"),
        ("Use <code><div></code> wisely", "Use <div> wisely"),
        ("<noscript> is <i>dead</i>", "<noscript> is dead"),
        ("x <- y <i>z</i>", "x <- y z"),
        ("<b>Bold</b> news", "Bold news"),
        ("&lt;i&gt;Hamlet&lt;/i&gt; on stage", "Hamlet on stage"),
        ("Say <b> Bold </b> now", "Say Bold now"),
        ("H<sub>2</sub>O", "H2O"),
        ("One line<br>another", "One line another"),
        ("One line <br> another", "One line another"),
        ("<img src='x.png' alt='a > b'> news", "news"),
        ("<a href=https://x.example/>Read</a> it", "Read it"),
        ('<span class="x">Red</span> alert', "Red alert"),
        ("<p>One</p><p>two</p>", "One two"),
        ("Breaking <b>news", "Breaking news"),
        ("Breaking news</b>", "Breaking news"),
        ('News <a href="https://cut.exam', "News"),
        ("<script>alert(1)</script>Hello", "Hello"),
        ("<o:p></o:p>Word", "Word"),
    ],
)
def test_titles_lose_tags_that_mark_up_and_keep_those_they_are_about(written, title):
    """Markup is pairs of known tags, and what cannot be meant as words; everything else is text."""
    assert (title_text(written) if is_marked_up(written) else decode_text(written)) == title


@pytest.mark.parametrize(
    "hostile",
    ["<b>" * 1_700, '<a href="' * 500, "<" * 5_000, "&lt;" * 1_200, "<!--" * 1_200, "<i></b>" * 700],
)
def test_hostile_titles_are_read(hostile):
    """Thousands of tags in one title are read in a moment."""
    assert isinstance(is_marked_up(hostile), bool)
    assert isinstance(title_text(hostile), str)


@pytest.mark.parametrize(
    ("written", "source", "feed", "title"),
    [
        ("A bridge opens - The Journal", "The Journal", "News", "A bridge opens"),
        ("A bridge opens | Journal", None, "The Journal", "A bridge opens"),
        ("A bridge opens — the journal", None, "The Journal – Latest news", "A bridge opens"),
        ("A bridge - old and new · The Journal", None, "World | The Journal", "A bridge - old and new"),
        ("A bridge opens - The Star - Kenya", "The Star - Kenya", None, "A bridge opens"),
        ("Rock &amp; roll - AT&amp;T", "AT&amp;T", None, "Rock & roll"),
        ("桥开了_新闻网", None, "新闻网", "桥开了"),
        ("The Journal", "The Journal", "The Journal", "The Journal"),
        ("- The Journal", "The Journal", None, "- The Journal"),
        ("A bridge opens - News", None, "News | The Journal", "A bridge opens - News"),
        ("A bridge opens - Europe", "", "Europe – The Journal", "A bridge opens - Europe"),
        ("Learn to program - C", None, "C | The Journal", "Learn to program - C"),
        ("A bridge opens - UPI", "UPI", None, "A bridge opens"),
        ("A bridge opens - The Herald", "The Journal", None, "A bridge opens - The Herald"),
        ("About: The Journal", "The Journal", None, "About: The Journal"),
        ("Anti-Journal", "Journal", "Journal", "Anti-Journal"),
        ("A bridge opens - ", "…", "-", "A bridge opens -"),
        ("A bridge opens - The Journal - Politics", "The Journal", None, "A bridge opens"),
        ("A bridge opens | Journal | World | News", None, "The Journal", "A bridge opens"),
        (
            "A bridge opens - The Journal - Rivers",
            "The Journal",
            None,
            "A bridge opens - The Journal - Rivers",
        ),
        ("A bridge opens — Journal.example.org", None, None, "A bridge opens"),
        ("A bridge opens - example.org", None, None, "A bridge opens"),
        ("A bridge opens - other.example", None, None, "A bridge opens - other.example"),
    ],
)
def test_a_title_is_without_its_publisher(written, source, feed, title):
    """A name of the source, the feed or the host goes where it stands behind a title, nothing else."""
    given, url = entry(title=written, origin_title=source), "https://www.journal.example.org/a"
    assert choose_title(given, excerpt="A text.", url=url, feed_title=feed) == (title, "entry")


@pytest.mark.parametrize(
    "title",
    [
        "Fri, 20 Nov 2026 10:00:00 +0000", "2026-11-20", "2026-11-20T10:00:00Z", "November 20, 2026 at 10:00 AM",
        "Friday, November 20th, 2026", "20.11.2026", "11/20/2026", "10/11/2026", "20 novembre 2026", "20/11/2026 10:00",
        "20. November 2026, 10:00 Uhr", "viernes, 20 de noviembre de 2026", "20 ноября 2026 г.", "2026年11月20日",
        "2026年11月20日(金)", "2026年11月20日 星期五", "Friday, 20 November", "Nov 20, 10:00", "20. listopadu", "11月20日",
    ],
)  # fmt: skip
def test_a_date_is_no_title_of_a_text(title):
    """Where a title is nothing but a day, the text's beginning stands in for it; a title alone stays."""
    given = entry(title=title, published_at=datetime(2026, 11, 20, 10, tzinfo=UTC))
    assert choose_title(given, excerpt="A text of its own.", url=None) == ("A text of its own.", "excerpt")
    assert choose_title(given, excerpt=None, url=None) == (title, "entry")


@pytest.mark.parametrize(
    "title",
    [
        "1984", "2026", "May", "November 2026", "3 May", "September 11, 2001", "November 22, 1963", "1234567890",
        "Weekly notes from 20 Nov 2026", "2026-11-20 Meeting", "Version 20.11.2026 is out", "20261120",
    ],
)  # fmt: skip
def test_a_title_with_more_or_less_than_a_date_is_one(title):
    """Years, months, numbers, days of long ago and dates among words are titles."""
    given = entry(title=title, published_at=datetime(2026, 11, 20, 10, tzinfo=UTC))
    assert choose_title(given, excerpt="A text of its own.", url=None) == (title, "entry")


@pytest.mark.parametrize(
    "title",
    ["Untitled", "[No Title]", "(no title)", "undefined", "Sans titre", "Без названия", "無題", "NULL"],
)
def test_a_placeholder_is_no_title_of_a_text(title):
    """What software writes for want of a title gives way to the text; without a text it stays."""
    assert choose_title(entry(title=title), excerpt="A text.", url=None) == ("A text.", "excerpt")
    assert choose_title(entry(title=title), excerpt=None, url=None) == (title, "entry")


@pytest.mark.parametrize(
    "title", ["September 11", "20 November 1989", "3-1 2-0", "Untitled, No. 5", "24/7 care"]
)
def test_other_days_and_numbers_are_titles(title):
    """A day without a year is a date only on that day."""
    given = entry(title=title, published_at=datetime(2026, 11, 20, 10, tzinfo=UTC))
    assert choose_title(given, excerpt="A text.", url=None) == (title, "entry")
