"""Which entries of a poll are new articles, edits, or known under another address."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Enclosure, Image, Known, Provider
from aggregator.parse.identity.identity import resolve_articles
from aggregator.text import title_key
from aggregator.urls import canonical_url
from tests.builders import article, provider

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LONG = "The robot took its first steps on Monday, in a hall in the north of the town."


def robot_article(number=1, **changes):
    """Return an article as an entry of a document tells it, ``number`` hours old."""
    url = f"https://daily.example/story-{number}"
    values = {
        "id": str(uuid5(NAMESPACE_URL, url)),
        "provider": provider(),
        "title": f"Robot number {number} learns to walk",
        "excerpt": f"What robot {number} did.",
        "published_at": NOW - timedelta(hours=number),
        "stated_at": NOW - timedelta(hours=number),
        "canonical_url": url,
        "original_url": url,
        "web_url": url,
        "topics": (),
        "quality": 0,
    }
    return article(number, at=NOW, **{**values, **changes})


def known_after(*polls):
    """Play polls against an empty store and return what it would know, and the last changes."""
    articles, sightings, urls, carriers = {}, {}, {}, {}
    changes = None
    for number, poll in enumerate(polls):
        known = _known(articles, sightings, urls, poll)
        changes = resolve_articles(poll, known, now=NOW + timedelta(hours=number))
        for changed in (*changes.inserted, *changes.updated):
            articles[changed.id] = changed
        for sighting in changes.sightings:
            sightings[sighting.source_id, sighting.article_id] = sighting
            carriers.setdefault(sighting.article_id, []).append(sighting.source_id)
        urls.update(changes.urls)
    return articles, changes


def _known(articles, sightings, urls, poll):
    titles = {}
    for stored in articles.values():
        titles.setdefault((stored.provider.domain, title_key(stored.title)), []).append(stored)
    source = poll[0].source_id if poll else ""
    return Known(
        sightings=tuple(s for (source_id, _), s in sightings.items() if source_id == source),
        urls=dict(urls),
        titles={key: tuple(found) for key, found in titles.items()},
        articles=dict(articles),
    )


def test_a_first_poll_inserts_every_entry():
    """Entries nobody knows are articles, each with its sighting and its address."""
    _, changes = known_after([robot_article(1), robot_article(2)])
    assert [a.id for a in changes.inserted] == [robot_article(1).id, robot_article(2).id]
    assert {s.entry_id for s in changes.sightings} == {"guid-1", "guid-2"}
    assert set(changes.urls) == {robot_article(1).canonical_url, robot_article(2).canonical_url}


def test_the_same_poll_again_changes_nothing():
    """What stands in the feed as before leaves the store as it is."""
    _, changes = known_after([robot_article(1), robot_article(2)], [robot_article(1), robot_article(2)])
    assert changes.inserted == changes.updated == changes.sightings == ()


def test_an_edit_updates_the_record_and_keeps_its_dates():
    """A new title at the same guid and link is an edit; publication stays, updated moves."""
    edited = robot_article(1, title="Robot learns to run", published_at=NOW, stated_at=NOW)
    articles, changes = known_after([robot_article(1)], [edited])
    (stored,) = articles.values()
    assert changes.inserted == ()
    assert stored.title == "Robot learns to run"
    assert stored.published_at == robot_article(1).published_at
    assert stored.updated_at == NOW + timedelta(hours=1)


def test_a_new_date_alone_shows_readers_nothing():
    """A re-dated entry is no new article and does not move updated."""
    redated = robot_article(1, published_at=NOW + timedelta(days=3), stated_at=NOW + timedelta(days=3))
    articles, changes = known_after([robot_article(1)], [redated])
    assert changes.inserted == ()
    assert articles[robot_article(1).id].published_at == robot_article(1).published_at
    assert articles[robot_article(1).id].updated_at == NOW


def test_a_changed_link_of_a_known_entry_is_an_edit():
    """Guid and title agree: the article moved to another address and keeps its id."""
    moved = robot_article(
        1, canonical_url="https://daily.example/moved", web_url="https://daily.example/moved", id="x"
    )
    articles, changes = known_after([robot_article(1)], [moved])
    assert list(articles) == [robot_article(1).id]
    assert articles[robot_article(1).id].web_url == "https://daily.example/moved"
    assert changes.urls == {"https://daily.example/moved": robot_article(1).id}


def test_a_reused_guid_is_an_article_of_its_own():
    """The same guid with another link, title and date is another article."""
    other = robot_article(7, entry_id="guid-1")
    articles, _ = known_after([robot_article(1)], [other])
    assert set(articles) == {robot_article(1).id, robot_article(7).id}


@pytest.mark.parametrize("has_links", [True, False], ids=["links", "no-links"])
def test_guids_that_count_places_tell_nothing(has_links):
    """Where ids are given anew in each document, and all articles are of one day, links or words tell."""

    def place(number, article_number):
        bare = {} if has_links else {"canonical_url": None, "web_url": None, "id": f"source-{number}"}
        return robot_article(article_number, entry_id=str(number), stated_at=NOW, published_at=NOW, **bare)

    grown = [place(1, 4), place(2, 1), place(3, 2), place(4, 3)]
    for then in (grown, grown[:3]):
        articles, changes = known_after([place(1, 1), place(2, 2), place(3, 3)], then, then)
        assert {a.title for a in articles.values()} == {robot_article(n).title for n in (1, 2, 3, 4)}
        assert changes.inserted == changes.updated == ()


def test_a_title_corrected_with_slug_and_date_is_an_edit():
    """The same id, text and most words of the title are one article; another number is another."""
    text = "The fire at the old mill was put out in the night, and two people were hurt."
    first = robot_article(1, title="Mill fire: two hurd", excerpt=text)
    then = {"entry_id": first.entry_id, "excerpt": text}
    articles, changes = known_after([first], [robot_article(2, title="Mill fire: two hurt", **then)])
    assert changes.inserted == ()
    assert [a.title for a in articles.values()] == ["Mill fire: two hurt"]
    first = robot_article(1, title="The morning show, part 5", excerpt=text)
    articles, _ = known_after([first], [robot_article(2, title="The morning show, part 6", **then)])
    assert len(articles) == 2


def test_a_reused_guid_without_any_link_is_an_article_of_its_own():
    """Where ids come from the guid alone, a reused guid still gives a second id."""
    bare = {"canonical_url": None, "web_url": None, "original_url": None, "entry_id": "same", "id": "same"}
    articles, _ = known_after([robot_article(1, **bare)], [robot_article(2, **bare)])
    assert {a.title for a in articles.values()} == {robot_article(1).title, robot_article(2).title}
    again, changes = known_after(
        [robot_article(1, **bare)], [robot_article(2, **bare)], [robot_article(2, **bare)]
    )
    assert len(again) == 2
    assert changes.inserted == ()


def at(url, **changes):
    return robot_article(
        1, **{"canonical_url": url, "web_url": url, "original_url": url, "id": url, **changes}
    )


def rewritten(url):
    later = NOW + timedelta(hours=9)
    return at(url, title="As it happened: the launch", stated_at=later, published_at=later)


def test_a_slug_rewritten_with_title_and_date_is_an_edit():
    """The number that the publisher gave the page makes its link agree, whatever words surround it."""
    first = at("https://daily.example/news/national/414800/live-the-launch", title="Live: the launch")
    edited = rewritten("https://daily.example/news/world/414800/as-it-happened-the-launch")
    articles, changes = known_after([first], [edited])
    assert changes.inserted == ()
    assert [a.title for a in articles.values()] == ["As it happened: the launch"]


def test_a_reused_guid_with_another_number_is_an_article_of_its_own():
    """Neither a day in the address nor a section's number makes two pages one."""
    for first, second in (
        ("https://daily.example/20260302/launch", "https://daily.example/20260302/landing"),
        ("https://daily.example/c-77001/launch-414800", "https://daily.example/c-77001/landing-414801"),
        ("https://daily.example/414800/launch", "https://sport.example/414800/landing"),
    ):
        articles, _ = known_after([at(first, title="Launch")], [rewritten(second)])
        assert len(articles) == 2


