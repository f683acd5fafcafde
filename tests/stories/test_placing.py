"""What belongs together and what does not, after cases that news really has."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aggregator.stories import Thresholds
from aggregator.stories.comparison import Comparison
from aggregator.stories.grouper import Grouper
from aggregator.stories.joining import joins_late
from aggregator.stories.kinds import GUIDE
from aggregator.stories.open_story import GroupedArticle, OpenStory
from aggregator.stories.vocabulary import Vocabulary
from tests.builders import newcomer

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BACKGROUND = [
    "Council approves budget for new tram line",
    "Rain delays final day of cricket test",
    "Bakers warn of rising flour prices",
    "Museum returns bronze statue to temple",
    "Ferry service suspended after engine fault",
    "Teachers accept pay offer from ministry",
    "Orchestra names first woman as conductor",
    "Farmers protest over fertiliser rules",
    "Airline adds winter flights to islands",
    "Hospital opens wing for burns patients",
]
WORDS = {
    "parade": "alder festival brass parade opens fireworks midnight".split(),  # noqa: SIM905  # easier to read
    "crane": "harbour collapse welders injured rescue inspectors gantry".split(),  # noqa: SIM905  # easier to read
}


@pytest.fixture
def place():
    """Return what places an article and gives its story's id; some unrelated news is placed already."""
    grouper, numbers = Grouper(), count()

    def one(title, excerpt=None, *, by="alba", hours=0.0, language=None, quality=0):
        return grouper.place(
            newcomer(
                next(numbers),
                title,
                excerpt,
                provider=f"{by}.example",
                published_at=NOON + timedelta(hours=hours),
                language=language,
                quality=quality,
            )
        )

    for number, title in enumerate(BACKGROUND):
        one(title, by=f"paper{number}", hours=-20 + number)
    return one


def same(place, *articles):
    """Place articles (title, excerpt, options) and return how many stories they are in."""
    reported = [place(title, excerpt, **options).member.id for title, excerpt, options in articles]
    stories = place.__closure__[0].cell_contents.index.stories.values()
    return len({story.id for story in stories for member in story.members if member.id in reported})


def test_one_event_in_several_words(place):
    """Publishers that tell one event in their own words are one story."""
    articles = [
        ("Larry Kramer, playwright and outspoken Aids activist, dies at 84", "He wrote The Normal Heart and founded Act Up.", {}),
        ("Aids activist Larry Kramer dies", "The playwright, author of The Normal Heart, was 84.", {"by": "borealis", "hours": 1}),
        ("The Normal Heart author Larry Kramer has died aged 84", "Kramer, the playwright, founded the group Act Up.", {"by": "corona", "hours": 2}),
    ]  # fmt: skip
    assert same(place, *articles) == 1


@pytest.mark.parametrize(
    ("title", "stories"),
    [("Airship Zephyrine lifts off", 1), ("Airship Zephyrine lifts off above fields, anglers wave", 2)],
)
def test_little_beside_a_name_is_enough_where_much_is_shared(place, title, stories):
    """What shares little beside a name is told of one event only where the name makes most of both titles."""
    articles = [
        ("Largest electric airship Zephyrine makes maiden voyage", "As worries about fuel grow, greener propulsion offers alternatives.", {}),
        (title, "A pilot went alone, though its cabin seats nine passengers; greener without fuel.", {"by": "borealis", "hours": 1}),
    ]  # fmt: skip
    assert same(place, *articles) == stories


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Price target raised to $120 at Norvane, analysts say", "Price target raised to $45 at Brightpath, analysts say"),
        ("Stocks to watch today: Norvane, Hopper", "Stocks to watch today: Irida, Postbird"),
        ("Five things to know today", "Ten things to know today"),
        ("Live blog: Alba against Borealis", "Live blog: budget debate in parliament"),
        ("California reopens its beaches", "Placer County reopens its gyms"),
        ("Trump wears a mask at the Ford plant", "Trump tweets about mail-in ballots"),
    ],
)  # fmt: skip
def test_a_form_or_an_actor_is_no_event(place, first, second):
    """Headlines that share a template, or only who acts, are different stories."""
    assert same(place, (first, None, {}), (second, None, {"by": "borealis", "hours": 0.5})) == 2


OFFICE = [
    ("Brandvold: a few let all down",
     "Harbour chairwoman Ilse Brandvold wants no fines for bathers who crowded the northern dunes on Sunday by noon."),
    ("Payments from helicopters are not ruled out",
     "Harbour chairwoman Ilse Brandvold said that answers to the drought were weighed with care before autumn."),
]  # fmt: skip


