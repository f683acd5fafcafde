"""Which topics an article is about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.curate import Matcher, combine_matches
from tests.builders import article, topic

WORD = st.from_regex(r"[a-zäöüß]{2,8}", fullmatch=True)


def matched(title, *keywords, excerpt=None, **rules):
    topics = [topic("t", keywords=keywords, **rules)]
    return Matcher(topics).match(article(title=title, excerpt=excerpt))


@pytest.mark.parametrize(
    ("keyword", "title"),
    [
        ("power apps", "Power Apps get a new editor"),
        ("power apps", "What's new in “Power  Apps”?"),
        ("power apps", "Power Apps’ new owner"),
        ("AI-powered", "The AI-powered kitchen"),
        ("AI", "AI -- the kitchen"),
        ("KI", "KI- und Robotik"),
        ("AI", "Today: -AI"),
        ("machine-learning", "A machine-learning model"),
        ("C++", "Why C++ stays"),
        (".NET", "Moving to .NET today"),
        ("GPT-4", "GPT-4 is here"),
        ("STRASSE", "Auf der Straße"),
        ("機械学習", "新しい機械学習の論文"),
        ("ปัญญาประดิษฐ์", "ข่าวปัญญาประดิษฐ์วันนี้"),
        ("AI", "日本AI開発"),
        ("東京", "東京都の人々"),
        ("हिन्दी", "यह हिन्दी है"),
        ("naïve", "NAI\u0308VE models"),
        ("McDonald's", "McDonald’s opens a kitchen"),
        ("machine-learning", "A machine\u2010learning or machine\u2011learning model"),
        ("power apps", "Power\u00a0Apps get a new editor"),
        ("power apps", "More power – apps – Power Apps"),
        ("AI", "The end — AI"),
        ("🤖", "Here they come 🤖!"),
        ("인공지능", "인공지능이 바꾸는 세상"),
        ("로봇", "로봇은 어디에 있나"),
        ("학교", "학교에서는 무엇을"),
        ("기자", "기자들에게 묻다"),
        ("서울", "서울로 가는 길"),
        ("로봇", "로봇으로부터도 배운다"),
        ("AI", "AI가 바꾸는 세상"),
        ("AI", "생성형AI의 시대"),
        ("café", "café는 어디"),
        ("5G", "5G는 어디까지"),
        ("로봇", "AI로봇의 시대"),
        ("서울 시장", "서울 시장이 말했다"),
        ("K팝", "K팝은 지금"),
        ("\u110b\u1175\u11ab\u1100\u1169\u11bc", "인공의 세계"),
        ("iklim", "İklim raporu yayımlandı"),
        ("istanbul", "İSTANBUL’DA YENİ METRO"),
        ("İstanbul", "Istanbul opens a bridge"),
        ("ışık", "IŞIK FESTİVALİ"),
        ("Işık", "Yeni bir ışık"),
        ("AI", "AI'nın etkisi ışığında"),
        ("τεχνητή νοημοσύνη", "Η ΤΕΧΝΗΤΗ ΝΟΗΜΟΣΥΝΗ ΑΛΛΑΖΕΙ"),
        ("ΑΘΗΝΑ", "Στην Αθήνα σήμερα"),
        ("μάιος", "ΜΑΪΟΣ 2026"),
        ("οδυσσέας", "ΟΔΥΣΣΕΑΣ"),
        ("محمد", "مُحَمَّد هنا"),
        ("ישראל", "יִשְׂרָאֵל"),
        ("ＡＩ", "All about AI"),
    ],
)
def test_a_keyword_stands_in_a_title(keyword, title):
    """Whole words and phrases in any case and script; symbols and possessives are no hindrance."""
    assert matched(title, keyword).topics == ("t",)


@pytest.mark.parametrize(
    ("keyword", "title"),
    [
        ("power apps", "RF power meter targets low-power apps"),
        ("power apps", "Pin diode handles high-power apps"),
        ("power apps", "Power-apps of old"),
        ("AI", "A fair aim said the maid"),
        ("AI", "A non-AI camera"),
        ("AI", "The AI-powered kitchen"),
        ("AI", "The AI\u2011powered kitchen"),
        ("cafe", "Cafés of Paris"),
        ("GPT-4", "GPT-4o is here"),
        (".NET", "ASP.NET ships"),
        ("AI", "The snake_ai_case"),
        ("power apps", "More power - apps follow"),
        ("भारत", "भारती की खबर"),
        ("हिन", "हिन्दी समाचार"),
        ("한국", "한국어 소식"),
        ("서울", "서울대 입시"),
        ("서울", "서울시청 앞"),
        ("차", "차이가 있다"),
        ("지능", "인공지능이 온다"),
        ("sınır", "Sinir sistemi"),
        ("sinir", "Yeni sınır"),
        ("x", "x\u0302 is a unit vector"),
    ],
)
def test_a_part_of_a_word_is_no_keyword(keyword, title):
    """A keyword within another word, joined by a hyphen or not, does not stand there."""
    assert matched(title, keyword).topics == ()


@pytest.mark.parametrize(
    ("keyword", "title"),
    [
        ("cafe", "A café in Paris"),
        ("café", "A CAFE in Paris"),
        ("cafe", "Cafe\u0301"),
        ("São Paulo", "sao paulo grows"),
        ("Malmo", "Malmö"),
        ("Lodz", "ŁÓDŹ"),
        ("ha noi", "Thủ đô Hà Nội"),
        ("елка", "Новая ёлка"),
    ],
)
def test_a_topic_may_fold_accents(keyword, title):
    """With ``fold_accents`` accents make no difference, on either side; without it they do."""
    assert matched(title, keyword, fold_accents=True).topics == ("t",)
    assert matched(title, keyword).topics == ()


def test_folded_accents_are_a_matter_of_one_topic():
    """Of two topics with one keyword the one that folds accents has the article, by the word as written."""
    strict = topic("strict", keywords=("résumé",))
    loose = topic("loose", keywords=("résumé",), fold_accents=True, exclude=("ecole",))
    found = Matcher([strict, loose]).match(article(title="Resume work"))
    assert (found.topics, found.reasons) == (("loose",), {"loose": "keyword 'résumé' in title"})
    assert Matcher([strict, loose]).match(article(title="Résumé of an école")).topics == ("strict",)
    assert not matched("Новый май", "маи", fold_accents=True).topics


def test_require_must_stand_beside():
    """One of the required phrases must stand in title or excerpt."""
    assert matched("Apple opens a store", "apple", require=("ai", "siri")).rejected
    assert matched("Apple opens a store", "apple", require=("ai", "siri"), excerpt="With Siri.").topics == (
        "t",
    )


def test_exclude_keeps_out():
    """An excluded phrase anywhere keeps the article out, and the reason names it."""
    out = matched(
        "Transformer prices rise", "transformer", exclude=("power grid",), excerpt="The power grid…"
    )
    assert out.topics == ()
    assert "'power grid'" in out.rejected["t"]


def test_hashtags_match_as_hashtags():
    """A topic's hashtag is found with its sign only, and not within an address or a longer one."""
    assert matched("We love #ML", hashtags=("ML",)).topics == ("t",)
    for title in ("We love ML", "We love #MLOps", "example.org/page#ml"):
        assert matched(title, hashtags=("ML",)).topics == ()