def test_guids_that_change_without_any_link_are_absorbed():
    """The same words with the same date are the same article, also where the title recurs or days pass."""
    bare = {"canonical_url": None, "web_url": None, "original_url": None, "title": "Morning briefing"}
    polls = [
        [robot_article(day, **bare, id=f"{fetch}-{day}", entry_id=f"{fetch}-{day}") for day in (1, 30, 60)]
        for fetch in range(4)
    ]
    assert len(known_after(*polls)[0]) == 3
    undated = [
        [robot_article(1, **bare, id=f"{day}", entry_id=f"{day}", stated_at=None, published_at=NOW + timedelta(days=day))]
        for day in range(6)
    ]  # fmt: skip
    assert len(known_after(*undated)[0]) == 1


def test_guids_that_change_on_every_fetch_are_absorbed():
    """The address tells what the guid does not."""
    churned = [[robot_article(1, entry_id=f"fetch-{n}")] for n in range(4)]
    articles, _ = known_after(*churned)
    assert list(articles) == [robot_article(1).id]


def test_an_entry_without_guid_and_link_is_known_by_its_id():
    """The id made of its text finds it again."""
    bare = robot_article(1, canonical_url=None, entry_id=None, stated_at=None)
    articles, changes = known_after([bare], [replace(bare, published_at=NOW + timedelta(days=9))])
    assert len(articles) == 1
    assert changes.inserted == ()


