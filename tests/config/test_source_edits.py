"""Adding and removing sources in a file that an operator wrote."""

import os

import pytest

from aggregator.config import add_source, load_config, move_source, preview_move, remove_source
from aggregator.errors import ConfigError

COMMENTED = """\
# Our sources.
---
sources:   # one per entry
  # --- the planets ---
  - url: "https://planet.example/feed.xml"   # the daily
    topics: [ai, 'robots']
    # weight: 5

  # --- the stars ---
  - url: https://star.example/feed
    topics:
      - ai
      - robots   # since spring
  # about the moon

  - url:   https://moon.example/feed  # slow
# the end
"""
TOPICS = "topics: [{id: ai, name: AI}, {id: robots, name: Robots}]\n"
MARS = {"url": "https://mars.example/rss", "name": "yes", "topics": ["ai", "robots"]}
MARS_LINES = """\

  - url: https://mars.example/rss
    name: 'yes'
    topics:
    - ai
    - robots
"""


@pytest.fixture
def sources(folder):
    """Return the path of sources.yaml beside two topics."""
    (folder / "topics.yaml").write_text(TOPICS, encoding="utf-8")
    return folder / "sources.yaml"


def _ids(folder):
    return [source.id for source in load_config(folder, {}).sources]


def test_adding_leaves_every_other_line_alone(folder, sources):
    """The new entry stands after the last one, laid out like it; nothing else changes."""
    sources.write_text(COMMENTED, encoding="utf-8")
    assert add_source(folder, MARS) == "mars-example-rss"
    assert sources.read_text(encoding="utf-8") == COMMENTED.replace(
        "# the end", MARS_LINES[:-1] + "\n# the end"
    )
    assert load_config(folder, {}).sources[-1].name == "yes"


@pytest.mark.parametrize(
    ("source_id", "gone"),
    [
        (
            "planet-example-feed-xml",
            """\
  - url: "https://planet.example/feed.xml"   # the daily
    topics: [ai, 'robots']
    # weight: 5
""",
        ),
        (
            "star-example-feed",
            """\
  - url: https://star.example/feed
    topics:
      - ai
      - robots   # since spring
""",
        ),
        ("moon-example-feed", "  - url:   https://moon.example/feed  # slow\n"),
    ],
)
def test_removing_leaves_every_other_line_alone(folder, sources, source_id, gone):
    """Only the entry's own lines go, with the comments inside it; headings stay."""
    sources.write_text(COMMENTED, encoding="utf-8")
    remove_source(folder, source_id)
    assert sources.read_text(encoding="utf-8") == COMMENTED.replace(gone, "")
    assert source_id not in _ids(folder)


def test_removing_what_was_added_restores_the_list(folder, sources):
    """Adding and removing again leaves the entries as they were."""
    sources.write_text(COMMENTED, encoding="utf-8")
    before = load_config(folder, {}).sources
    remove_source(folder, add_source(folder, MARS))
    assert load_config(folder, {}).sources == before


@pytest.mark.parametrize(
    "text",
    [
        "sources: []\n",
        "# top\n---\nsources: []  # none\n# end\n",
        "sources: [{url: 'https://planet.example/'}]  # one\n",
        "sources:\r\n- url: https://planet.example/\r\n  name: |\r\n    # no comment\r\n    but text\r\n",
        "sources:\n-\n  # dash alone\n  url: https://planet.example/",
        "\ufeffsources:\n  - {url: https://planet.example/}\n",
        '{"sources": [{"url": "https://planet.example/"}]}',
    ],
)
def test_every_layout_can_be_edited(folder, sources, text):
    """However the list is written, an entry is added and removed, and its comments stay."""
    sources.write_bytes(text.encode())
    before = _ids(folder)
    added = add_source(folder, MARS)
    assert _ids(folder) == [*before, added]
    remove_source(folder, added)
    assert _ids(folder) == before
    after = sources.read_bytes().decode()
    assert all(comment in after for comment in ("# top", "# none", "# end", "# one") if comment in text)


