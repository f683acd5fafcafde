"""What a soak of workers is judged by: feeds whose entries follow from the time, what feeds show, and the plot."""

import json
import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from xml.etree import ElementTree

import pytest

from tests.soak.plot import draw_curves
from tests.soak.steady_feeds import KEPT, SteadyFeeds, serve_feeds
from tests.soak.worker_samples import ShownItems


def guids(document):
    """Return the ids of a document's entries."""
    return [guid.text for guid in ElementTree.fromstring(document).iter("guid")]


def test_what_a_feed_shows_follows_from_the_time():
    """An entry at each pace, the newest first, not all sources at once; the oldest leave after hundreds."""
    feeds = SteadyFeeds(count=2, pace_s=10, began_s=1_000)
    assert guids(feeds.render(0, 1_009)) == []
    assert guids(feeds.render(0, 1_020)) == ["0-1", "0-0"]
    assert guids(feeds.render(1, 1_005)) == ["1-0"]
    assert feeds.list_written(1_010) == {("paper-0", "0-0"), ("paper-1", "1-0")}
    assert feeds.written_at(1, 0) == 1_005
    late = guids(feeds.render(0, 1_000 + 10 * (KEPT + 5)))
    assert (len(late), late[-1]) == (KEPT, "0-5")


def test_feeds_are_served_until_they_end():
    """A document has a validator, and gets nothing more once its time is over."""
    feeds = SteadyFeeds(count=1, pace_s=0.2, began_s=time.time() - 1)
    with serve_feeds(feeds) as (addresses, ends_at_s):
        address = addresses[0].replace("paper-0.localhost", "127.0.0.1")  # which not every system looks up
        with urlopen(address) as answer:
            assert len(guids(answer.read())) >= 5
        ends_at_s.value = feeds.began_s + 0.7
        with urlopen(address) as answer:
            assert guids(answer.read()) == ["0-2", "0-1", "0-0"]
            tag = answer.headers["ETag"]
        with pytest.raises(HTTPError) as known:
            urlopen(Request(address, headers={"If-None-Match": tag}))
        with known.value as answered:
            assert answered.status == 304


def test_items_that_are_shown_twice_are_found(tmp_path):
    """In one feed, or later by another id."""
    folder = tmp_path / "all" / "articles"
    folder.mkdir(parents=True)
    shown = ShownItems(tree=tmp_path)
    assert shown.look() == (0.0, {})

    def show(*pairs):
        items = [{"id": f"urn:uuid:{one}", "url": url} for one, url in pairs]
        (folder / "feed.json").write_text(json.dumps({"items": items}))
        return shown.look()[1]

    assert show(("1", "a"), ("2", "b")) == {"1": "a", "2": "b"}
    assert show(("2", "b"), ("3", "c")) == {"3": "c"}
    assert shown.twice == set()
    show(("4", "a"))
    assert shown.twice == {"a"}
    show(("5", "e"), ("5", "e"))
    assert shown.twice == {"a", "urn:uuid:5"}


def test_a_plot_has_a_panel_for_each_column():
    """What is not known leaves a gap, and names are escaped."""
    picture = ElementTree.fromstring(draw_curves("a & b", [0, 60], {"x < y": [1, 2], "z": [None, 3]}, [30]))
    name = "{http://www.w3.org/2000/svg}"
    assert [len(one.get("points").split()) for one in picture.iter(f"{name}polyline")] == [2, 1]
    assert [one.text for one in picture.iter(f"{name}text")][:2] == ["a & b", "x < y"]
    assert len(list(picture.iter(f"{name}line"))) == 2
