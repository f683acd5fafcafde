"""Bringing the published tree to an object store: what changed, in an order that readers can rely on."""

import asyncio
import gzip
import re
import threading
import time
from dataclasses import replace

import brotli
import pytest

from aggregator.config.keys.settings import PublishKeys
from aggregator.errors import TargetError
from aggregator.model.decisions import Decision, Verb
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.records import publish_records
from aggregator.pipeline.site import Site
from aggregator.pipeline.upload import (
    ask_for_all,
    compare_tree,
    describe_target,
    find_uploaded,
    find_urgent,
    has_uploads,
    read_waiting,
    rounds,
    upload_round,
)
from aggregator.pipeline.upload.comparison import list_files
from aggregator.publish.changed_files import note_changes
from aggregator.publish.files import remove_files, write_files
from aggregator.publish.folder_locks import lock_folder
from aggregator.publish.synced_file import replace_file
from aggregator.secured import SecuredKeys
from aggregator.target import open_object_store
from tests.builders import NOW, article, fill
from tests.publishing_equality.world import World

BASE = "https://feeds.example.org"
FILES = ("ai/rss.xml", "ml/rss.xml", "vision/rss.xml", "index.html", "stories/1.html", "assets/style.css")


@pytest.fixture
def store(object_server, monkeypatch):
    """The store, empty, and with what leads to it in the environment."""
    for name, value in object_server.environment.items():
        monkeypatch.setenv(name, value)
    object_server.empty()
    yield object_server
    object_server.refuse = lambda _method, _name: None
    object_server.on_put = lambda _name, _body: None


class UploadedTree:
    """A tree of some files in a folder, which is uploaded to an object store."""

    def __init__(self, folder, object_server):
        self.tree = folder / "feeds"
        self.server = object_server
        self.keys = PublishKeys(target=object_server.address)
        write_files(self.tree, {name: name.encode() for name in FILES})

    def upload(self):
        """Do rounds until nothing is left, and return the changes that the store was asked for."""
        self.server.asked.clear()
        while has_uploads(self.tree, self.label):
            asyncio.run(self.do_round())
        return self.server.asked

    async def do_round(self):
        """Do one round."""
        return await upload_round(
            folder=self.tree, label=self.label, target=self.target, is_urgent=self.find_urgent(), now=NOW
        )

    def find_urgent(self):
        """Return what tells which files are urgent: none."""
        return lambda _: False

    @property
    def label(self):
        """What the list says of the target."""
        return describe_target(self.keys)

    @property
    def target(self):
        """The object store as the program opens it."""
        return open_object_store(self.keys.target, "", self.server.environment)

    def read_tree(self):
        """Return the bytes of all published files by name."""
        return {name: (self.tree / name).read_bytes() for name in list_files(self.tree)}


class UploadedSite(World, UploadedTree):
    """A site whose tree is uploaded to an object store."""

    def __init__(self, folder, object_server, **keys):
        super().__init__(folder)
        self.server = object_server
        self.setup = self.setup.set("publish", target=object_server.address, records=True, **keys)
        self.setup = self.setup.set("enrich", pages=False)

    def publish(self, *numbers, **changes):
        """Store articles of these numbers, and write what changed."""
        fill(self.store, *(article(number, at=self.now, **changes) for number in numbers))
        StoryDesk().group_site(Site(rules=self.rules, store=self.store, now=self.now))
        publish(self.look_at_site())
        publish_records(self.look_at_site(), keys=SecuredKeys())

    @property
    def keys(self):
        """The settings of today."""
        return self.rules.publishing

    def find_urgent(self):
        """Return what tells which files may show what was killed."""
        return find_urgent(self.tree, self.store)


@pytest.fixture
def tree(tmp_path, store):
    """A tree of some files, which is at the store."""
    made = UploadedTree(tmp_path, store)
    made.upload()
    return made


@pytest.fixture
def site(tmp_path, store):
    """A site of some articles, whose tree is at the store."""
    made = UploadedSite(tmp_path, store)
    made.publish(1, 2, 3)
    made.upload()
    yield made
    made.close()


def test_all_that_was_published_before_is_uploaded(site, store):
    """A target that is new gets every file, byte for byte, below the prefix."""
    assert store.read_all() == site.read_tree()
    assert {"index.html", "ai/rss.xml", "ml/articles/feed.json"} <= set(store.list_names())
    assert not has_uploads(site.tree, site.label)
    assert find_uploaded(site.tree, site.keys)("ai/rss.xml")


def test_only_what_changed_is_uploaded(site, store):
    """An article of one topic moves the files that show it; what is written again unchanged is not sent."""
    before = site.read_tree()
    site.wait(minutes=1)
    site.publish(4, topics=("robots",), quality=90)
    after = site.read_tree()
    changed = {name for name in after if after[name] != before.get(name)}
    assert site.upload() != []
    assert sorted(store.put) == sorted(changed)
    assert "robots/rss.xml" in changed
    assert "vision/rss.xml" not in changed
    assert store.read_all() == after
    site.publish()
    assert site.upload() == []


