"""Every kind of problem, at its exact line, in words that say what is allowed."""

from pathlib import Path

import pytest

from aggregator.config import EntryCache, check_config, load_config
from aggregator.errors import ConfigError
from tests.config.cases import CASES

TWO_TOPICS = "topics: [{id: ai, name: AI}, {id: robots, name: Robots}]\n"


@pytest.mark.parametrize(("stem", "text", "expected"), CASES)
def test_a_problem_is_reported_with_file_line_key_and_what_is_allowed(check, stem, text, expected):
    """Each wrong file gives the expected problem; None means that the file is right."""
    texts = {"topics": TWO_TOPICS, stem: text}
    problems = check(**texts)
    if expected is None:
        assert problems == ()
    else:
        assert any(expected in problem for problem in problems), problems
        assert all(problem.startswith(f"{stem}.yaml:") for problem in problems)
        assert all(" allowed: " in problem for problem in problems)


@pytest.mark.parametrize(("stem", "text", "_"), CASES)
def test_what_was_valid_before_hides_no_problem(folder, check, stem, text, _):
    """A file read again gives what one gives that nobody has read before, the same problems or the same."""
    known: EntryCache = {}
    (folder / "topics.yaml").write_text(TWO_TOPICS, encoding="utf-8")
    load_config(folder, {}, known)
    problems = check(**{stem: text})
    for _ in range(2):
        if problems:
            with pytest.raises(ConfigError) as error:
                load_config(folder, {}, known)
            assert [str(one).removeprefix(f"{folder}/") for one in error.value.problems] == list(problems)
        else:
            assert load_config(folder, {}, known) == load_config(folder, {})


@pytest.mark.parametrize(("before", "after"), [("1", "true"), ("1", "'1'"), ("1", "1.0"), ("1", "[1]")])
def test_values_that_are_equal_in_python_are_told_apart(folder, check, before, after):
    """A weight of 1 was valid, and true is not."""
    entry = "sources: [{url: 'https://a.example/', weight: %s}]"
    known: EntryCache = {}
    assert check(sources=entry % before) == ()
    load_config(folder, {}, known)
    assert len(check(sources=entry % after)) == 1
    with pytest.raises(ConfigError):
        load_config(folder, {}, known)


def test_all_problems_of_all_files_come_at_once(check):
    """Nothing hides anything: every problem of the five files, in the order of files and lines."""
    problems = check(
        settings="site:\n  title: 5\nserver: {port: -1}\n",
        sources="sources:\n- url: x\n  topics: [nope]\n- url: x\n  weight: 99\n  name: no\n",
        topics="topics:\n- id: a\n  name: 1\n  parent: b\n- id: a\n  limit: 0\n",
        providers="providers:\n- domain: ':'\n  wait: 1\n",
    )
    assert [": ".join(problem.split(": ")[:2]) for problem in problems] == [
        "settings.yaml:2: site.title",
        "settings.yaml:3: server.port",
        "sources.yaml:2: sources[0].url",
        "sources.yaml:3: sources[0].topics[0]",
        "sources.yaml:4: sources[1].url",
        "sources.yaml:4: sources[1].url",
        "sources.yaml:5: sources[1].weight",
        "sources.yaml:6: sources[1].name",
        "topics.yaml:3: topics[0].name",
        "topics.yaml:4: topics[0].parent",
        "topics.yaml:5: topics[1].name",
        "topics.yaml:5: topics[1].id",
        "topics.yaml:6: topics[1].limit",
        "providers.yaml:2: providers[0].domain",
        "providers.yaml:3: providers[0].wait",
    ]


def test_missing_files_say_what_to_do(folder, check):
    """Without sources and topics there is nothing to do, and the problem says how to begin."""
    (folder / "sources.yaml").unlink()
    (folder / "topics.yaml").unlink()
    assert check() == (
        (
            "sources.yaml: sources: the file is missing, write `sources: []` to begin one, "
            "or name another folder with --config, "
            "allowed: a list of sources"
        ),
        (
            "topics.yaml: topics: the file is missing, write `topics: []` to begin one, "
            "or name another folder with --config, "
            "allowed: a list of topics"
        ),
    )


def test_a_missing_folder_is_one_problem(folder):
    """Where the folder's name is misspelt, that is told, not which files are missing in it."""
    assert check_config(folder / "cnofig", {}) == (
        f"{folder / 'cnofig'}: there is no such folder: name the one that holds sources.yaml with --config",
    )


