"""From entries to articles: ids, dates, origins, and what belongs to nobody."""

import pickle
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model import Enclosure, Image, ParsedFeed, Source, make_article_id
from aggregator.parse.normalisation import normalise_feed
from tests.builders import entry

NOW = datetime(2020, 6, 1, 12, 0, 0, 123456, tzinfo=UTC)
SEEN = NOW.replace(microsecond=0)
BEFORE = datetime(2020, 5, 30, 8, tzinfo=UTC)
SITE = "https://site.example/"
SOURCE = Source(id="s1", url="https://site.example/feed")


def _entry(**fields):
    return entry(**{"base_url": SITE, "title": "A title", "title_is_html": False, **fields})


def _normalise(*entries, source=SOURCE, **feed):
    parsed = ParsedFeed(
        **{"format": "rss", "title": "The Site", "site_url": SITE, "entries": entries, **feed}
    )
    made = normalise_feed(parsed, source=source, now=NOW)
    return tuple(article for article in made.articles if article is not None), made.problems


def _only(entry, **kwargs):
    (article,), _ = _normalise(entry, **kwargs)
    return article


def test_an_article_is_known_by_its_canonical_url():
    """Two addresses of one page give one id; another page another."""
    one = _only(_entry(link="https://www.site.example/a?utm_source=rss", entry_id="x"))
    other = _only(_entry(link="http://site.example/a/", entry_id="y"))
    assert one.id == other.id == make_article_id("https://site.example/a")
    assert one.id != _only(_entry(link="/b")).id


def test_without_a_url_source_and_entry_id_make_the_id():
    """The id of an entry without a link differs between sources, and stays when its title is edited."""
    first = _only(_entry(entry_id="7"))
    edited = _only(_entry(entry_id="7", title="Another title"))
    elsewhere = _only(_entry(entry_id="7"), source=Source(id="s2", url=SOURCE.url))
    assert first.canonical_url is None
    assert first.id == edited.id != elsewhere.id


def test_without_url_and_entry_id_the_words_make_the_id():
    """Title, date and text tell such entries apart, the same way every time."""
    entries = [
        _entry(),
        _entry(title="Another"),
        _entry(published_at=BEFORE),
        _entry(summary_html="Some text."),
    ]
    articles, _ = _normalise(*entries)
    again, _ = _normalise(*entries)
    assert len({article.id for article in articles}) == 4
    assert [article.id for article in articles] == [article.id for article in again]


@pytest.mark.parametrize(
    ("stated", "stated_at", "published_at", "origin"),
    [
        ({"published_at": BEFORE}, BEFORE, BEFORE, "entry"),
        ({"updated_at": BEFORE}, BEFORE, BEFORE, "entry"),
        ({"published_at": BEFORE, "updated_at": NOW}, BEFORE, BEFORE, "entry"),
        ({"published_at": BEFORE.replace(microsecond=5)}, BEFORE, BEFORE, "entry"),
        ({}, None, SEEN, "first seen"),
        ({"published_at": NOW + timedelta(minutes=59)}, SEEN + timedelta(minutes=59), SEEN + timedelta(minutes=59), "entry"),
        ({"published_at": NOW + timedelta(minutes=61)}, None, SEEN, "first seen"),
        ({"published_at": datetime(1970, 1, 1, tzinfo=UTC)}, None, SEEN, "first seen"),
    ],
)  # fmt: skip
def test_dates(stated, stated_at, published_at, origin):
    """A missing, absurd or future date is the time first seen; an hour ahead is a clock gone wrong."""
    article = _only(_entry(**stated))
    assert (article.stated_at, article.published_at) == (stated_at, published_at)
    assert article.origins["published_at"] == origin
    assert (article.first_seen_at, article.updated_at) == (SEEN, published_at)