@pytest.mark.parametrize("text", ["sources:\n", "sources: ~\n", "# top\nsources:  # none yet\n"])
def test_a_bare_list_can_be_begun(folder, sources, text):
    """Where nothing stands below the key, which is a problem, adding a source mends it."""
    sources.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError):
        load_config(folder, {})
    assert [add_source(folder, MARS)] == _ids(folder)
    assert "# none yet" in sources.read_text(encoding="utf-8") or "none yet" not in text


@pytest.mark.parametrize(
    "text",
    [
        "sources:\n- url: https://planet.example/\n",
        "# top\r\nsources:  # ours\r\n  - url: https://planet.example/\r\n# end\r\n",
        '\ufeff"sources" :\n  - {url: https://planet.example/}\n',
        "sources: [{url: 'https://planet.example/'}]\n",
    ],
)
def test_removing_the_last_source_leaves_an_empty_list(folder, sources, text):
    """A list without sources is written as one, since a bare key is a problem."""
    sources.write_bytes(text.encode())
    remove_source(folder, "planet-example")
    assert _ids(folder) == []
    after = sources.read_bytes().decode()
    assert all(comment in after for comment in ("# top", "# ours", "# end") if comment in text)


def test_line_ends_are_kept(folder, sources):
    """A file with CRLF line ends gets them in its new lines too."""
    sources.write_bytes(b"sources:\r\n- url: https://planet.example/\r\n")
    add_source(folder, MARS)
    assert sources.read_bytes().count(b"\r\n") == sources.read_bytes().count(b"\n")


def test_a_missing_file_is_begun(folder, sources):
    """The first source added makes the file."""
    sources.unlink()
    assert add_source(folder, {"url": "https://mars.example/rss", "id": "mars"}) == "mars"
    assert _ids(folder) == ["mars"]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (
            {"url": "https://moon.example/feed"},
            "url: https://moon.example/feed is also sources[2]",
        ),
        (
            {"url": "https://mars.example/", "id": "moon-example-feed"},
            "id: moon-example-feed is also",
        ),
        ({"url": "mars"}, "url: mars is no absolute http or https address"),
        ({"url": "https://mars.example/", "topics": ["moon"]}, "topics: no topic moon"),
        ({"url": "https://mars.example/", "wait": 3}, "wait: 3: unknown key"),
    ],
)
def test_what_would_be_a_problem_is_not_written(folder, sources, source, problem):
    """An entry is checked before it is written, and the file stays as it was."""
    sources.write_text(COMMENTED, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        add_source(folder, source)
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith(f"not written to {sources}: {problem}")
    assert sources.read_text(encoding="utf-8") == COMMENTED


def test_problems_that_were_there_do_not_hinder(folder, sources):
    """A source can be added beside one that has a problem, which is not the new one's."""
    sources.write_text("sources:\n- url: https://planet.example/\n  weight: 99\n", encoding="utf-8")
    add_source(folder, MARS)
    assert "weight: 99" in sources.read_text(encoding="utf-8")
    assert "mars.example" in sources.read_text(encoding="utf-8")


def test_unreadable_yaml_is_not_edited(folder, sources):
    """A file with a syntax error is refused with its line."""
    sources.write_text("sources:\n- url: [\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"sources\.yaml:2: yaml: "):
        add_source(folder, MARS)


def test_an_entry_that_others_lean_on_is_not_removed(folder, sources):
    """Where another entry uses an anchor of the removed one, nothing is written."""
    text = "sources:\n- url: https://a.example/\n  topics: &t [ai]\n- url: https://b.example/\n  topics: *t\n"
    sources.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="allowed: an edit by hand"):
        remove_source(folder, "a-example")
    assert sources.read_text(encoding="utf-8") == text


def test_removing_an_unknown_id_says_so(folder, sources):
    """A wrong id is named, with the nearest one."""
    sources.write_text(COMMENTED, encoding="utf-8")
    with pytest.raises(ConfigError, match="no source moon-example-fed, did you mean moon-example-feed"):
        remove_source(folder, "moon-example-fed")


def test_nothing_else_is_left_in_the_folder(folder, sources):
    """Writing leaves no temporary file behind and keeps the file's permissions."""
    sources.write_text(COMMENTED, encoding="utf-8")
    sources.chmod(0o640)
    add_source(folder, MARS)
    assert sorted(path.name for path in folder.iterdir()) == ["sources.yaml", "topics.yaml"]
    assert sources.stat().st_mode & 0o777 == 0o640


def test_a_new_file_can_be_read_by_a_service_of_another_user(folder, sources):
    """A file that is begun has the mode that files have, not that of a temporary one."""
    sources.unlink()
    add_source(folder, MARS)
    assert sources.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o444])
