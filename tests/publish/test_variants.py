"""Compressed files beside published ones."""

import gzip

import brotli
import pytest

from aggregator.publish.files import remove_files, write_files
from aggregator.publish.variants import make_variants, variant_names

BODY = b"<rss>" + b"<item>Rain</item>" * 100 + b"</rss>"


@pytest.mark.parametrize("name", ["town/rss.xml", "town/feed.json", "index.html", "assets/style.css"])
def test_a_text_has_variants(name):
    """Each holds the file's bytes, and is the same every time."""
    made = make_variants(name, BODY)
    assert tuple(made) == variant_names(name)
    assert gzip.decompress(made[f"{name}.gz"]) == brotli.decompress(made[f"{name}.br"]) == BODY
    assert make_variants(name, BODY) == made


@pytest.mark.parametrize(("name", "body"), [("assets/photo.jpg", BODY), ("town/rss.xml", b"<rss/>"), ("lock", BODY)])  # fmt: skip
def test_what_would_not_shrink_has_none(name, body):
    """Pictures, short files and what is no document stay alone."""
    assert make_variants(name, body) == {}


def _list_files(folder):
    return {path.name for path in folder.iterdir() if path.name[0] != "."}


def test_a_file_and_its_variants_are_replaced_together(tmp_path):
    """They hold the new bytes, stay where these stay, come back where they lack, and go where they are off."""
    names = {"rss.xml", "rss.xml.gz", "rss.xml.br"}
    written = write_files(tmp_path, {"rss.xml": BODY}, has_variants=True)
    assert (written.changed, written.stamps.keys()) == (("rss.xml",), {"rss.xml"})
    write_files(tmp_path, {"rss.xml": BODY + b" "}, has_variants=True, is_compared=False)
    assert gzip.decompress((tmp_path / "rss.xml.gz").read_bytes()) == BODY + b" "
    (tmp_path / "rss.xml.br").unlink()
    assert write_files(tmp_path, {"rss.xml": BODY + b" "}, has_variants=True).changed == ()
    assert _list_files(tmp_path) == names
    write_files(tmp_path, {"rss.xml": b"<rss/>"}, has_variants=True)
    assert _list_files(tmp_path) == {"rss.xml"}
    write_files(tmp_path, {"rss.xml": BODY}, has_variants=True)
    assert write_files(tmp_path, {"rss.xml": BODY}).changed == ()
    assert _list_files(tmp_path) == {"rss.xml"}


def test_variants_are_removed_with_their_file(tmp_path):
    """The folder that is then empty goes, too."""
    write_files(tmp_path, {"town/rss.xml": BODY}, has_variants=True)
    assert remove_files(tmp_path, ["town/rss.xml"]) == 1
    assert not (tmp_path / "town").exists()


def test_no_old_variant_stays_beside_a_file_that_changed(tmp_path):
    """Where new variants cannot be written the old ones are gone, and the file counts as not written."""
    write_files(tmp_path, {"rss.xml": BODY}, has_variants=True)
    (tmp_path / ".rss.xml.gz.unfinished").mkdir()
    written = write_files(tmp_path, {"rss.xml": BODY + b" "}, has_variants=True)
    assert written.errors
    assert written.stamps == {}
    assert _list_files(tmp_path) == {"rss.xml"}