def test_the_same_address_at_two_sources_is_one_article():
    """Another source's word on a known article fills gaps and rewrites nothing."""
    other = robot_article(1, source_id="mirror", title="Mirror's own title", authors=("Ann Lee",))
    articles, changes = known_after([robot_article(1)], [other])
    (stored,) = articles.values()
    assert stored.title == robot_article(1).title
    assert stored.authors == ("Ann Lee",)
    assert [s.source_id for s in changes.sightings] == ["mirror"]


def test_the_publishers_own_source_takes_an_article_over():
    """A source that may take over edits what another showed first, and keeps it."""
    relayed = robot_article(1, source_id="roundup", title="Robot learns to walk - Daily")
    known = Known(urls={relayed.canonical_url: relayed.id}, articles={relayed.id: relayed})
    own = robot_article(1, title="Robot learns to walk")
    changes = resolve_articles([own], known, now=NOW, takes_over=lambda stored, seen: seen.source_id == "daily" != stored.source_id)  # fmt: skip
    (updated,) = changes.updated
    assert (updated.id, updated.source_id, updated.title) == (relayed.id, "daily", "Robot learns to walk")


def test_an_unchanged_entry_does_not_undo_what_was_found_out_since():
    """What enrichment wrote into the record stays while the entry stands as it stood."""
    first = resolve_articles([robot_article(1)], Known(), now=NOW)
    enriched = robot_article(1, web_url="https://daily.example/canonical", images=(Image(url="https://i.example/x", width=9, height=9),))  # fmt: skip
    known = Known(sightings=first.sightings, urls=first.urls, articles={enriched.id: enriched})
    changes = resolve_articles([robot_article(1)], known, now=NOW)
    assert changes.updated == changes.inserted == changes.sightings == ()


def test_the_same_title_at_one_provider_within_two_days_is_one_article():
    """A second address of the same headline over the same text is the same article."""
    first = robot_article(1, excerpt=LONG)
    again = robot_article(
        9, title=first.title, excerpt=LONG, source_id="sport", published_at=NOW - timedelta(days=1)
    )
    articles, changes = known_after([first], [again])
    assert [one.because for one in changes.joined] == ["same title and text"]
    assert list(articles) == [robot_article(1).id]


def test_the_same_title_three_days_later_is_another_article():
    """Two days are the bound."""
    again = robot_article(9, title=robot_article(1).title, published_at=NOW + timedelta(days=3))
    articles, _ = known_after([robot_article(1)], [again])
    assert len(articles) == 2


def test_the_same_title_at_another_provider_is_another_article():
    """Only one publisher's titles are compared."""
    again = robot_article(9, title=robot_article(1).title, provider=Provider(domain="other.example"))
    articles, _ = known_after([robot_article(1)], [again])
    assert len(articles) == 2


def test_a_recurring_title_stays_apart():
    """Days of a "Morning briefing" side by side in one document are different articles."""
    days = [
        robot_article(n, title="Morning briefing", stated_at=NOW - timedelta(days=n), published_at=NOW - timedelta(days=n))
        for n in range(3)
    ]  # fmt: skip
    articles, _ = known_after(days)
    assert len(articles) == 3
    tomorrow = robot_article(8, title="Morning briefing", stated_at=NOW + timedelta(days=1), published_at=NOW)
    articles, _ = known_after(days, [tomorrow, *days])
    assert len(articles) == 4