def test_every_edit_keeps_the_mode(folder, sources, mode):
    """Adding, moving and removing leave the file as readable as it was."""
    sources.write_text(COMMENTED, encoding="utf-8")
    sources.chmod(mode)
    added = add_source(folder, MARS)
    move_source(folder, added, "https://mars.example/atom")
    remove_source(folder, added)
    assert sources.stat().st_mode & 0o777 == mode


def test_what_a_killed_edit_left_is_removed_by_the_next(folder, sources):
    """An editor's own files stay, and so does what may be of a command that is at work."""
    names = [".sources.yaml.abc.unfinished", ".sources.yaml.new.unfinished", ".sources.yaml.swp"]
    for name in names:
        (folder / name).write_text("half", encoding="utf-8")
    for name in (names[0], names[2]):
        os.utime(folder / name, (0, 0))
    add_source(folder, MARS)
    assert sorted(path.name for path in folder.glob(".*")) == names[1:]


def test_a_link_stays_a_link(folder, sources, tmp_path):
    """A file that is kept elsewhere is edited there."""
    kept = tmp_path / "kept.yaml"
    kept.write_text(COMMENTED, encoding="utf-8")
    sources.unlink(missing_ok=True)
    sources.symlink_to(kept)
    add_source(folder, MARS)
    assert sources.is_symlink()
    assert "mars.example" in kept.read_text(encoding="utf-8")


def test_a_missing_folder_is_named(tmp_path):
    """Nothing is made where the folder does not exist, and no temporary file is told of."""
    folder = tmp_path / "cofnig"
    with pytest.raises(ConfigError, match=rf"^{folder}: no such folder: .* --config$"):
        add_source(folder, MARS)


def test_what_cannot_be_written_is_reported_by_its_own_name(folder, sources, tmp_path):
    """Where writing fails, the error names the operator's file."""
    sources.unlink(missing_ok=True)
    sources.symlink_to(tmp_path / "gone" / "sources.yaml")
    with pytest.raises(ConfigError) as caught:
        add_source(folder, MARS)
    assert (
        str(caught.value) == f"{sources}: cannot be written (No such file or directory); it stays as it was"
    )


