"""A site whose store moves to PostgreSQL, is used there, and moves back."""

import json

import pytest
from ruamel.yaml import YAML

from tests.integration.site import ML, SiteFolder, ago, item, rss, run_program
from tests.loopback import Answer, Loopback


def _set_database(site, url):
    path = site.config / "settings.yaml"
    yaml = YAML()
    settings = yaml.load(path.read_text(encoding="utf-8")) or {}
    settings.setdefault("storage", {})["database"] = url
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(settings, file)


def _read_tree(site):
    return {path.relative_to(site.feeds): path.read_bytes() for path in site.feeds.rglob("*.xml")}


def test_a_site_moves_to_postgresql_and_back(tmp_path, postgresql):
    """What it published stays byte for byte, what is polled there is kept, and the password is never told."""
    postgresql.execute("CREATE ROLE mover LOGIN SUPERUSER PASSWORD 'se@cret'")
    with Loopback() as loopback, postgresql.lend_store() as lent:
        feed = Answer(body=rss(item(1, ago(hours=1))))
        site = SiteFolder(tmp_path, [{"id": "daily", "url": loopback.route("/feed", feed)}], [ML])
        site.run("poll")
        site.run("publish")
        published = _read_tree(site)
        url = lent.replace("tests@", "mover:${PGPW}@")
        environment = {"PGPW": "se%40cret"}
        done = run_program(
            "migrate-store", "--to", url, "--config", str(site.config), environment=environment
        )
        assert "are the same as in" in done.stdout
        again = run_program(
            "migrate-store", "--to", url, "--config", str(site.config), environment=environment, code=1
        )
        assert "has rows: name a database that is empty" in again.stderr
        _set_database(site, url)
        run_program("publish", "--config", str(site.config), environment=environment)
        assert _read_tree(site) == published
        loopback.route("/feed", Answer(body=rss(item(1, ago(hours=1)), item(2, ago(minutes=5)))))
        run_program("poll", "--all", "--config", str(site.config), environment=environment)
        run_program("publish", "--config", str(site.config), environment=environment)
        assert "/2" in (site.feeds / "ml" / "rss.xml").read_text()
        published = _read_tree(site)
        run_program(
            "plan", "--config", str(site.config), environment=environment
        )  # exit 0: nothing would change
        back = f"sqlite:///{tmp_path}/back.db"
        done = run_program(
            "migrate-store", "--to", back, "--json", "--config", str(site.config), environment=environment
        )
        tables = {one["table"]: one for one in json.loads(done.stdout)["tables"]}
        assert tables["articles"]["rows"] == 2
        assert len(tables["articles"]["digest"]) == 32
        _set_database(site, back)
        run_program("publish", "--config", str(site.config))
        assert _read_tree(site) == published
        assert not [one for one in (done, again) if "cret" in one.stdout + one.stderr]


def test_a_store_that_a_service_uses_is_not_moved(tmp_path, postgresql):
    """Exit 3: it is to be stopped first."""
    from aggregator.store import lock_store

    site = SiteFolder(tmp_path, [], [ML])
    with postgresql.lend_store() as lent, lock_store(lent):
        done = run_program("migrate-store", "--to", lent, "--config", str(site.config), code=3)
    assert "another aggregator run uses" in done.stderr


@pytest.mark.parametrize(
    ("to", "said"),
    [
        (
            "mysql://x",
            "--to: is no database address, allowed: sqlite:///PATH, postgresql://USER:PASSWORD@HOST/NAME",
        ),
        ("${NOTHING_SET}", "--to: NOTHING_SET is not set in the environment"),
        ("", "--to: is empty, allowed: sqlite:///PATH"),
        (
            "postgresql://u:se@cret@h/d",
            "--to: cannot be read: signs such as @ : / in a password are written %40",
        ),
    ],
)
def test_an_address_that_is_none_is_told(tmp_path, to, said):
    """It is not repeated, as it may hold a password."""
    site = SiteFolder(tmp_path, [], [ML])
    done = run_program("migrate-store", "--to", to, "--config", str(site.config), code=1)
    (line,) = done.stderr.splitlines()
    assert said in line
    assert "cret" not in line


def test_the_address_that_is_told_is_that_of_the_file(tmp_path, loopback):
    """A relative one starts in the current folder; the same in settings.yaml would start at the site."""
    feed = loopback.route("/feed", Answer(body=rss(item(1, ago(hours=1)))))
    site = SiteFolder(tmp_path / "site", [{"id": "daily", "url": feed}], [ML])
    site.run("poll")
    words = ("migrate-store", "--to", "sqlite:///moved.db", "--config", str(site.config))
    told = run_program(*words, cwd=tmp_path).stdout
    assert f" are in sqlite:///{tmp_path}/moved.db, " in told
    assert (tmp_path / "moved.db").is_file()
