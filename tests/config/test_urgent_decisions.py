"""What goes ahead of a change that waits: decisions that take out what was published."""

from dataclasses import replace
from pathlib import Path

import pytest

from aggregator.config import Config, digest_texts, load_packed, pack_texts, take_urgent
from aggregator.config.files.yaml_document import read_document
from aggregator.config.files.yaml_text import dump_value
from aggregator.model import Source
from aggregator.model.decisions import Decision, Verb
from tests.builders import NOW, topic

FILES = {"sources.yaml": b"sources: []\n", "topics.yaml": b"topics: []\n"}
ID = "6ba7b811-9dad-51d1-80b4-00c04fd430c8"


def decide(id_, verb="ban", **changes):
    """Return a decision on an article."""
    values = {"target": ID, "reason": "why", "by": "anna", "at": NOW, **changes}
    return Decision(id=id_, verb=Verb(verb), **values)


def configure(*decisions, **changes):
    """Return a configuration with these decisions, as files would have it."""
    return replace(Config.default(), decisions=decisions, texts=FILES, **changes)


def test_what_takes_out_goes_ahead_and_the_rest_waits():
    """A ban, a topic, and what was taken back wait; what was changed goes as it is now."""
    before = configure(decide("old"), decide("said", "kill", reason="typo"))
    urgent = [
        decide("said", "kill"), decide("w", "withdraw"), decide("t", "takedown", target="a.example"), decide("r", "restore"),
    ]  # fmt: skip
    after = configure(urgent[0], decide("b"), *urgent[1:], topics=(topic("ai"),))
    merged, ids = take_urgent(before, after)
    assert ids == ("said", "w", "t", "r")
    assert merged.decisions == (before.decisions[0], *urgent)
    assert merged.topics == ()
    assert take_urgent(merged, after) == (merged, ())


def test_the_order_is_that_of_the_files():
    """Of the same second, so that nothing differs where nothing else does."""
    first, last = decide("a", "restore"), decide("z")
    assert take_urgent(configure(last), configure(first, last))[0].decisions == (first, last)


@pytest.mark.parametrize(
    "text", ["Plain", "\U0001f30b \x85 \u2028 ünd \"'\\ #: {}", "  - x: [", "2026-01-01", "true"]
)
def test_what_is_kept_is_read_again_as_it_is(text):
    """With every key and whatever texts it has."""
    every = decide(
        "w", "withdraw", reason=text, by=text, public_reason=text, until=NOW, at=NOW.replace(microsecond=7)
    )
    kept = [
        decide("v", "retitle", value=text), decide("q", "quality", value="-20"),
        decide("p", "pin", topic="all", until=NOW), decide("h", "hold-until", value=NOW.isoformat()),
    ]  # fmt: skip
    down = decide("t", "takedown", target="a.example", reason=text)
    before = configure(*kept)
    merged, _ = take_urgent(before, configure(*kept, every, down))
    found = load_packed(pack_texts(merged.texts), replace(before, folder=Path("config")), {})
    assert found is not None
    assert [_clean(one) for one in found.decisions] == [_clean(one) for one in merged.decisions]
    assert digest_texts(found.texts) == digest_texts(merged.texts)


def _clean(one):
    """Return a decision without what files do not keep of texts: they are cleaned when they are read."""
    keep = {"reason", "by", "value", "public_reason"}
    return [("".join(str(getattr(one, k)).split()) if k in keep else getattr(one, k)) for k in one.__slots__]


@pytest.mark.parametrize(
    "text", ["\x7f\x80\x85\x9f", "\u2028\u2029", "\ufeff\ufffe\uffff", "\U0001f30b\U0010ffff", "\x00\x1b\n\t"]
)
def test_any_text_is_yaml(text):
    """On one line, and read as it was."""
    dumped = dump_value({"sources": [{"name": text, "n": 1}]})
    assert "\n" not in dumped
    document = read_document("", dumped.encode())
    assert (document.problems, document.value) == ((), {"sources": [{"name": text, "n": 1}]})


def test_sources_with_headers_and_any_names_are_kept():
    """Their file is written anew without the headers."""
    sources = """sources:
  - {id: one, url: https://a.example/f, headers: {X-Key: secret}}
  - {id: two, url: https://b.example/f, name: "Vulkan \U0001f30b"}
"""
    texts = {**FILES, "sources.yaml": sources.encode()}
    found = load_packed(pack_texts(texts), Config.default(), {})
    assert found is not None
    assert [one.name for one in found.sources] == [None, "Vulkan \U0001f30b"]
    assert b"secret" not in found.texts["sources.yaml"]
    assert [one.enabled for one in found.sources] == [False, True], "without its headers none is polled"
    own = replace(
        Config.default(), sources=(Source(id="one", url="https://a.example/f", headers={"X-Key": "new"}),)
    )
    found = load_packed(pack_texts(texts), own, {})
    assert [(one.enabled, one.headers) for one in found.sources] == [(True, {"X-Key": "new"}), (True, {})]


def test_settings_that_are_kept_are_told_from_those_of_the_machine():
    """By default its own sections are those of what stands in the folder; where that is wrong, they are kept."""
    texts = {**FILES, "settings.yaml": b"server: {port: 8123}"}
    found = load_packed(pack_texts(texts), Config.default(), {})
    assert found.settings.server.port == Config.default().settings.server.port
    found = load_packed(pack_texts(texts), Config.default(), {}, ("storage",))
    assert found.settings.server.port == 8123