def test_an_office_and_its_holder_are_no_event(place):
    """What a minister says of two matters in a day is two stories, whatever she is called in both."""
    (title, excerpt), (second, other) = OFFICE
    assert same(place, (title, excerpt, {}), (second, other, {"by": "borealis"})) == 2


SITTINGS = [
    ("Tarnbeck pier: the lantern", "Dredgers, sirens and moss before the committee on its pier."),
    ("Tarnbeck pier at night", "Keepers, ropes and brass before the committee on its pier."),
]


@pytest.mark.parametrize(("by", "stories"), [("alba", 2), ("borealis", 1)])
def test_a_publishers_return_to_a_body_is_no_event(place, by, stories):
    """What joins no story for its own publisher's habit becomes one with it as little; another's joins it."""
    (title, excerpt), (second, other) = SITTINGS
    assert same(place, (title, excerpt, {}), (second, other, {"by": by, "hours": 8})) == stories


def test_a_title_alone_unites_no_stories_that_share_a_name(place):
    """It is like both, and joins the one that it tells of."""
    articles = [
        ("Ottokar Brandis 'lied over tannery'", "Councillors heard in May that no hides were stored at the quay.", {}),
        ("Ottokar Brandis hears gala", "The first woman to conduct there bowed twice before lamps went out.", {"by": "borealis"}),
        ("Ottokar Brandis lied over tannery before bowing", None, {"by": "corona"}),
    ]  # fmt: skip
    assert same(place, *articles) == 2


def test_a_place_alone_is_no_event(place):
    """What happened elsewhere in the same place is another story."""
    fire = (
        "Fire at Kestrel Vale data centre takes services offline",
        "Batteries burned at Kestrel Vale.",
        {},
    )
    vines = ("Six-legged robots pick beetles in Kestrel Vale vineyards", "Growers have stopped spraying.", {"by": "borealis"})  # fmt: skip
    assert same(place, fire, vines) == 2


def test_a_follow_up_days_later_is_linked(place):
    """The inquiry three days after the fire is its own story, linked with the fire."""
    fire = place(
        "Fire at Kestrel Vale data centre takes AI services offline",
        "A fire in a battery room at the Kestrel Vale data centre cut power to accelerators.",
    )
    inquiry = place(
        "Inspectors blame skipped tests for Kestrel Vale battery fire",
        "Three days after the fire, inspectors say the batteries at the data centre had gone untested.",
        by="borealis",
        hours=73,
    )
    assert inquiry.story.id != fire.story.id
    assert fire.story.id in dict(inquiry.linked)


def test_a_publishers_boilerplate_is_learned(place):
    """What a publisher adds to all its excerpts does not bring them together."""
    footer = (
        "Subscribe to the channel, visit our website, follow us on social media: the whole network, daily."
    )
    titles = [
        "Mayor opens bridge",
        "Storm fells oaks",
        "Choir wins prize",
        "Bank cuts fees",
        "Zoo welcomes otters",
    ]
    reported = [(title, footer, {"by": "corona", "hours": n / 10}) for n, title in enumerate(titles)]
    for number, title in enumerate(BACKGROUND):
        place(f"{title} again", footer, by="corona", hours=-40 + number)
    for number in range(80):
        place(f"Item{number} unlike{number} other{number}", footer, by="corona", hours=-30 + number / 10)
    assert same(place, *reported) == len(titles)


def test_the_subject_of_everything_is_no_event(place):
    """In a stream that all speaks of one subject, the subject brings nothing together."""
    for number, title in enumerate(BACKGROUND * 6):
        place(f"Coronavirus: {title} {number}", by=f"paper{number % 9}", hours=-10 + number / 10)
    masks = ("Coronavirus: call for clear face masks", None, {})
    schools = ("Coronavirus: schools to reopen in June", None, {"by": "borealis"})
    assert same(place, masks, schools) == 2


def test_a_subject_that_is_new_to_the_site_is_learned_in_a_hundred_articles(place):
    """What a fifth of the first day's articles speak of brings together no two of them by the next hour."""
    for number, title in enumerate(BACKGROUND * 12):
        subject = (f"Covid death toll: {title}", f"The death toll of covid stood at {number}.")
        headline, first = subject if number % 5 == 0 else (title, "")
        excerpt = f"{first} {title} in district{number}, as residents{number} told reporters{number} there."
        place(f"{headline} {number}", excerpt, by=f"paper{number % 9}", hours=-10 + number / 20)
    italy = (
        "Covid death toll passes 27,000 in Italy",
        "Infections and deaths slowed, officials in Rome said.",
        {},
    )
    county = (
        "Covid death toll of Orange County reaches 42",
        "More patients are in hospitals than before, supervisors of the county heard.",
        {"by": "borealis"},
    )
    assert same(place, italy, county) == 2


