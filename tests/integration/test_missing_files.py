"""Published files that somebody removes while the service runs."""

import json
import resource
import shutil
import time
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from aggregator.publish.feed_formats import FEED_FORMATS
from aggregator.publish.files import find_missing_files
from aggregator.publish.tree_paths import OPERATIONS
from tests.integration.site import ML, SiteFolder, ago, item, read_until, rss, run_service
from tests.loopback import Answer, Loopback


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site whose source says the same whenever it is asked."""
    date = ago(hours=1)
    with Loopback() as loopback:
        url = loopback.route("/feed", Answer(body=rss(item(1, date), item(2, date))))
        images = {"sizes": False, "logos": False}
        yield SiteFolder(tmp_path_factory.mktemp("site"), [{"id": "daily", "url": url}], [ML], images=images)


@pytest.fixture(scope="module")
def service(site):
    """The running service, which has published and has nothing more to publish."""
    with run_service(site, "--port", "0") as program:
        read_until(program, "event=group")
        read_until(program, "event=publish")
        while (
            b"<entry" not in (site.feeds / "ml" / "atom.xml").read_bytes()
        ):  # published before it was polled
            read_until(program, "event=publish")
        yield program


def health(service):
    """Return the status and the content of /healthz."""
    try:
        with urlopen(f"{service.url}healthz") as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


def tree(site):
    """Return every published file's bytes by name, without what operators are told, written once a minute."""
    paths = (path for path in site.feeds.rglob("*") if path.is_file() and ".lock" not in path.name)
    files = {path.relative_to(site.feeds).as_posix(): path.read_bytes() for path in paths}
    return {name: content for name, content in files.items() if name != OPERATIONS}


@pytest.mark.parametrize(
    ("removed", "reported"),
    [
        ("ml/atom.xml", "published files are missing (1), as"),
        ("ml/articles", f"published files are missing ({len(FEED_FORMATS)}), as"),
        ("assets", "published files are missing"),
        ("", "published files are missing"),
    ],
    ids=["a feed", "a folder", "what pages share", "all"],
)
def test_what_was_removed_is_written_again(site, service, removed, reported):
    """/healthz says so at once, the log in a line, and soon all is as it was, though nothing is new."""
    before = tree(site)
    path = site.feeds / removed
    path.unlink() if path.is_file() else shutil.rmtree(path)
    status, content = health(service)
    assert (status, content["ok"]) == (503, False)
    assert reported in content["degraded"][0]
    assert "removed: they are written again" in read_until(service, "event=tree")
    read_until(service, "event=publish")
    until = time.monotonic() + 60
    while health(service)[0] != 200 and time.monotonic() < until:
        time.sleep(0.1)
    status, content = health(service)
    assert (status, content["ok"], content.get("degraded")) == (200, True, None)
    assert tree(site).keys() == before.keys()
    assert tree(site)["ml/atom.xml"] == before["ml/atom.xml"]


def test_a_database_that_is_moved_away_is_reported(site, service):
    """/healthz says so while the file is not there: the service would store into what nobody can open again."""
    database = site.feeds.parent / "data" / "aggregator.db"
    until = time.monotonic() + 60
    while health(service)[0] != 200 and time.monotonic() < until:
        time.sleep(0.1)
    away = database.rename(database.with_suffix(".away"))
    try:
        status, content = health(service)
    finally:
        away.replace(database)
    assert (status, content["ok"]) == (503, False)
    assert content["degraded"][0].startswith(f"{database} was removed while the service runs")
    assert health(service)[0] == 200


def test_missing_files_are_reported_by_folder(tmp_path):
    """Files of folders that are gone are missing, too; whatever else is there is nobody's business."""
    for name in ("a/one", "a/other", "top"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert find_missing_files(tmp_path, ["top", "a/two", "a/one", "b/c/three"]) == ("a/two", "b/c/three")
    assert find_missing_files(tmp_path / "gone", ["top"]) == ("top",)
    assert find_missing_files(tmp_path, []) == ()


def test_a_file_is_not_missing_where_no_folder_can_be_opened(tmp_path):
    """A process that has too many files open says so, and that nothing was removed."""
    (tmp_path / "top").touch()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Those three are open. With fewer, servers of other tests could no longer wait for anybody in this process.
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            find_missing_files(tmp_path, ["top"])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert find_missing_files(tmp_path, ["top"]) == ()