@pytest.mark.parametrize(
    ("configured", "entry", "feed", "language", "origin"),
    [
        ("de", "en", "fr", "de", "config"),
        (None, "en", "fr", "en", "entry"),
        (None, None, "fr-CA", "fr-ca", "feed"),
        (None, "nonsense", None, None, None),
    ],
)
def test_language(configured, entry, feed, language, origin):
    """The operator's word counts before the entry's, the entry's before the feed's."""
    source = Source(id="s1", url=SOURCE.url, language=configured)
    article = _only(_entry(language=entry), source=source, language=feed)
    assert (article.language, article.origins.get("language")) == (language, origin)


@pytest.mark.parametrize(
    ("link", "domain"),
    [("https://news.other.co.uk/a", "other.co.uk"), ("https://blog.github.io/a", "blog.github.io"), (None, "site.example")],
)  # fmt: skip
def test_the_provider_is_the_domain_of_the_address(link, domain):
    """The registrable domain, private suffixes included; the site's own where there is no address."""
    assert _only(_entry(link=link)).provider.domain == domain


@pytest.mark.parametrize(
    "link", [SITE, "https://www.site.example", "http://site.example/?", "https://site.example/#top"]
)
def test_a_link_to_the_home_page_identifies_nothing(link):
    """Such an article keeps its link, but not as what it is known by."""
    article = _only(_entry(link=link, entry_id="7"))
    assert article.canonical_url is None
    assert article.web_url is not None
    assert article.id == _only(_entry(entry_id="7")).id


def test_a_link_that_several_entries_share_identifies_none_of_them():
    """Different ids and titles under one link are different articles."""
    articles, problems = _normalise(
        _entry(link="/log#2", entry_id="2", title="Two"), _entry(link="/log#1", entry_id="1", title="One")
    )
    assert [article.canonical_url for article in articles] == [None, None]
    assert len({article.id for article in articles}) == 2
    assert "2 entries with a link that identifies none: the home page, or several share it" in problems


def test_a_page_of_warnings_is_that_of_none_of_them():
    """Other texts and dates under one title and link are other articles, but not where the page is one of theirs."""
    said = {1: "A storm comes to the coast.", 2: "Move your cars out of the valley."}

    def warnings(link):
        dated = {number: BEFORE + timedelta(minutes=5 * number) for number in said}
        entries = (
            _entry(link=link, title="Weather: you are warned", summary_html=said[n], published_at=dated[n])
            for n in said
        )
        return _normalise(*entries)[0]

    assert len({article.id for article in warnings("/warnings")}) == 2
    for own in ("/news/414800", "/weather-you-are-warned"):
        assert len({article.id for article in warnings(own)}) == 1


def test_the_same_entry_twice_is_the_same_article():
    """An edit that stands beside its first version shares its link, its id or its title."""
    for change in ({"title": "Edited"}, {"entry_id": "other"}):
        articles, problems = _normalise(
            _entry(link="/a", entry_id="x"), _entry(**{"link": "/a", "entry_id": "x", **change})
        )
        assert articles[0].id == articles[1].id
        assert articles[0].canonical_url is not None
        assert problems == ()


@pytest.mark.parametrize("links", [("/1", "/2"), ("/same", "/same", "/same")])
def test_an_id_of_several_entries_is_not_used(links):
    """One guid for different links, or for many titles, is no entry's id."""
    entries = [_entry(link=link, entry_id="same", title=f"T{number}") for number, link in enumerate(links)]
    articles, problems = _normalise(*entries)
    assert {article.entry_id for article in articles} == {None}
    assert len({article.id for article in articles}) == len(links)
    assert f"{len(links)} entries with an id that identifies several: not used" in problems


def test_images_are_the_best_first_and_each_once():
    """Stated pictures, then the first of the text; trackers, doubles and what is no address left out."""
    stated = (
        "/big.jpg",
        "https://feeds.feedburner.com/~r/x",
        "data:image/png;base64,AAAA",
        "/big.jpg?utm_source=x",
    )
    article = _only(
        _entry(
            images=tuple(Image(url=url) for url in stated),
            content_html='<img src="/big.jpg" width="800" height="600"> <img src="/second.jpg">',
        )
    )
    assert article.images == (Image(url="https://site.example/big.jpg", width=800, height=600),)


