"""The desk of the program itself: a decision that is made there is in force within seconds."""

import time

from aggregator.desk import TOKEN as VARIABLE
from tests.desk.running import TOKEN, DeskVisitor
from tests.integration.site import ML, SiteFolder, ago, item, read_until, rss, run_program, start_anew
from tests.loopback import Answer


class Address:
    """Where a program serves."""

    def __init__(self, url):
        self.url = url
        self.port = int(url.rpartition(":")[2])


def test_a_decision_of_the_desk_is_published(tmp_path, loopback):
    """The service takes it up by itself; the token is nowhere in what it prints."""
    loopback.route("/feed", Answer(body=rss(*(item(n, ago(hours=n)) for n in range(1, 4)))))
    site = SiteFolder(tmp_path, [{"id": "daily", "url": f"{loopback.url}/feed"}], [ML])
    program = start_anew("run", "--port", "0", "--config", str(site.config), environment={VARIABLE: TOKEN})
    try:
        url = read_until(program, "operators' desk").split()[-1]
        visitor = DeskVisitor(Address(url.removesuffix("/_desk/")))
        visitor.sign_in()
        feed = site.feeds / "all" / "articles" / "atom.xml"
        wait_for(lambda: feed.exists() and "finds comet 2" in feed.read_text())
        visitor.open("decide?verb=retitle&target=daily.example/2")
        visitor.press("Show what it changes", value="A calm title", reason="shouting")
        visitor.press("Decide so")
        wait_for(lambda: "A calm title" in feed.read_text())
        visitor.open("topics")
        assert "unknown" not in visitor.text
    finally:
        program.terminate()
        printed, _ = program.communicate(timeout=60)
    assert "desk" in printed
    assert TOKEN not in printed
    assert visitor.cookie.partition("=")[2] not in printed


def wait_for(is_so):
    """Wait until something is so, up to a minute."""
    until = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < until, "it did not become so within a minute"
        time.sleep(0.1)


def test_a_short_token_ends_the_start(tmp_path):
    """The program says what to do, and does not run without the guard."""
    site = SiteFolder(tmp_path, [])
    done = run_program(
        "run", "--port", "0", "--config", str(site.config), code=1, environment={VARIABLE: "short"}
    )
    assert "AGGREGATOR_DESK_TOKEN is shorter than 16 characters" in done.stderr
    assert "short\n" not in done.stdout
