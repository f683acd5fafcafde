"""The operators' desk in a real browser that runs no scripts, by keyboard, on a screen and on a telephone."""

from types import SimpleNamespace

import pytest

from tests.browser.driven import drive_chromium
from tests.desk.running import TOKEN, run_desk

pytestmark = pytest.mark.browser
PAGES = (
    "", "review", "sources", "source?id=daily", "topics", "stories", "decisions", "decide", "decide?verb=pin",
    "article?id=machine+learning+finds+a+comet",
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tree):
    """The site whose tree other tests read, as its desk has it."""
    return SimpleNamespace(config=tree.parent / "config", feeds=tree)


@pytest.fixture(scope="module")
def desk(site):
    """The address of the site's desk."""
    with run_desk(site) as (server, _):
        yield f"{server.url}/_desk/"


@pytest.fixture(scope="module")
def browser(program, desk, tmp_path_factory):
    """A browser in which somebody has signed in, by typing and the key Enter."""
    with drive_chromium(program, tmp_path_factory.mktemp("driven")) as page:
        page.set_window(1200, 900)
        page.open(f"{desk}sources")
        assert "Sign in" in page.read_text()
        page.fill("#by", "Ann Lee")
        page.fill("#token", TOKEN)
        page.press_enter("#token")
        assert "1 of 1 sources" in page.read_text()
        yield page


@pytest.mark.parametrize("width", [1200, 390])
def test_every_page_fits_its_window(browser, desk, width):
    """No page is wider than the screen, or a telephone, and each has one heading, its style and a quiet console."""
    browser.set_window(width, 844, is_dark=width == 390)
    for page in PAGES:
        browser.open(f"{desk}{page}")
        content, window = browser.measure_width()
        assert content <= window, page
        assert len(browser.read().css("h1")) == 1, page
    assert browser.console == []


def test_a_decision_is_made_by_keyboard(browser, desk, site):
    """What is typed into the form is shown with what it changes, and written after one more key."""
    browser.set_window(1200, 900)
    browser.open(f"{desk}decide?verb=retitle&target=comet")
    browser.fill("#value", "A «calm» title <script>alert(1)</script>")
    browser.fill("#reason", "shouting")
    browser.press_enter("#reason")
    assert "A «calm» title" in browser.read_text()
    assert browser.read().css("script") == []
    assert not (site.config / "decisions").exists()
    browser.press_enter("form[action=confirm] button")
    assert "written" in browser.read().css_first("[role=status]").text()
    (file,) = (site.config / "decisions").iterdir()
    assert "by: Ann Lee" in file.read_text(encoding="utf-8")
    file.unlink()
    file.parent.rmdir()