def test_images_are_few_and_small_ones_come_last():
    """A thumbnail of a list does not stand before a picture of the text."""
    small = Image(url="/t.jpg", width=72, height=72)
    article = _only(_entry(images=(small,), content_html='<img src="/real.jpg">'))
    assert [image.url for image in article.images] == [
        "https://site.example/real.jpg",
        "https://site.example/t.jpg",
    ]
    assert len(_only(_entry(images=tuple(Image(url=f"/{n}.jpg") for n in range(9)))).images) == 5


def test_enclosures_are_absolute_and_each_once():
    """Attached files keep their type and size; what is no address is left out."""
    files = (
        Enclosure(url="/a.mp3", mime_type="audio/mpeg", length_bytes=5),
        Enclosure(url="ftp://x/b"),
        Enclosure(url="/a.mp3"),
    )
    assert [file.url for file in _only(_entry(enclosures=files)).enclosures] == ["https://site.example/a.mp3"]


def test_a_video_page_is_a_video_with_our_own_player():
    """A video has an embed and no web URL, but is still known by its address."""
    article = _only(_entry(link="https://www.youtube.com/watch?v=abcDEF12345"))
    assert article.type == "video"
    assert article.web_url is None
    assert article.featured_content is not None
    assert article.featured_content.startswith(
        '<iframe src="https://www.youtube-nocookie.com/embed/abcDEF12345"'
    )
    assert article.canonical_url == "https://youtube.com/watch?v=abcDEF12345"


@pytest.mark.parametrize("embed", [None, '<iframe src="https://evil.example/x"></iframe><script>x</script>'])
def test_a_video_without_a_safe_player_is_an_article(embed):
    """An unknown player is not embedded."""
    article = _only(_entry(link="/v", is_video=True, embed_html=embed))
    assert (article.type, article.featured_content, article.web_url) == (
        "article",
        None,
        "https://site.example/v",
    )


@pytest.mark.parametrize(
    ("title", "url", "credit"),
    [
        ("The Agency", "https://agency.example/", "The Agency"),
        ("The &lt;b&gt;Agency&lt;/b&gt;", None, "The Agency"),
        ("The Site", None, None),
        ("the site!", "https://site.example/feed", None),
        (None, "https://agency.example/", None),
    ],
)
def test_credit_goes_to_whom_the_entry_names(title, url, credit):
    """The named source is credited unless it is the publisher itself."""
    assert _only(_entry(link="/a", origin_title=title, origin_url=url)).credit == credit


def test_the_original_address_is_kept_as_given():
    """``original_url`` keeps tracking and proxy; credentials are never kept."""
    article = _only(
        _entry(link="https://me:secret@proxy.example/x?utm_source=a", original_link="/real?utm_source=a&b=1")
    )
    assert article.original_url == "https://proxy.example/x?utm_source=a"
    assert article.web_url == "https://site.example/real?b=1"


def test_an_excerpt_that_repeats_the_title_is_dropped():
    """The excerpt says more than the title, or nothing."""
    assert _only(_entry(title="The title", summary_html="<p>The title.</p>")).excerpt is None


def test_an_entry_without_anything_is_left_out():
    """No title, no text and no link make no article; the others stay."""
    articles, problems = _normalise(_entry(title=None), _entry(title="Stays"))
    assert [article.title for article in articles] == ["Stays"]
    assert problems == ("1 entry without title, text and link, left out",)


def test_one_bad_entry_does_not_lose_the_others():
    """An entry that cannot be normalised is a problem that names it."""
    articles, problems = _normalise(_entry(entry_id="bad", published_at="no date"), _entry(title="Stays"))
    assert [article.title for article in articles] == ["Stays"]
    assert problems[0].startswith("entry 'bad' was left out")


def test_articles_can_be_handed_between_processes():
    """What an entry became survives pickling."""
    article = _only(_entry(link="/a", images=(Image(url="/a.jpg"),), published_at=BEFORE))
    assert pickle.loads(pickle.dumps(article)) == article