FAMILY = [
    topic("ai", keywords=("ai",)),
    topic("cv", parent="ai", keywords=("computer vision",)),
    topic("faces", parent="cv", keywords=("face recognition",)),
    topic("news", keywords=()),
]


def test_an_article_carries_its_parents_after_itself():
    """A narrower topic stands with its parents, before them."""
    found = Matcher(FAMILY).match(article(title="Face recognition at the airport"))
    assert found.topics == ("faces", "cv", "ai")
    assert found.reasons["cv"] == "parent of faces"
    assert found.in_title == ("faces",)


def test_a_topic_kept_out_may_come_back_as_a_parent():
    """What was rejected by its own rule but is carried as a parent is not told as rejected."""
    parent = topic("ai", keywords=("ai",), exclude=("robot",))
    child = topic("robots", keywords=("robot",), parent="ai")
    found = Matcher([parent, child]).match(article(title="An AI robot"))
    assert found.topics == ("robots", "ai")
    assert found.rejected == {}


def test_parents_in_a_circle_end():
    """Topics that are each other's parents, which a checked config never has, do not hang."""
    circle = [
        topic("a", keywords=("one",), parent="b"),
        topic("b", parent="a"),
    ]
    assert set(Matcher(circle).match(article(title="One")).topics) == {"a", "b"}


