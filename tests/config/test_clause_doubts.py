"""Doubtful clauses of a configuration, each with file, line and column."""

from datetime import UTC, datetime

from aggregator.config import load_config, load_parts
from aggregator.config.checks.clause_doubts import (
    StoredPublishers,
    find_doubtful_clauses,
    find_doubtful_rules,
)

SETTINGS = 'site: {title: T, base_url: "https://site.example"}\n'
SOURCES = "sources: [{id: wire-news, url: 'https://daily.example/feed', topics: [ai]}]\n"
TOPICS = "topics: [{id: ai, name: AI}]\n"
PROVIDERS = "providers: [{domain: weekly.example, family: Weekly Co}]\n"
CURATION = r"""rules:
  - id: one
    when:
      - has_image
      - "\"AI\" in topics || \
         source == 'wire'"
      - provider.family == "Weekly"
    then: {drop: true}
  - {id: two, when: 'provider.domain in ["dialy.example", "wekly.example", "nearer.example"]', then: {drop: true}}
"""


def test_doubts_are_told_where_they_stand(tmp_path):
    """Of what sources, topics and publishers there are; other publishers are told by who knows them."""
    files = {
        "settings": SETTINGS, "sources": SOURCES, "topics": TOPICS, "providers": PROVIDERS,
        "curation": CURATION,
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    config = load_config(tmp_path, {})
    found = [
        str(one).removeprefix(f"{tmp_path}/")
        for one in find_doubtful_clauses(config, StoredPublishers(domains=("near.example",)))
    ]
    assert found == [
        'curation.yaml:5:10: rules[0].when[1]: no topic "AI" in topics.yaml, did you mean ai?',
        'curation.yaml:6:20: rules[0].when[1]: no source "wire" in sources.yaml, did you mean wire-news?',
        'curation.yaml:7:28: rules[0].when[2]: no family "Weekly" in providers.yaml, did you mean Weekly Co?',
        'curation.yaml:9:42: rules[1].when: no publisher "dialy.example" is known, did you mean daily.example?',
        'curation.yaml:9:59: rules[1].when: no publisher "wekly.example" is known, did you mean weekly.example?',
        'curation.yaml:9:76: rules[1].when: no publisher "nearer.example" is known, did you mean near.example?',
    ]


def test_the_quotes_of_the_file_are_named_where_they_take_backslashes(tmp_path):
    """One of two is left of what stands in double ones, whether the clause compiles then or not."""
    (tmp_path / "settings.yaml").write_text(SETTINGS, encoding="utf-8")
    rules = r"""rules:
  - {id: one, when: "title.matches('\\bAI\\b')", then: {drop: true}}
  - {id: two, when: "title.matches('\\.ai')", then: {drop: true}}
  - {id: three, when: 'title.matches("\.ai")', then: {drop: true}}
"""
    for name, text in {"sources": SOURCES, "topics": TOPICS, "curation": rules}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    config, problems = load_parts(tmp_path, {})
    (doubt,) = find_doubtful_clauses(config)
    quotes = "; YAML's double quotes leave one of two backslashes, take single ones around the clause"
    assert doubt.text == r"\b is a backspace here: write \\b, or r before the quotes" + quotes
    own = r"\. means nothing in CEL: write \\., or r before the quotes"
    assert [line.partition("when: ")[2] for line in problems] == [own + quotes, own]


def test_rules_that_contradict_themselves_are_told(tmp_path):
    """Across clauses and keys, and that one has ended; what is right is not told of."""
    rules = r"""rules:
  - {id: one, when: [has_image, is_copy && !has_image], then: {drop: true}}
  - {id: two, topics: [ai], when: 'has_image && !("ai" in topics)', then: {drop: true}}
  - {id: three, when: is_copy, then: {add_topic: ai, remove_topic: ai}}
  - {id: four, when: is_copy, then: {drop: true}, until: 2026-01-01}
  - {id: five, topics: [ai, law], when: '!("ai" in topics)', then: {drop: true}, until: 2026-01-03}
  - {id: six, topics: [ai], when: '"ai" in topics', then: {drop: true, add_topic: law}}
  - {id: seven, when: [quality > 80, has_image, quality < 20], then: {drop: true}}
"""
    (tmp_path / "settings.yaml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "topics.yaml").write_text(
        "topics: [{id: ai, name: AI}, {id: law, name: Law}]", encoding="utf-8"
    )
    for name, text in {"sources": SOURCES, "curation": rules}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    config = load_config(tmp_path, {})
    found = find_doubtful_rules(config, datetime(2026, 1, 2, tzinfo=UTC))
    assert [str(one).removeprefix(f"{tmp_path}/curation.yaml:") for one in found] == [
        "2:44: rules[0].when[1]: this never holds where clause 1 does",
        "3:49: rules[1].when: this never holds: the rule is for ai alone",
        "4:39: rules[2].then.add_topic: the rule takes ai away as well: an article that it applies to is in ai",
        "5:51: rules[3].until: the rule has ended, and does nothing: remove it, or let it last",
        "8:49: rules[6].when[2]: this never holds where clause 1 does",
    ]


def test_a_name_nearly_as_one_that_is_known_is_told(tmp_path):
    """Of providers.yaml and of stored articles; others may come, also such as share a word with one."""
    rules = """rules:
  - {id: one, when: 'provider.name in ["Byte well", "Byte World", "Weekley Co", "Bytewell"]', then: {drop: true}}
"""
    files = {"settings": SETTINGS, "sources": SOURCES, "topics": TOPICS, "curation": rules}
    providers = "providers: [{domain: weekly.example, name: Weekly Co}]\n"
    for name, text in {**files, "providers": providers}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    found = find_doubtful_clauses(load_config(tmp_path, {}), StoredPublishers(names=("Bytewell",)))
    assert [one.text for one in found] == [
        'no publisher is called "Byte well", did you mean Bytewell?',
        'no publisher is called "Weekley Co", did you mean Weekly Co?',
    ]


def test_of_a_broken_file_nothing_is_said_to_be_absent(tmp_path):
    """Its entries that are wrong may be what a clause names."""
    for name, text in {
        "settings": SETTINGS,
        "sources": SOURCES,
        "topics": TOPICS,
        "curation": CURATION,
    }.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    found = find_doubtful_clauses(load_config(tmp_path, {}), broken={"sources.yaml"})
    assert not any("no source" in one.text for one in found)
