"""The newsroom as a whole, and the configuration that goes with it."""

import socket
import threading
import time
from dataclasses import fields

import httpx
import pytest

from aggregator.config import load_config
from aggregator.demo import Newsroom, write_demo_config
from aggregator.demo.pieces import publishers
from aggregator.demo.script import scripted_pieces
from aggregator.urls import canonical_url
from tests.demo.visitor import visiting


def test_served_entries_are_remembered(visitor):
    """What stood in a feed's answer is known by its page's address; what was not asked for is not."""
    assert not any(visitor.newsroom.entries_served().values())
    found = visitor.entries("evening-echo")
    served = visitor.newsroom.entries_served()
    assert {canonical_url(url) for url in served["evening-echo"]} == {
        canonical_url(entry.link) for entry in found
    }
    assert not served["daily-planet"]
    visitor.elapsed_s = 60
    visitor.get("evening-echo")
    assert served["evening-echo"] < visitor.newsroom.entries_served()["evening-echo"]


def test_only_answers_with_a_feed_serve_entries(visitor):
    """A 304, a redirect, a 410 and a 429 add nothing to what was served."""
    etag = visitor.get("meridian-wire").headers["etag"]
    before = visitor.newsroom.entries_served()
    visitor.get("meridian-wire", if_none_match=etag)
    visitor.elapsed_s = 85
    assert visitor.get("meridian-wire").status_code == 429
    visitor.elapsed_s = 400
    assert visitor.get("harbour-courier").status_code == 301
    assert visitor.get("the-lamplighter").status_code == 410
    assert visitor.newsroom.entries_served() == before


def test_links_to_others_are_their_articles(visitor):
    """The round-up serves the addresses of other publishers' articles."""
    visitor.get("the-roundup")
    for url in visitor.newsroom.entries_served()["the-roundup"]:
        assert "the-roundup" not in url
        assert visitor.open(url).status_code == 200


def test_a_stopped_newsroom_is_gone():
    """After stop the port refuses connections and no thread is left, though a client kept its own open."""
    newsroom = Newsroom()
    newsroom.start()
    with httpx.Client(trust_env=False) as client:
        assert client.get(f"http://127.0.0.1:{newsroom.port}/").status_code == 200
        newsroom.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", newsroom.port), timeout=2)
    assert "newsroom" not in {thread.name for thread in threading.enumerate()}


def test_a_newsroom_that_was_never_started_frees_its_port():
    """A newsroom can be stopped without having run, and its port used again."""
    newsroom = Newsroom()
    newsroom.stop()
    Newsroom(port=newsroom.port).stop()


def test_the_real_clock_is_used_by_default():
    """Without a clock of its own a newsroom is now, and its speed counts."""
    with Newsroom(speed=50.0) as newsroom:
        began = newsroom.elapsed_s
        time.sleep(0.1)
        assert newsroom.elapsed_s - began >= 5


def test_it_answers_many_requests_a_second(visitor):
    """A hundred requests one after another take less time than delayed acknowledgements alone would."""
    began = time.monotonic()
    for _ in range(100):
        visitor.get("daily-planet")
    assert time.monotonic() - began < 3.5


def test_the_configuration_is_valid_and_complete(tmp_path):
    """The written files load, name every publisher's feed, and allow loopback."""
    data_dir, feeds_dir = tmp_path / 'a "quoted" folder', tmp_path / "feeds"
    with visiting() as visitor:
        write_demo_config(tmp_path, visitor.newsroom, data_dir=data_dir, feeds_dir=feeds_dir, port=8123)
        config = load_config(tmp_path, {})
        feeds = {visitor.newsroom.url(by.id, by.feed) for by in publishers().values()}
    assert {source.url for source in config.sources} == feeds
    settings = config.settings
    assert settings.fetch.allow_private_addresses
    assert (settings.site.base_url, settings.server.port) == ("http://127.0.0.1:8123", 8123)
    assert (settings.storage.data_dir, settings.storage.feeds_dir) == (str(data_dir), str(feeds_dir))
    assert any(source.assign for source in config.sources)
    assert any(source.topics and not source.assign for source in config.sources)
    names = {provider.domain: provider.name for provider in config.providers}
    assert all(names[by.host] == by.name for by in publishers().values() if by.id != "the-roundup")


def test_editors_decide_on_what_is_out(tmp_path):
    """Every decision names an article of the script, and rules and decisions are of many kinds."""
    with visiting() as visitor:
        newsroom = visitor.newsroom
        write_demo_config(tmp_path, newsroom, data_dir=tmp_path / "d", feeds_dir=tmp_path / "f", port=0)
        known = {canonical_url(newsroom.plan.page_url(piece)) for piece in scripted_pieces()}
    config = load_config(tmp_path, {})
    named = [one.target for one in config.decisions]
    named += [one.value for one in config.decisions if one.value and "://" in one.value]
    assert {canonical_url(url) for url in named} <= known
    assert len({one.verb for one in config.decisions}) == len(config.decisions) == 7
    used = {
        field.name for rule in config.rules for field in fields(rule.then) if getattr(rule.then, field.name)
    }
    assert used >= {"drop", "hold", "add_topic", "remove_topic", "quality", "review", "no_story"}


def test_any_free_port_can_be_asked_for(tmp_path, visitor):
    """With port 0 the configuration is valid as well."""
    write_demo_config(tmp_path, visitor.newsroom, data_dir=tmp_path / "d", feeds_dir=tmp_path / "f", port=0)
    assert load_config(tmp_path, {}).settings.server.port == 0