def test_another_language_does_not_chain(place):
    """Articles in a second language stay apart where their subjects are."""
    articles = [
        ("Pamilyang pinalayas sa inuupahang bahay, sumilong sa barung-barong", None, {"language": "en"}),
        ("Dalawang tricycle driver, nagsuntukan sa kalye dahil sa gitgitan", None, {"by": "borealis", "language": "en"}),
        ("Mga lokal na opisyal umapela na iurong ang pasukan sa Enero", None, {"by": "corona", "language": "en"}),
    ]  # fmt: skip
    assert same(place, *articles) == 3


def test_languages_without_blanks(place):
    """Headlines written without blanks are compared by their characters."""
    quake = ("東京で震度5強の地震、けが人なし", None, {})
    again = ("震度5強の地震が東京で発生", None, {"by": "borealis", "hours": 0.2})
    other = ("日本銀行が金利を据え置き", None, {"by": "corona", "hours": 0.4})
    assert same(place, quake, again) == 1
    assert same(place, quake, other) == 2


def test_a_late_article_joins_the_story_of_its_time(place):
    """What arrives a day late joins the event that it tells of."""
    fire = place("Dockers walk out at Port Alder over crane automation", hours=0)
    for number in range(20):
        place(f"Unrelated{number} happening{number} elsewhere{number}", hours=10 + number)
    late = place("Port Alder dockers in walkout over crane automation", by="borealis", hours=1)
    assert late.story.id == fire.story.id


def test_a_story_that_drifts_apart_is_split(place):
    """Two events that were chained together part again, and the better articles keep the id."""
    grouper = place.__closure__[0].cell_contents
    first = [
        place(f"Alder festival opens with parade and brass band number{n}", by=f"a{n}").story
        for n in range(3)
    ]
    second = [
        place(f"Harbour crane collapse injures two welders case{n}", by=f"b{n}").story for n in range(3)
    ]
    story, other = first[-1], second[-1]
    assert story.id != other.id
    grouper._absorb(story, other)
    story.checked = 0
    made = grouper._split(story)
    assert [len(part.members) for part in made] == [3]
    assert {member.provider[0] for member in story.members} == {"a"}
    assert {member.provider[0] for part in made for member in part.members} == {"b"}
    assert story.id == first[0].id
    assert made[0].id == second[0].id


@pytest.mark.parametrize(("heads", "kept"), [([], "a"), (["id-3"], "b"), (["id-3", "id-0", "id-1"], "a")])
def test_the_part_that_readers_know_keeps_the_id(heads, kept):
    """That is the one with the articles that head the story in most feeds, else the one with the best."""
    grouper = Grouper()
    titles = (
        "Alder festival opens with parade and brass band number",
        "Harbour crane collapse injures two welders case",
    )
    first, other = [
        [grouper.place(newcomer(3 * side + n, f"{title}{n}", at=NOON)).story for n in range(3)][-1]
        for side, title in enumerate(titles)
    ]
    story_id = first.id
    grouper._absorb(first, other)
    first.checked = 0
    grouper.find_heads = lambda id_: heads if id_ == story_id else []
    (made,) = grouper._split(first)
    assert (first.id, first.ids) == (
        story_id,
        [f"id-{n}" for n in (range(3) if kept == "a" else range(3, 6))],
    )
    assert made.id != story_id


def test_a_story_that_is_over_keeps_its_id(place):
    """Its first article is in another story by then, and gives its id to no third one."""
    grouper = place.__closure__[0].cell_contents
    parade = [
        place(f"Alder festival opens with parade and brass band number{n}", by=f"a{n}").story
        for n in range(3)
    ][-1]
    crane = [
        place(f"Harbour crane collapse injures two welders case{n}", by=f"b{n}", quality=90).story
        for n in range(3)
    ][-1]
    first = parade.members[0].id
    grouper._absorb(parade, crane)
    parade.checked = 0
    (lasting,) = grouper._split(parade)
    assert (parade.id, {member.id for member in lasting.members} >= {first}) == (first, True)
    for day in range(1, 30):
        title = f"Alder festival opens with parade and brass band number{day + 2}"
        assert place(title, by=f"a{day + 2}", hours=day * 24).story is lasting
    assert first not in grouper.index.stories
    later = [
        place(
            f"Vaccine trial halves infections among nurses ward{n}", by=f"c{n}", hours=700, quality=95
        ).story
        for n in range(3)
    ][-1]
    grouper._absorb(lasting, later)
    lasting.checked = 0
    made = grouper._split(lasting)
    assert any(member.id == first for part in made for member in part.members)
    assert first not in {lasting.id, *(part.id for part in made)}


