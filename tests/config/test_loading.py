"""From files to records."""

from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.config import Config, Settings, load_config
from aggregator.errors import ConfigError
from aggregator.model import Image, Provider, Source, Topic


def test_a_source_becomes_a_record(folder):
    """Every key of a source arrives in its record, with durations and filled-in headers."""
    (folder / "topics.yaml").write_text("topics: [{id: ai, name: AI}]", encoding="utf-8")
    (folder / "sources.yaml").write_text(
        """
sources:
  - url: https://planet.example/feed.xml
    id: planet
    name: The Planet
    provider: Planet.Example
    topics: [ai]
    assign: true
    weight: -50
    language: en-GB
    enabled: false
    page: false
    poll: {min_interval_min: 5, max_interval_min: 90}
    headers: {Authorization: "Bearer ${TOKEN}"}
""",
        encoding="utf-8",
    )
    assert load_config(folder, {"TOKEN": "s3cret"}).sources == (
        Source(
            id="planet",
            url="https://planet.example/feed.xml",
            name="The Planet",
            provider="planet.example",
            topics=("ai",),
            assign=True,
            weight=-50,
            language="en-GB",
            enabled=False,
            page=False,
            min_interval=timedelta(minutes=5),
            max_interval=timedelta(minutes=90),
            headers={"Authorization": "Bearer s3cret"},
        ),
    )


def test_an_entry_that_says_what_it_did_is_not_validated_again(folder):
    """Its record is the very same; that of a changed entry is another, whatever its place."""
    sources, known = folder / "sources.yaml", {}
    kept, changed = (
        "{url: 'https://a.example/', headers: {A: '${A}'}}",
        "{url: 'https://b.example/', weight: 1}",
    )
    sources.write_text(f"sources: [{kept}, {changed}]", encoding="utf-8")
    before = load_config(folder, {"A": "old"}, known)
    validated = known["sources"]
    sources.write_text(f"sources: [{changed.replace('1', '2')}, {kept}]", encoding="utf-8")
    after = load_config(folder, {"A": "new"}, known)
    assert [source.weight for source in after.sources] == [2, 0]
    assert [before.sources[0].headers, after.sources[1].headers] == [{"A": "old"}, {"A": "new"}]
    same = [record for record in known["sources"].values() if record in validated.values()]
    assert [any(one is record for one in validated.values()) for record in same] == [True]


def test_a_topic_becomes_a_record(folder):
    """Every key of a topic arrives in its record; a hashtag loses its sign."""
    (folder / "topics.yaml").write_text(
        """
topics:
  - id: ai
    name: Artificial Intelligence
  - id: computer-vision
    name: Computer Vision
    shortname: Vision
    parent: ai
    description: >
      Machines
      that see.
    keywords: [computer vision]
    require: [camera]
    exclude: [eye test]
    hashtags: ["#ComputerVision", cv]
    images: [{url: "https://img.example/a.png", width: 50, height: 40}]
    limit: 9
    quality_threshold: 80
""",
        encoding="utf-8",
    )
    assert load_config(folder, {}).topics == (
        Topic(id="ai", name="Artificial Intelligence"),
        Topic(
            id="computer-vision",
            name="Computer Vision",
            shortname="Vision",
            parent="ai",
            description="Machines that see.",
            keywords=("computer vision",),
            require=("camera",),
            exclude=("eye test",),
            hashtags=("ComputerVision", "cv"),
            images=(Image(url="https://img.example/a.png", width=50, height=40),),
            limit=9,
            quality_threshold=80,
        ),
    )


def test_a_provider_becomes_a_record(folder):
    """Every key of a provider arrives in its record; its domain as host names are compared."""
    (folder / "providers.yaml").write_text(
        """
providers:
  - domain: ZDNet.com
    name: ZDNet
    family: Ziff Davis
    weight: 5
    images: [{url: "https://img.example/zdnet.png"}]
  - domain: bücher.example
""",
        encoding="utf-8",
    )
    logo = Image(url="https://img.example/zdnet.png")
    assert load_config(folder, {}).providers == (
        Provider(domain="zdnet.com", name="ZDNet", family="Ziff Davis", weight=5, images=(logo,)),
        Provider(domain="xn--bcher-kva.example"),
    )


def test_settings_and_providers_may_be_missing(folder):
    """Without settings.yaml and providers.yaml the defaults hold."""
    assert load_config(folder, {}) == Config(
        folder=folder, settings=Settings().resolve_folders(folder.parent)
    )


def test_sections_and_providers_may_be_empty(folder):
    """A section, or the providers, whose every line is commented out are without entries."""
    (folder / "providers.yaml").write_text("providers:\n  # - nothing yet\n", encoding="utf-8")
    (folder / "settings.yaml").write_text("fetch:\n  # timeout_s: 5\n", encoding="utf-8")
    assert load_config(folder, {}) == Config(
        folder=folder, settings=Settings().resolve_folders(folder.parent)
    )


def test_relative_folders_start_beside_the_configuration(folder):
    """Wherever a command runs, what it reads and writes lies beside the folder of the configuration."""
    (folder / "settings.yaml").write_text(
        "storage: {data_dir: data, feeds_dir: ../public, database: 'sqlite:///db/news.db'}\n",
        encoding="utf-8",
    )
    settings = load_config(folder, {}).settings
    site = folder.parent
    assert settings.storage.data_dir == f"{site}/data"
    assert settings.storage.feeds_dir == f"{site}/../public"
    assert settings.database_url == f"sqlite:///{site}/db/news.db"