def briefing(day, **changes):
    stated_at = NOW + timedelta(days=day)
    said = {"title": "Morning briefing", "stated_at": stated_at, "published_at": stated_at}
    return robot_article(100 + day, **said, **changes)


def test_a_title_that_recurs_one_document_at_a_time_stays_apart():
    """A source that shows only its newest briefing loses none of them."""
    articles, _ = known_after(*([briefing(day)] for day in range(5)))
    assert len(articles) == 5
    bare = {"canonical_url": None, "web_url": None, "original_url": None}
    articles, _ = known_after(*([briefing(day, **bare)] for day in range(5)))
    assert len(articles) == 5


def test_hourly_bulletins_stay_apart():
    """It is the whole span of the dates under one title that tells a series, not each step."""
    hours = [robot_article(n, title="News bulletin") for n in range(24)]
    assert len(known_after(hours)[0]) == 24


def test_two_entries_of_one_article_are_settled_after_one_poll():
    """The first of them speaks for the article, so that the next poll has nothing to write."""
    said = {"title": robot_article(1).title, "excerpt": LONG, "stated_at": NOW, "published_at": NOW}
    poll = [robot_article(1, **said), robot_article(9, **said)]
    articles, changes = known_after(poll, poll)
    assert len(articles) == 1
    assert changes.inserted == changes.updated == changes.sightings == ()


def test_one_article_twice_in_a_document_is_one():
    """The first of two entries with one address speaks."""
    articles, changes = known_after(
        [robot_article(1), robot_article(1, title="Second wording", entry_id="other")]
    )
    assert [a.title for a in changes.inserted] == [robot_article(1).title]
    assert len(articles) == 1


def test_what_was_pruned_never_comes_back():
    """An address that is remembered without its article is neither inserted nor edited."""
    known = Known(urls={robot_article(1).canonical_url: robot_article(1).id})
    changes = resolve_articles([robot_article(1)], known, now=NOW)
    assert changes.inserted == changes.updated == ()


def test_a_picture_signed_anew_is_no_visible_change():
    """An address that differs only in its query does not move updated."""
    first = robot_article(1, images=(Image(url="https://img.example/a.jpg?sig=1"),))
    second = robot_article(1, images=(Image(url="https://img.example/a.jpg?sig=2"),))
    articles, _ = known_after([first], [second])
    assert articles[robot_article(1).id].updated_at == NOW


def test_the_same_title_over_another_text_is_another_article():
    """Two warnings of one office, minutes apart, are two, whichever stands first and however often it is read."""
    storm = robot_article(1, title="Severe weather warning", excerpt="A storm comes until midnight.")
    flood = robot_article(2, title="Severe weather warning", excerpt="The river rises since the morning.")
    for polls in ([[storm, flood]], [[storm], [flood]], [[storm], [flood, storm], [flood, storm]]):
        articles, changes = known_after(*polls)
        assert {a.excerpt for a in articles.values()} == {storm.excerpt, flood.excerpt}
        assert changes.joined == ()


def test_warnings_that_differ_in_a_name_stay_apart():
    """Nearly the same words beside each other are a form that was filled in twice."""
    form = (
        "{}: storm until midnight with winds of up to a hundred miles an hour, stay inside, says the office."
    )
    kerry, cork = (
        robot_article(n, title="Severe weather warning", excerpt=form.format(name))
        for n, name in enumerate(("County Kerry", "County Cork"))
    )
    assert len(known_after([kerry], [cork, kerry])[0]) == 2
    assert len(known_after([kerry, cork])[0]) == 2


def test_titles_made_of_the_text_are_not_compared():
    """Notes without titles are what their addresses say they are."""
    notes = [
        robot_article(n, title="Good morning", excerpt=LONG, origins={"title": "excerpt"}) for n in (1, 2)
    ]
    assert len(known_after(notes, notes)[0]) == 2
    assert len(known_after(notes[:1], notes[1:])[0]) == 2