EVENTS = st.lists(
    st.sets(st.sampled_from(range(7)), min_size=4, max_size=7).map(sorted), min_size=2, max_size=8
)


@given(first=EVENTS, second=EVENTS)
def test_merging_and_splitting_restores(first, second):
    """Two stories that were made one by mistake, and looked at again, are the two that they were."""
    grouper, reported = Grouper(), {}
    for name, events in (("parade", first), ("crane", second)):
        for number, words in enumerate(events):
            title = " ".join(WORDS[name][word] for word in words)
            placed = grouper.place(
                newcomer(
                    id=f"{name}{number}", title=title, provider=f"{name}{number}.example", published_at=NOON
                )
            )
            reported[name] = placed.story
    assume(reported["parade"].id == "parade0" and reported["crane"].id == "crane0")
    assume(reported["parade"].size == len(first) and reported["crane"].size == len(second))
    members = {name: {one.id for one in story.members} for name, story in reported.items()}
    grouper._absorb(reported["parade"], reported["crane"])
    reported["parade"].checked = 0
    (made,) = grouper._split(reported["parade"])
    assert {one.id for one in reported["parade"].members} == members["parade"]
    assert ({one.id for one in made.members}, made.id) == (members["crane"], "crane0")


TANNERY = [
    ("The canal bridge was shut, a second siren at noon",
     "A second siren at noon. Tarnbeck tannery blaze. The roof of the drying loft fell in."),
    ("Smoke over the harbour, leather works by the quay",
     "Leather works by the quay. The canal bridge was shut. Forty dyers were led out."),
    ("Leather works by the quay, crews from Osmund",
     "Crews from Osmund. The roof of the drying loft fell in. The canal bridge was shut."),
]  # fmt: skip


def test_an_article_joins_late_what_it_shares_more_with_by_now():
    """The first shares too little with the second, and enough with what the second and the third say together."""
    grouper = Grouper()
    placements = [
        grouper.place(newcomer(number, *texts, at=NOON)) for number, texts in enumerate(TANNERY[:2])
    ]
    assert placements[0].story is not placements[1].story
    last = grouper.place(newcomer(2, *TANNERY[2], at=NOON))
    assert last.story.ids == ["id-0", "id-1", "id-2"]
    assert len(last.gone) == 1


LATE = [("corona", (), True), ("alba", (), False), ("corona", (GUIDE,), False)]


@pytest.mark.parametrize(("by", "series", "joins"), LATE)
def test_an_article_joins_late_rather_what_its_own_publisher_did_not_tell(by, series, joins):
    """Who told of the event already, and of this by itself, is asked for more likeness; a guide joins nothing."""
    vocabulary = Vocabulary()

    def story_of(words, *publishers):
        vector = vocabulary.pack(dict.fromkeys(words, round(len(words) ** -0.5, 4)))
        members = [
            GroupedArticle(one, vector, 0.0, one, 50, turn, vocabulary, series=series)
            for turn, one in enumerate(publishers)
        ]
        return OpenStory.of(publishers[0], members, has_excerpt=True, turn=1)

    large, small = story_of("abcdefghijklmno", "alba", "borealis"), story_of("abcdepqrstuvwxy", by)
    (product,) = Comparison.of(small.packed).measure([large.packed])
    assert joins_late(large, small, product, Thresholds(), 1.0) is joins


@pytest.mark.parametrize(("shown", "kept"), [((), "id-0"), (("id-1",), "id-1"), (("id-0", "id-1"), "id-0")])
def test_the_story_that_readers_know_keeps_its_id(shown, kept):
    """Of two that become one it is the older, unless they know the younger alone."""
    grouper = Grouper()
    grouper.count_shown = lambda ids: dict.fromkeys({*ids} & {*shown}, 1)
    *_, last = (grouper.place(newcomer(number, *texts, at=NOON)) for number, texts in enumerate(TANNERY))
    assert (last.story.id, last.story.ids) == (kept, ["id-0", "id-1", "id-2"])
    assert [*last.gone] == [*({"id-0", "id-1"} - {kept})]
    assert last.story.founded == min(one.turn for one in last.story.members)


def test_no_article_joins_late_after_days():
    """Nor a story that is about what other countries do."""
    for days, place_name in ((4, ""), (0, " in Norway")):
        grouper = Grouper()
        grouper.place(
            newcomer(0, TANNERY[0][0] + place_name.replace("Norway", "Chile"), TANNERY[0][1], at=NOON)
        )
        for number, (title, excerpt) in enumerate(TANNERY[1:], 1):
            last = grouper.place(
                newcomer(number, title + place_name, excerpt, at=NOON + timedelta(days=days))
            )
        assert last.story.ids == ["id-1", "id-2"]