def test_folders_stay_as_written_where_the_command_runs_beside_them(folder, monkeypatch):
    """The default layout, run from its own folder, names its folders as before."""
    monkeypatch.chdir(folder.parent)
    for name in (Path("config"), folder, Path("config/../config/.")):
        assert load_config(name, {}).settings == Settings()


def test_a_site_may_lie_in_one_folder(folder, monkeypatch):
    """``--config .`` starts there; once its store is there, it does so from anywhere."""
    site = folder.rename(folder.with_name("site"))
    elsewhere = load_config(site, {}).settings
    assert elsewhere.storage.feeds_dir == f"{site.parent}/feeds"
    monkeypatch.chdir(site)
    for name in (Path(), site):
        assert load_config(name, {}).settings == Settings()
    (site / "data").mkdir()
    (site / "data" / "aggregator.db").touch()
    monkeypatch.chdir(site.parent)
    assert load_config(Path("site"), {}).settings.storage.feeds_dir == f"{site}/feeds"


def test_the_usual_folder_never_holds_its_own_site(folder, monkeypatch):
    """Commands that run in ``config/`` itself use the same store as those beside it."""
    monkeypatch.chdir(folder)
    assert load_config(Path(), {}).settings.storage.data_dir == f"{folder.parent}/data"


@pytest.mark.parametrize("database", ["", "sqlite:////srv/news.db", "sqlite:///:memory:"])
def test_what_is_no_relative_folder_stays(folder, database):
    """Absolute folders, and databases that are no file, are left as they are written."""
    (folder / "settings.yaml").write_text(
        f"storage: {{data_dir: /srv/data, feeds_dir: /srv/feeds, database: '{database}'}}\n", encoding="utf-8"
    )
    storage = load_config(folder, {}).settings.storage
    assert (storage.data_dir, storage.feeds_dir, storage.database) == ("/srv/data", "/srv/feeds", database)


def test_a_linked_configuration_belongs_where_its_link_is(folder, tmp_path):
    """A folder that is linked into several sites does not mix their data."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "config").symlink_to(folder)
    assert load_config(site / "config", {}).settings.storage.data_dir == f"{site}/data"


def test_settings_are_read(folder):
    """Given settings replace their defaults, the others stay; a base address ends without a slash."""
    (folder / "settings.yaml").write_text(
        "site: {base_url: 'https://news.example/ai/'}\nfetch: {timeout_s: 2.5}\n", encoding="utf-8"
    )
    settings = load_config(folder, {}).settings
    assert settings.site.base_url == "https://news.example/ai"
    assert settings.fetch.timeout_s == 2.5
    assert settings.fetch.connect_timeout_s == Settings().fetch.connect_timeout_s


def test_the_database_defaults_to_a_file_in_the_data_folder(folder):
    """Without an address of its own the database is SQLite in data_dir."""
    (folder / "settings.yaml").write_text("storage: {data_dir: /srv/news}\n", encoding="utf-8")
    assert load_config(folder, {}).settings.database_url == "sqlite:////srv/news/aggregator.db"
    assert Settings().database_url == "sqlite:///data/aggregator.db"


def test_the_database_takes_secrets_from_the_environment(folder):
    """${NAME} in the database's address is filled in, and the result is not part of the repr."""
    (folder / "settings.yaml").write_text(
        'storage: {database: "sqlite:////srv/${DB_WORD}/news.db"}\n', encoding="utf-8"
    )
    settings = load_config(folder, {"DB_WORD": "s3cret"}).settings
    assert settings.database_url == "sqlite:////srv/s3cret/news.db"
    assert "s3cret" not in repr(settings)


def test_the_user_agent_names_software_and_contact(folder):
    """Requests name the software with its version and the contact, or the site without one."""
    (folder / "settings.yaml").write_text("site: {contact: desk@news.example}\n", encoding="utf-8")
    agent = load_config(folder, {}).settings.user_agent
    assert agent.startswith("aggregator/")
    assert agent.endswith(" (+desk@news.example)")
    assert Settings().user_agent.endswith(" (+http://127.0.0.1:8080)")


@pytest.mark.parametrize(
    ("user_agent", "robot"),
    [
        ("", "aggregator"),
        ("NewsBot/2.1 (+https://news.example)", "NewsBot"),
        ("news-bot", "news-bot"),
        ("Mozilla/5.0 (compatible; NewsBot/2.1)", "aggregator"),
        ("(none) NewsBot", "aggregator"),
    ],
)
def test_publishers_address_the_product_of_the_user_agent(user_agent, robot):
    """What requests call themselves is what robots.txt and pages can name; browsers' names are nobody's."""
    assert Settings(fetch={"user_agent": user_agent}).robot == robot


def test_a_configured_user_agent_is_sent_as_it_is(folder):
    """fetch.user_agent replaces the made one."""
    (folder / "settings.yaml").write_text("fetch: {user_agent: NewsDesk/2}\n", encoding="utf-8")
    assert load_config(folder, {}).settings.user_agent == "NewsDesk/2"


def test_loading_raises_with_every_problem(folder):
    """load_config raises one error that carries the problems of all five files in order."""
    for name in ("settings", "sources", "topics", "providers"):
        (folder / f"{name}.yaml").write_text("- no keys here\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(folder, {})
    names = [problem.removeprefix(f"{folder}/").split(":")[0] for problem in caught.value.problems]
    assert names == ["settings.yaml", "sources.yaml", "topics.yaml", "providers.yaml"]
