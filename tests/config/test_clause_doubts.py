"""Doubtful clauses of a configuration, each with file, line and column."""

from aggregator.config import load_config, load_parts
from aggregator.config.clause_doubts import find_doubtful_clauses

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
    found = [str(one).removeprefix(f"{tmp_path}/") for one in find_doubtful_clauses(config, ["near.example"])]
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
