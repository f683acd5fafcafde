"""docs/curation.md tells of every field and effect of rules, and its examples can be used."""

import re
from pathlib import Path

import pytest

from aggregator.clauses import FIELDS
from aggregator.config.keys.curation_keys import EffectKeys

TEXT = (Path(__file__).parent.parent.parent / "docs" / "curation.md").read_text(encoding="utf-8")
EXAMPLES = [block for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL) if "when:" in block]


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_of_rules_is_valid(check, example):
    """With and without the key on top."""
    topics = "topics: [{id: ai, name: AI}, {id: robots, name: Robots}]\n"
    curation = example if example.startswith("rules:") else f"rules:\n{example}"
    assert check(topics=topics, curation=curation) == ()


@pytest.mark.parametrize("name", FIELDS)
def test_each_field_is_told(name):
    """By its name, or that of its group and then its own."""
    group, _, part = name.partition(".")
    told = rf"`{group}\.\w+`.*`(?:{group})?\.{part}`" if part else f"`{name}`"
    assert re.search(rf"^\| .*(?:{told}|`{re.escape(name)}`).* \|", TEXT, re.MULTILINE)


@pytest.mark.parametrize("name", EffectKeys.model_fields)
def test_each_effect_is_told(name):
    """In the table of what rules do."""
    assert re.search(rf"^\| `{name}: \S.*` \|", TEXT, re.MULTILINE)