def test_a_note_at_a_second_source_or_under_another_session_is_one():
    """The same words of one date, or without any date, id and link, are one note."""
    note = robot_article(1, title="Good morning", excerpt=LONG, origins={"title": "excerpt"}, entry_id=None)
    for polls in (
        [[replace(note, canonical_url=f"https://daily.example/{n}/note", id=f"{n}")] for n in range(3)],
        [
            [replace(note, canonical_url=None, source_id=name, id=name, stated_at=None)]
            for name in ("one", "other")
        ],
    ):
        assert len(known_after(*polls)[0]) == 1


def test_titles_of_other_signs_stay_apart():
    """Also where nothing but the title tells two entries apart."""
    bare = {"canonical_url": None, "web_url": None, "original_url": None, "entry_id": None, "stated_at": None}
    poll = [
        robot_article(1, **bare, title=f"Learn {name}", excerpt=None, id="made-of-the-title")
        for name in ("C++", "C#", "C")
    ]
    articles, changes = known_after(poll, poll)
    assert len(articles) == 3
    assert changes.inserted == ()


TODAY = "https://daily.example/today"
NAMES = ("one", "two", "three")
PICTURED = ("The sun", "A moon", "Mars")


def of_today(day, **changes):
    """Return the article of a day at an address that always shows today's."""
    stated_at = NOW + timedelta(days=day)
    said = {
        "title": f"Picture {NAMES[day]}", "excerpt": f"{PICTURED[day]} as seen.",
        "stated_at": stated_at, "published_at": stated_at, "entry_id": f"p{day}",
    }  # fmt: skip
    return at(TODAY, **{**said, **changes})


def test_a_link_that_never_changes_has_an_article_a_day():
    """Yesterday's picture stays what it was, and what is edited is today's."""
    for changes in ({}, {"entry_id": None}, {"entry_id": TODAY}):
        days = [[of_today(day, **changes)] for day in range(3)]
        articles, last = known_after(*days)
        assert [a.title for a in articles.values()] == ["Picture one", "Picture two", "Picture three"]
        assert sorted(str(a.canonical_url) for a in articles.values()) == ["None", "None", TODAY]
        assert last.urls == {TODAY: last.inserted[0].id}
        edited = [of_today(2, **changes, title="Picture three, mended")]
        articles, last = known_after(*days, edited)
        assert [a.title for a in articles.values()] == ["Picture one", "Picture two", "Picture three, mended"]


def test_an_article_rewritten_under_its_link_stays_one():
    """Another title, text and date do not make another article of a page with a number or its title in its address."""
    for url, ids in (
        ("https://daily.example/news/414800", (None, None)),
        ("https://daily.example/news/c0m4k7xyz12o", ("c0m4#0", "c0m4#1")),
        ("https://daily.example/storm-hits-coast", ("https://daily.example/storm-hits-coast",) * 2),
        ("https://daily.example/live", ("same", "same")),
    ):
        first = at(url, title="Storm hits the coast", excerpt="Winds were measured at sea.", entry_id=ids[0])
        later = NOW + timedelta(days=1)
        rewritten = at(
            url, title="Two dead", excerpt="Workers were out in the towns.", entry_id=ids[1],
            stated_at=later, published_at=later,
        )  # fmt: skip
        articles, _ = known_after([first], [rewritten])
        assert [a.title for a in articles.values()] == ["Two dead"]


TOLD = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.booleans(), st.booleans(), st.booleans()), max_size=6
)


def _document(source_id, reported, order):
    texts = (LONG, "Other words altogether, of a house that burned down in the south.", None)
    for number in order:
        title, text, has_own_link, is_left_out, has_guid = reported[number]
        if not (is_left_out and source_id == "other"):
            link = f"https://daily.example/{source_id if has_own_link else 'story'}-{number}"
            stated_at = NOW - timedelta(hours=number)
            yield at(
                link, source_id=source_id, entry_id=f"{source_id}-{number}" if has_guid else None,
                title=f"A title of many words, number {title}", excerpt=texts[text],
                stated_at=stated_at, published_at=stated_at,
            )  # fmt: skip