def test_reasons_name_the_keyword_as_written_and_its_place():
    """A reason tells the operator's own spelling, and the title before the excerpt."""
    rules = ("Neural Nets", "AI")
    assert matched("AI here", *rules, excerpt="Neural nets").reasons == {"t": "keyword 'AI' in title"}
    assert matched("Here", *rules, excerpt="neural nets").reasons == {"t": "keyword 'Neural Nets' in excerpt"}


def test_a_source_restricts_and_assigns():
    """Only the source's topics are matched; with assign they are given, whatever excludes them."""
    fussy = topic("fussy", keywords=("robot",), exclude=("toy",))
    given = Matcher([fussy]).match(article(title="Toy robot"), only=("fussy", "gone"), assign=True)
    assert (given.topics, given.reasons) == (("fussy",), {"fussy": "assigned by source"})
    assert (given.in_title, given.rejected) == ((), {})
    matcher = Matcher(FAMILY)
    both = article(title="AI and computer vision")
    assert matcher.match(both, only=("cv",)).topics == ("cv", "ai")
    assert matcher.match(article(title="Nothing of it"), only=("news",), assign=True).topics == ("news",)
    assert matcher.match(article(title="Nothing of it"), only=("news",)).topics == ()


def test_sources_add_up():
    """An article that two sources carry has the topics it has by either."""
    matcher = Matcher(FAMILY)
    one = matcher.match(article(title="AI"), only=("news",), assign=True)
    other = matcher.match(article(title="AI"))
    assert combine_matches([one, other], FAMILY).topics == ("ai", "news")


@given(st.lists(WORD, min_size=1, max_size=3), st.lists(WORD, max_size=5), st.lists(WORD, max_size=5))
def test_a_phrase_is_found_wherever_it_stands(phrase, before, after):
    """Any words around a phrase leave it found, in any case."""
    title = " ".join([*before, *phrase, *after])
    assert matched(title.upper(), " ".join(phrase)).topics == ("t",)
    assert matched("", " ".join(phrase), excerpt=title).topics == ("t",)


TEXT = st.text(st.sampled_from("aAbß-‐_ .’'\u0301\u0303#éभी東カไ🤖\tIıİ로봇이ά"), max_size=12)


@given(st.lists(TEXT, max_size=4), TEXT, TEXT)
def test_matching_many_is_matching_each(keywords, title, excerpt):
    """Any topics together match what each matches alone, and a blank keyword matches nothing."""
    topics = [topic(str(n), keywords=(keyword,)) for n, keyword in enumerate(keywords)]
    alone = {t.id for t in topics if Matcher([t]).match(article(title=title, excerpt=excerpt)).topics}
    assert set(Matcher(topics).match(article(title=title, excerpt=excerpt)).topics) == alone
    assert not Matcher([topic("t", keywords=("",))]).match(article(title=title, excerpt=excerpt)).topics


@given(WORD, WORD)
def test_a_word_within_a_word_is_never_found(keyword, rest):
    """Letters on either side make another word."""
    for title in (keyword + rest, rest + keyword, f"x{keyword}x"):
        expected = ("t",) if title.casefold() == keyword.casefold() else ()
        assert matched(title, keyword).topics == expected


def test_without_topics_nothing_is_said():
    """No configured topics: having none is no fault."""
    assert Matcher([]).match(article(title="x")).is_neutral
