"""What the desk tells of stories."""

import pytest

from tests.desk.running import DeskVisitor, run_desk
from tests.integration.site import ML, SiteFolder, ago, item, rss
from tests.loopback import Answer, Loopback

TITLE = "Machine learning finds a comet behind Jupiter"


@pytest.fixture
def visitor(tmp_path):
    """Somebody who is signed in at the desk of a site with a story of two publishers."""
    with Loopback() as loopback:
        sources = []
        for number, name in enumerate(("daily", "weekly"), start=1):
            told = item(number, ago(hours=number), title=TITLE).replace("daily.example", f"{name}.example")
            loopback.route(f"/{name}", Answer(body=rss(told)))
            sources.append({"id": name, "url": loopback.at(f"{name}.localhost", f"/{name}")})
        site = SiteFolder(tmp_path, sources, [ML])
        site.run("poll")
        site.run("publish")
        with run_desk(site) as (server, _):
            made = DeskVisitor(server)
            made.sign_in()
            yield made


def test_stories_are_listed_with_what_their_articles_joined_for(visitor):
    """The first joined nothing; the second did for words as its title has them."""
    assert "1 story of several articles" in visitor.open("stories")
    rows = [[cell.text(strip=True) for cell in row.css("td")] for row in visitor.page.css("table tbody tr")]
    shared = [row[2] for row in rows]
    assert [len(rows), shared.count("first")] == [2, 1]
    assert "Jupiter" in next(words for words in shared if words != "first")
    (link,) = visitor.page.css("section.story h2 a")
    assert TITLE in visitor.open(link.attributes["href"])