@given(TOLD, st.randoms(use_true_random=False))
def test_the_order_of_polls_changes_no_number_of_articles(reported, random):
    """Two sources of a publisher make the same articles of what they tell, whoever is polled first."""
    order = random.sample(range(len(reported)), len(reported))
    one, other = (list(_document(source_id, reported, order)) for source_id in ("one", "other"))
    assert len(known_after(one, other)[0]) == len(known_after(other, one)[0])


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4)), max_size=12))
def test_polling_a_document_twice_never_adds(entries):
    """Whatever ids, links and titles a document mixes, its second poll inserts nothing."""
    poll = [
        robot_article(link, entry_id=f"guid-{guid}", title=f"Title number {title}", id=robot_article(link).id)
        for guid, link, title in entries
    ]
    first, _ = known_after(poll)
    second, changes = known_after(poll, poll)
    assert changes.inserted == ()
    assert second.keys() == first.keys()


def _episode(entry_id, file):
    """An episode that says nothing but its title, and is nowhere but in its file."""
    return robot_article(
        id=entry_id, title="Trailer", excerpt=None, stated_at=None, entry_id=entry_id, canonical_url=None,
        original_url=None, web_url=file, enclosures=(Enclosure(url=file, mime_type="audio/mpeg"),),
    )  # fmt: skip


def test_episodes_of_one_title_are_as_many_as_their_files():
    """Without link, text and date two files are two articles, and one is known again by another id."""
    one = _episode("a", "https://cdn.daily.example/a.mp3?token=1")
    other = _episode("b", "https://cdn.daily.example/b.mp3?token=1")
    again = _episode("c", "https://cdn.daily.example/a.mp3?token=2")
    stored, _ = known_after([one, other])
    assert len(stored) == 2
    stored, _ = known_after([one, other], [again, other])
    assert len(stored) == 2


def _under(post, anchor, number=1, **changes):
    """Return what a feed says of a place on a page: its canonical URL is what the parser makes of it."""
    url = f"https://daily.example/{post}{anchor}"
    key = canonical_url(url)
    values = {"id": str(uuid5(NAMESPACE_URL, key)), "canonical_url": key, "web_url": url, "original_url": url}
    return robot_article(number, **{**values, **changes})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("#comment-12", "#comment-13"),
        ("#post-4711", "#post-4712"),
        ("#warning-storm", "#warning-flood"),
        ("#2026-11-27", "#2026-11-28"),
        ("#7", "#8"),
    ],
)
@pytest.mark.parametrize("title", ["By: Bob", None])
def test_places_on_a_page_are_articles_though_a_feed_shows_one_at_a_time(one, other, title):
    """Another anchor with another id, and another title or text, is another article of the page."""
    titles = ({"title": title}, {"title": title}) if title else ({}, {})
    first = _under("post", one, 1, excerpt="Thank you for this, it is what I was looking for.", **titles[0])
    second = _under(
        "post", other, 2, excerpt="Where did you buy the wheels of the second robot?", **titles[1]
    )
    articles, _ = known_after([first], [second], [second], [second, first])
    assert sorted(a.web_url for a in articles.values()) == sorted([first.web_url, second.web_url])
    assert {a.excerpt for a in articles.values()} == {first.excerpt, second.excerpt}


def test_notes_without_text_are_as_many_as_their_anchors():
    """Where link and id are one address, other words of another time are another note of the page."""
    titles = (
        "Good morning students and teachers!",
        "A bike video from two years ago",
        "Bike video, two years old",
    )
    polls = [
        [_under("24.html", a, n, entry_id=f"https://daily.example/24.html{a}", excerpt=None, title=title)]
        for n, (a, title) in enumerate(zip(("#a0806", "#a0912", "#a0912"), titles, strict=True), start=1)
    ]
    assert len(known_after(*polls)[0]) == 2


def test_short_comments_of_one_author_are_as_many_as_their_anchors():
    """Two notes of thanks under one post, by the same hand, are two."""
    polls = [[_under("post", f"#comment-{n}", n, title="By: Bob", excerpt="Thanks!")] for n in (1, 2, 3)]
    assert len(known_after(*polls)[0]) == 3