def test_a_removed_file_is_deleted(tree, store):
    """What the tree has no more, the target has no more; what somebody else put there stays."""
    store.put_foreign("elsewhere/note.txt")
    remove_files(tree.tree, ["vision/rss.xml"])
    assert tree.upload() == [("POST", f"/{store.bucket}")]
    assert "vision/rss.xml" not in store.list_names()
    assert "elsewhere/note.txt" in store.list_names(None)


def test_feeds_never_refer_to_what_is_not_there(tmp_path, store):
    """When a feed or page is put, every file of ours that it names is at the store."""
    site = UploadedSite(tmp_path, store)
    lacking, before = [], set()

    def check(name, body):
        if "/" in name and name.endswith((".xml", ".json", "index.html")) and name.count("/") < 3:
            named = re.findall(rf"{BASE}/([\w./-]+\.(?:html|svg|jpg|md))".encode(), body)
            there = set(store.put) | before
            lacking.extend((name, one) for one in map(bytes.decode, named) if one not in there)

    site.publish(1, 2)
    store.on_put = check
    site.upload()
    assert store.put.index("index.html") > store.put.index("ai/rss.xml")
    before |= set(store.list_names())
    site.publish(3)
    site.upload()
    assert lacking == []
    site.close()


def test_what_was_killed_goes_first(site, store, monkeypatch):
    """Its page and record are deleted and its feeds replaced before anything else, also what waited longer."""
    monkeypatch.setattr(rounds, "FILES", 30)
    write_files(site.tree, {f"stories/{number:04}.html": b"page" for number in range(60)})
    site.wait(minutes=1)
    killed = Decision(
        id="d1", verb=Verb.KILL, target="id-1", at=site.now, by="jane", reason="By order of a court."
    )
    site.setup = replace(site.setup, decisions=(killed,))
    record = next(name for name in list_files(site.tree) if name.startswith("_news/") and "title-1" in name)
    site.publish()
    site.server.asked.clear()
    asyncio.run(site.do_round())
    kills = len(store.asked)
    assert record not in store.list_names()
    assert store.read("ai/rss.xml")[0] == (site.tree / "ai/rss.xml").read_bytes()
    assert b"id-1" not in store.read("ml/articles/feed.json")[0]
    assert kills <= 31
    site.upload()
    assert store.read_all() == site.read_tree()


def test_compressed_copies_say_how_they_are_coded(tmp_path, store):
    """Each copy has the fields of its file and its coding; where copies are switched off they are deleted."""
    site = UploadedSite(tmp_path, store, compressed=True)
    site.publish(1)
    site.upload()
    plain, fields = store.read("ai/rss.xml")
    packed, packed_fields = store.read("ai/rss.xml.gz")
    assert gzip.decompress(packed) == brotli.decompress(store.read("ai/rss.xml.br")[0]) == plain
    assert packed_fields == {**fields, "Content-Encoding": "gzip"}
    assert store.read("ai/rss.xml.br")[1] == {**fields, "Content-Encoding": "br"}
    site.setup = site.setup.set("publish", compressed=False)
    site.wait(hours=1)
    site.publish(2)
    site.upload()
    assert store.read_all() == site.read_tree()
    assert "ai/rss.xml.gz" not in store.list_names()
    site.close()


def test_a_store_that_is_away_is_named_and_nothing_is_lost(tree, store):
    """Publishing goes on; what waits is listed, and uploaded once the store is back."""
    store.refuse = lambda _method, _name: 503
    write_files(tree.tree, {"ai/rss.xml": b"new"})
    with pytest.raises(TargetError, match=rf"s3://{store.bucket}/site/en: .*check the network"):
        asyncio.run(tree.do_round())
    assert "ai/rss.xml" in read_waiting(tree.tree, tree.label)
    assert not find_uploaded(tree.tree, tree.keys)("ai/rss.xml")
    store.refuse = lambda _method, _name: None
    remove_files(tree.tree, ["ml/rss.xml"])
    tree.upload()
    assert store.read_all() == tree.read_tree()


