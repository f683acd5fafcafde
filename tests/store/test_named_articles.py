"""Stored articles as editors name them."""

from aggregator.store import find_twins
from tests.builders import article, insert_articles, provider


def _store(store, number, domain="daily.example", **urls):
    insert_articles(store, [article(number, id=f"a{number}", provider=provider(domain), **urls)])


def test_twins_lead_to_the_address_of_another_record_of_their_publisher(store):
    """To the one that its page says, or that it is known by; nothing is its own twin, or another publisher's."""
    own = "https://daily.example/a"
    _store(store, 1, web_url=own, canonical_url="daily.example/known")
    _store(store, 2, web_url=own, canonical_url="daily.example/2")
    _store(store, 3, web_url="daily.example/known", canonical_url="daily.example/3")
    _store(store, 4, web_url="https://daily.example/else", canonical_url="daily.example/4")
    _store(store, 5, "weekly.example", web_url=own, canonical_url="weekly.example/5")
    assert find_twins(store, {"a1"}) == {"a2", "a3"}
    assert find_twins(store, {"a2"}) == {"a1"}
    assert find_twins(store, {"a1", "a2", "a4", "a9"}) == {"a1", "a2", "a3"}
    assert find_twins(store, ()) == frozenset()


def test_hundreds_of_articles_of_one_publisher_are_asked_for_at_once(store):
    """Its other articles are not gone through for each of them: thousands took minutes."""
    many = [
        article(
            number, id=f"b{number}", provider=provider("daily.example"), canonical_url=f"daily.example/{number}",
            web_url=f"https://daily.example/{number // 2}",
        )
        for number in range(700)
    ]  # fmt: skip
    insert_articles(store, many)
    assert len(find_twins(store, {one.id for one in many[::2]})) == 350