def test_bare_topics_do_not_spoil_sources(check):
    """Where nothing stands below topics, that alone is told, not every source that names one."""
    problems = check(topics="topics:\n", sources="sources: [{url: 'https://a.example/', topics: [ai]}]")
    assert [problem.split(":")[0] for problem in problems] == ["topics.yaml"]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("settings.yaml", "settings.yml"),
        ("settings.yaml", "setting.yaml"),
        ("settings.yaml", "Settings.YAML"),
        ("settings.yaml", "settings.yaml.txt"),
        ("settings.yaml", "settings"),
        ("settings.yaml", "settings.json"),
        ("providers.yaml", "provider.yml"),
        ("providers.yaml", "prividers.yaml"),
        ("sources.yaml", "source.yaml"),
        ("topics.yaml", "topics.yml"),
    ],
)
def test_a_near_name_is_a_problem(folder, check, name, other):
    """A file that nobody reads, beside none that is read, is told with the name it should have."""
    (folder / name).unlink(missing_ok=True)
    (folder / other).write_text("{}\n", encoding="utf-8")
    key = name.removesuffix(".yaml")
    assert check() == (f"{other}: {key}: a file of this name is not read: rename it, allowed: {name}",)


@pytest.mark.parametrize(
    "other",
    [
        ".settings.yaml.swp",
        "settings.yaml~",
        "settings.yaml.bak",
        "settings-old.yaml",
        "README.txt",
        "notes.yml",
    ],
)
def test_other_files_are_nobodys_business(folder, check, other):
    """Backups, editors' files and whatever else lies there are no problem."""
    (folder / other).write_text("{}\n", encoding="utf-8")
    assert check() == ()


def test_a_near_name_beside_the_right_one_is_no_problem(folder, check):
    """Where the file that is read is there, another beside it is a copy."""
    (folder / "settings.yml").write_text("{}\n", encoding="utf-8")
    (folder / "topic.yaml").write_text("{}\n", encoding="utf-8")
    assert check(settings="site: {title: Ours}\n") == ()


def test_data_in_the_published_tree_is_a_problem_wherever_it_is_checked(folder, check):
    """An absolute and a relative folder are compared as the program uses them."""
    problems = check(settings=f"storage: {{data_dir: feeds/data, feeds_dir: {folder.parent}/feeds}}\n")
    (problem,) = problems
    assert problem.startswith("settings.yaml:1: storage.data_dir: lies within feeds_dir and would be public")


@pytest.mark.parametrize(
    ("typed", "reported"),
    [
        ("nowhere", "nowhere: there is no such folder: name the one"),
        ("config/settings.yaml", "config/settings.yaml: this is no folder: name the one"),
        (".", ".: holds no configuration, but config does: name that one with --config"),
        ("", ""),
    ],
)
def test_a_folder_that_is_none_is_reported_as_it_was_typed(folder, monkeypatch, typed, reported):
    """One line cites the folder, and no files that nobody named."""
    monkeypatch.chdir(folder.parent)
    (folder / "settings.yaml").write_text("site: {}\n", encoding="utf-8")
    problems = check_config(Path(typed or "config"), {})
    assert len(problems) == bool(reported)
    assert all(problem.startswith(reported) for problem in problems)


def test_an_unreadable_file_is_a_problem(folder, check):
    """A folder in place of a file is told as one of the problems."""
    (folder / "settings.yaml").mkdir()
    assert check() == ("settings.yaml: settings: cannot be read (Is a directory), allowed: a readable file",)


def test_unreadable_topics_do_not_spoil_sources(check):
    """Where topics.yaml cannot be read, no source is blamed for its topics."""
    problems = check(topics="topics: [", sources="sources: [{url: 'https://a.example/', topics: [ai]}]")
    assert [problem.split(":")[0] for problem in problems] == ["topics.yaml"]


def test_a_file_that_is_not_utf8_is_reported_with_its_line(folder, check):
    """The line is that of the first byte that is not UTF-8."""
    (folder / "topics.yaml").write_bytes(b"topics: []\n# M\xfcnchen\n")
    assert check() == ("topics.yaml:2: yaml: not in UTF-8, allowed: UTF-8 text",)


def test_secrets_are_never_shown(check):
    """Neither what a variable stands for, nor what is written in headers and database, is printed."""
    problems = check(
        environ={"TOKEN": "s3cret\n", "PW": "s3cret ?"},
        settings="storage: {database: 's3cret:${PW}'}",
        sources="sources:\n- url: https://s3cret:s3cret@a.example/\n"
        "- url: https://b.example/\n  headers: {A: '${TOKEN}', B: \"s3cret\\n\", C: [s3cret]}\n",
    )
    assert len(problems) == 5
    assert not [problem for problem in problems if "s3cret" in problem]


def test_a_variable_that_is_not_set_is_one_problem(check):
    """What it leaves empty is not told as missing besides."""
    hook = "alerts: {webhook: 'https://h.example/', webhook_secret: '${NOPE}'}"
    (problem,) = check(settings=hook)
    assert "alerts.webhook_secret: NOPE is not set in the environment" in problem