def test_comments_without_ids_are_known_by_their_anchors():
    """A comment is found again under its address, and so is the post that it stands under."""
    said = (
        "The post itself, long enough to tell.",
        "I do not agree with any of this.",
        "Nor do I, to be frank.",
    )
    post, one, two = (
        _under("post-20261127", anchor, n, entry_id=None, excerpt=text)
        for n, (anchor, text) in enumerate(zip(("", "#c000011", "#c000012"), said, strict=True), start=1)
    )
    articles, _ = known_after([post], [one], [two], [one, two], [post])
    assert {a.id: a.excerpt for a in articles.values()} == {a.id: a.excerpt for a in (post, one, two)}


def test_a_comment_is_not_taken_for_the_post_of_another_source():
    """What the feed of comments links lies within the post, and is not it."""
    comment = _under("post", "#comment-5", 2, source_id="comments")
    articles, _ = known_after([_under("post", "", 1)], [comment])
    assert len(articles) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("#rss", ""),
        ("#rss", "#feed-2"),
        ("#xtor=RSS-1", "#xtor=RSS-2"),
        ("#comments", "#respond"),
        ("#:~:text=robot", "#:~:text=walks"),
        ("#more-12", "#more-13"),
        ("#.Xy12.twitter", "#.Xy13.twitter"),
    ],
)
def test_anchors_that_lead_to_no_place_tell_nothing_apart(one, other):
    """Tracking, and the parts that every page has, are no articles."""
    first = _under("post", one, 1, excerpt=LONG)
    second = _under("post", other, 1, title="Robot one walks", excerpt="It walked.", entry_id="guid-2")
    assert len(known_after([first], [second])[0]) == 1


@pytest.mark.parametrize("anchors", [("#1", "#2"), ("#v1", "#v2"), ("#news-7", "#news-8"), ("#a", "#b")])
def test_an_article_whose_anchor_changes_stays_one(anchors):
    """A page may number its places anew, and an address may carry a revision, in the id as well."""
    polls = [[_under("page", a, 1, entry_id=f"https://daily.example/page{a}", excerpt=LONG)] for a in anchors]
    assert len(known_after(*polls)[0]) == 1


def _version(base, number, **changes):
    """Return a version of a paper as an archive lists it: id and link end with it, the date moves."""
    url = f"https://daily.example/{base}v{number}"
    values = {"entry_id": url, "stated_at": NOW + timedelta(days=number), "excerpt": LONG}
    return _under(f"{base}v{number}", "", **{**values, **changes})


@pytest.mark.parametrize(
    ("base", "changes"),
    [
        ("abs/2611.01234", {"title": "Robots that walk, run and swim"}),
        ("abs/2611.01234", {"excerpt": "We rewrote the whole abstract after the first review of it."}),
        ("content/10.1101/2026.11.01.123456", {"title": "Robots that walk and run"}),
        ("article/rs-4711234/", {"title": "Robots that walk and run"}),
        ("papers/17", {"excerpt": "We rewrote the whole abstract after the first review of it."}),
        ("papers/17", {"excerpt": "We rewrote all of it.", "stated_at": NOW + timedelta(days=1)}),
    ],
)
def test_a_new_version_of_a_paper_is_that_paper(base, changes):
    """An archive adds a version to id and link; title or abstract may be edited with it."""
    first, second = _version(base, 1, title="Robots that walk"), {"title": "Robots that walk", **changes}
    articles, _ = known_after([first], [_version(base, 2, **second)])
    (paper,) = articles.values()
    assert paper.web_url.endswith("v2")
    assert (paper.title, paper.excerpt) == (second["title"], second.get("excerpt", LONG))


def test_a_version_in_the_id_alone_is_no_other_paper():
    """Where the link has none, the paper is listed under it with a new id for each version."""
    polls = [
        [_under("abs/2611.01234", "", n, entry_id=f"oai:a.example:2611.01234v{n}", excerpt=text, title=title)]
        for n, (title, text) in enumerate(
            (("Robots that walk", LONG), ("Legs", "We show other legs.")), start=1
        )
    ]
    assert len(known_after(*polls)[0]) == 1


@pytest.mark.parametrize("base", ["releases/tag/", "robot/releases/1.", "builds/20261128"])
def test_releases_are_as_many_as_their_versions(base):
    """A version that follows no number of a paper names an article of its own."""
    polls = [[_version(base, n, title=f"Robot v{n}", excerpt=f"Fixes the leg number {n}.")] for n in (1, 2)]
    assert len(known_after(*polls)[0]) == 2