@pytest.mark.parametrize(
    ("code", "status", "advice"),
    [
        ("AccessDenied", 403, "let these credentials put, delete and list"),
        ("NoSuchBucket", 404, "make the bucket"),
        ("PermanentRedirect", 400, "set AWS_REGION"),
    ],
)
def test_an_error_says_what_to_do(tree, store, code, status, advice):
    """The store's own code, and what an operator does about it, in one line."""
    store.refuse = lambda _method, _name: (
        status,
        f"<Error><Code>{code}</Code><Message>No.</Message></Error>",
    )
    write_files(tree.tree, {"ai/rss.xml": b"new"})
    with pytest.raises(TargetError) as caught:
        asyncio.run(tree.do_round())
    assert str(caught.value).startswith(
        f"s3://{store.bucket}/site/en: the store answers {code} (No.): {advice}"
    )
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_what_is_cut_off_goes_on_where_it_was(tree, store):
    """Of a round that is stopped nothing is lost, and what was done is not done again."""
    write_files(tree.tree, {f"stories/{number:04}.html": b"page" for number in range(80)})
    task, first, cut_off = None, threading.Lock(), threading.Event()

    def stop(_name, _body):
        if len(store.put) > 30:
            if first.acquire(blocking=False):  # once: a round that is stopped again keeps nothing
                task.get_loop().call_soon_threadsafe(task.cancel)
            cut_off.wait(60)

    async def upload_some():
        nonlocal task
        task = asyncio.create_task(tree.do_round())
        await task

    store.asked.clear()
    store.on_put = stop
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(upload_some())
    store.on_put = lambda _name, _body: None
    cut_off.set()
    left = read_waiting(tree.tree, tree.label)
    assert 0 < len(left) < 80
    tree.upload()
    assert {*store.put} == {*left}  # with those on their way when it was stopped, which are asked for twice
    assert store.read_all() == tree.read_tree()


def test_a_file_that_changes_while_it_is_uploaded_is_uploaded_again(tree, store):
    """The last version is what stays at the store."""

    def change(name, body):
        if body == b"first":
            write_files(tree.tree, {name: b"second"})

    store.on_put = change
    write_files(tree.tree, {"ai/rss.xml": b"first"})
    tree.upload()
    assert store.read("ai/rss.xml")[0] == b"second"
    assert [name for name in store.put if name == "ai/rss.xml"] == ["ai/rss.xml"] * 2


def test_a_file_that_is_about_to_be_replaced_is_uploaded_once_it_is(tree, store):
    """A round that begins between the note of a name and the new bytes waits for these."""
    is_noted = threading.Event()

    def replace_slowly():
        with lock_folder(tree.tree):
            note_changes(tree.tree, ["ai/rss.xml"])
            is_noted.set()
            time.sleep(0.3)
            replace_file(str(tree.tree / "ai/rss.xml"), b"new")

    writer = threading.Thread(target=replace_slowly)
    writer.start()
    is_noted.wait()
    tree.upload()
    writer.join()
    assert store.read_all() == tree.read_tree()


def test_a_comparison_finds_what_somebody_changed(tree, store):
    """Other bytes of the same length, what was deleted, and what is extra; then all is as it is to be."""
    store.put_object("ai/rss.xml", b"?" * (tree.tree / "ai/rss.xml").stat().st_size)
    store.put_object("old/rss.xml", b"old")
    store.delete_object("ml/rss.xml")
    found = asyncio.run(compare_tree(tree.tree, tree.target))
    assert (found.missing, found.different, found.extra) == (
        ("ml/rss.xml",),
        ("ai/rss.xml",),
        ("old/rss.xml",),
    )
    assert found.same == len(tree.read_tree()) - 2
    ask_for_all(tree.tree, tree.label, (*found.missing, *found.different, *found.extra))
    tree.upload()
    assert store.read_all() == tree.read_tree()


def test_a_target_that_changes_gets_all_files(tree, store):
    """Another prefix is another target: nothing there is taken for granted, and the former one stays."""
    before = store.read_all()
    tree.keys = PublishKeys(target=f"s3://{store.bucket}/other")
    assert not find_uploaded(tree.tree, tree.keys)("ai/rss.xml")
    tree.upload()
    assert [name.removeprefix("other/") for name in store.list_names(None) if name.startswith("other/")] == (
        sorted(tree.read_tree())
    )
    assert store.read_all() == before


def test_links_that_lead_out_of_the_tree_are_not_uploaded(tree, store, tmp_path):
    """What lies elsewhere on the machine is nobody's business; hidden files are ours."""
    (tmp_path / "secret.html").write_text("secret")
    (tree.tree / "leak.html").symlink_to(tmp_path / "secret.html")
    (tree.tree / "folder").symlink_to(tmp_path)
    (tree.tree / ".hidden").write_text("hidden")
    ask_for_all(tree.tree, tree.label, [*list_files(tree.tree), "folder/secret.html"])
    tree.upload()
    assert not {"leak.html", "folder/secret.html", ".hidden", ".changed"} & set(store.list_names())


def test_without_credentials_or_library_it_is_said_what_to_do(monkeypatch):
    """Both are found out before anything is asked of the network."""
    with pytest.raises(TargetError, match="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"):
        open_object_store("s3://bucket", "", {})
    monkeypatch.setitem(__import__("sys").modules, "obstore.store", None)
    with pytest.raises(TargetError, match=r"pip install 'aggregator\[s3\]'"):
        open_object_store("s3://bucket", "", {"AWS_ACCESS_KEY_ID": "a"})
