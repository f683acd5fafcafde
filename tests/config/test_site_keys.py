"""A site's title and address are written into the operator's file, and nothing else is touched."""

import pytest

from aggregator.config import Settings, load_config
from aggregator.config.edits.site_keys import check_site_key, missing_site_keys, write_site_keys
from aggregator.errors import ConfigError

BOTH = {"title": 'Rooms, "doors" & Züge: 🚂', "base_url": "https://news.example"}


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (None, ("title", "base_url")),
        ("", ("title", "base_url")),
        ("# ours\n", ("title", "base_url")),
        ("fetch: {timeout_s: 9}", ("title", "base_url")),
        ("site:\n", ("title", "base_url")),
        ("site:\n  # title: The name\nfetch: {timeout_s: 9}\n", ("title", "base_url")),
        (
            "site:  # ours\n    locale: de\n    # whom to write to\n    contact: a@b.example\n",
            ("title", "base_url"),
        ),
        ("\ufeff# top\r\nsite:\r\n  title: Ours\r\n\r\nfetch:\r\n  timeout_s: 9\r\n", ("base_url",)),
        ("site: {base_url: 'https://x.example'}  # here\n", ("title",)),
        ("site: {}\n", ("title", "base_url")),
        ("---\nfetch: {timeout_s: 9}\nsite: {title: Ours}", ("base_url",)),
        ("site: &a\n  locale: de\n...\n# end\n", ("title", "base_url")),
    ],
)
def test_missing_keys_are_added_to_every_layout(folder, text, missing):
    """What is missing is told and written, every other line stays, and nothing is missing then."""
    path = folder / "settings.yaml"
    if text is not None:
        path.write_bytes(text.encode())
    before = load_config(folder, {}).settings
    assert missing_site_keys(folder) == missing
    values = {key: BOTH[key] for key in missing}
    write_site_keys(folder, values)
    assert missing_site_keys(folder) == ()
    site = before.site.model_copy(update=values)
    assert load_config(folder, {}).settings == before.model_copy(update={"site": site})
    written = path.read_bytes().decode()
    lines = [line for line in (text or "").splitlines() if not line.startswith("site: {")]
    assert all(line in written.splitlines() for line in lines)
    assert "\r\n" not in (text or "") or written.count("\n") == written.count("\r\n")


@pytest.mark.parametrize("text", ["site: ~\n", "{}\n", "fetch: {}\n...\n"])
def test_what_cannot_be_added_to_is_left_alone(folder, text):
    """A file in a rare layout stays as it is, to be edited by hand."""
    path = folder / "settings.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="edit by hand"):
        write_site_keys(folder, BOTH)
    assert path.read_text(encoding="utf-8") == text


def test_a_broken_file_asks_for_nothing(folder):
    """Where settings.yaml has problems of its own, those are told, and nothing is missing."""
    for text in ("site: [", "site: 5\n", "- site\n"):
        (folder / "settings.yaml").write_text(text, encoding="utf-8")
        assert missing_site_keys(folder) == ()


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("title", "Our News", None),
        ("title", "  ", "is empty, allowed: text"),
        ("base_url", "https://news.example/ai/", None),
        ("base_url", "news.example", "news.example is no absolute http or https address"),
        ("base_url", "https://news.example/?a", "has a query or fragment"),
    ],
)
def test_an_answer_is_judged_as_the_file_is(key, value, problem):
    """What may not stand in the file is told before it is written."""
    reported = check_site_key(key, value)
    assert (reported is None) if problem is None else (problem in reported)


@pytest.mark.parametrize(
    ("site", "title"),
    [
        ({}, "Untitled site"),
        ({"base_url": "http://127.0.0.1:8080"}, "Untitled site"),
        ({"base_url": "http://localhost/news"}, "Untitled site"),
        ({"base_url": "http://[::1]:8080"}, "Untitled site"),
        ({"base_url": "https://news.example.org/ai"}, "news.example.org"),
        ({"base_url": "https://news.example.org", "title": "Our News"}, "Our News"),
    ],
)
def test_a_site_without_a_title_has_no_other_sites_title(site, title):
    """The public host stands for it, or a word that says that there is none."""
    assert Settings.model_validate({"site": site}).site_title == title