@pytest.mark.parametrize(
    ("source", "reported"),
    [
        ({"url": "https://mars.example/", "weight": 99}, "weight: 99 "),
        ({"url": "https://mars.example/", "provider": "no host"}, "provider: no host "),
        ({"url": "https://mars.example/", "id": "Mars!"}, "id: Mars! "),
        ({"url": "https://mars.example/", "topics": ["ai", "ia"]}, "topics: no topic ia "),
        ({"url": "https://mars.example/", "assign": True}, "assign: True: true without topics"),
    ],
)
def test_what_was_asked_for_is_reported_instead_of_a_line(folder, sources, source, reported):
    """An error cites the key and its value; no line and no entry of the file, where there is neither."""
    sources.write_text(COMMENTED, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        add_source(folder, source)
    (problem,) = caught.value.problems
    assert problem.startswith(f"not written to {sources}: {reported}")
    assert "sources[" not in problem


@pytest.mark.parametrize(
    ("source_id", "old", "new"),
    [
        (
            "planet-example-feed-xml",
            '  - url: "https://planet.example/feed.xml"   # the daily\n',
            '  - id: planet-example-feed-xml\n    url: "https://new.example/rss"   # the daily\n',
        ),
        (
            "star-example-feed",
            "  - url: https://star.example/feed\n",
            "  - id: star-example-feed\n    url: https://new.example/rss\n",
        ),
        (
            "moon-example-feed",
            "  - url:   https://moon.example/feed  # slow\n",
            "  - id: moon-example-feed\n    url:   https://new.example/rss  # slow\n",
        ),
    ],
)
def test_moving_leaves_every_other_line_alone(folder, sources, source_id, old, new):
    """Only the address changes, and the id that was made from it is written down."""
    sources.write_text(COMMENTED, encoding="utf-8")
    before = _ids(folder)
    text, edited = preview_move(folder, source_id, "https://new.example/rss")
    assert (text, sources.read_text(encoding="utf-8")) == (COMMENTED, COMMENTED)
    move_source(folder, source_id, "https://new.example/rss")
    assert sources.read_text(encoding="utf-8") == edited == COMMENTED.replace(old, new)
    assert _ids(folder) == before


@pytest.mark.parametrize(
    "text",
    [
        "sources: [{url: 'https://planet.example/'}]  # one\n",
        "sources:\r\n- name: x\r\n  url: https://planet.example/ # one\r\n  weight: 1\r\n",
        "sources:\n-\n  # one\n  url: https://planet.example/",
        "\ufeffsources:\n  - {url: https://planet.example/, name: x} # one\n",
        '\ufeff{"sources": [{"url": "https://planet.example/"}]}',
        "sources:\n- {id: planet-example, url: https://planet.example/} # one\n",
        "sources:\n- url: >-\n    https://planet.example/\n  id: planet-example\n",
    ],
)
def test_every_layout_can_be_moved(folder, sources, text):
    """However the entry is written, the address is replaced, or the operator is told to do it."""
    sources.write_bytes(text.encode())
    before = load_config(folder, {}).sources
    try:
        move_source(folder, "planet-example", "https://new.example:8080/a?b=c,d&e#f")
    except ConfigError as error:
        assert ">-" in text
        assert "allowed: an edit by hand" in str(error)  # noqa: PT017  # only one layout is refused
        return
    (after,) = load_config(folder, {}).sources
    assert (after.id, after.url) == ("planet-example", "https://new.example:8080/a?b=c,d&e#f")
    assert (after.name, after.weight) == (before[0].name, before[0].weight)
    written = sources.read_bytes().decode()
    assert written.startswith("\ufeff") == text.startswith("\ufeff")
    assert ("# one" in written) == ("# one" in text)
    assert written.count("\r\n") == (written.count("\n") if "\r\n" in text else 0)


def test_an_id_that_yaml_would_read_as_a_number_is_quoted(folder, sources):
    """An id stays text."""
    sources.write_text("sources:\n- {id: '1e5', url: https://planet.example/}\n", encoding="utf-8")
    move_source(folder, "1e5", "https://new.example/")
    assert _ids(folder) == ["1e5"]


@pytest.mark.parametrize(
    ("source_id", "url", "problem"),
    [
        ("nobody", "https://new.example/", "no source nobody"),
        ("moon-example-feed", "https://star.example/feed", "is also"),
        ("moon-example-feed", "mars", "no absolute http or https address"),
    ],
)
def test_a_move_that_would_be_a_problem_is_not_written(folder, sources, source_id, url, problem):
    """The edited file is checked first, and stays as it was."""
    sources.write_text(COMMENTED, encoding="utf-8")
    with pytest.raises(ConfigError, match=problem):
        move_source(folder, source_id, url)
    assert sources.read_text(encoding="utf-8") == COMMENTED
