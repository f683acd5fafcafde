"""The shipped files are the reference, and a configuration that works."""

import re
from pathlib import Path

import pytest
import yaml

from aggregator.config import Config, Settings, check_config, load_config
from aggregator.config.checks.validation import describe_allowed
from aggregator.config.keys.curation_keys import EffectKeys, RuleKeys
from aggregator.config.keys.entries import ImageKeys, PollKeys, ProviderKeys, SourceKeys, TopicKeys

SHIPPED = Path(__file__).parent.parent.parent / "config"
UNITS = {"_s": "second", "_min": "minute", "_h": "hour", "_days": "day", "_bytes": "byte"}
GROUPS = {"poll": PollKeys, "images": ImageKeys, "then": EffectKeys}
LISTS = [("sources", SourceKeys), ("topics", TopicKeys), ("providers", ProviderKeys), ("curation", RuleKeys)]
KEYS = {"curation": "rules"}
"""The one key of a file, where that is not its name."""

SETTINGS_KEYS = [
    (section, key, field, describe_allowed(Settings, (section, key)))
    for section, group in Settings.model_fields.items()
    for key, field in group.annotation.model_fields.items()
]
ENTRY_KEYS = [
    (name, key, field, describe_allowed(group, (key,)))
    for name, model in LISTS
    for group in [model, *(GROUPS[key] for key in model.model_fields if key in GROUPS)]
    for key, field in group.model_fields.items()
]


def _reference(name):
    """Return the commented-out example of a file as text of its own."""
    lines = (SHIPPED / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    start = lines.index(f"# {KEYS.get(name, name)}:")
    end = next(number for number in range(start, len(lines)) if not lines[number].startswith("#"))
    return "\n".join(line.removeprefix("# ") for line in lines[start:end]) + "\n"


def _comments(text, key):
    """Return the comment blocks above each place of ``key``, every one as a single line."""
    found = re.findall(rf"((?:^ *#.*\n)+) *(?:- )?{key}:", text, flags=re.MULTILINE)
    return [" ".join(re.sub(r"^ *# ?", "", line) for line in block.splitlines()) for block in found]


def _documents(comment, key, field, allowed):
    default = r"Required\." if field.is_required() else r"Default: \S.*\."
    unit = next((unit for end, unit in UNITS.items() if key.endswith(end)), "")
    return (
        field.description in comment
        and f"Allowed: {allowed}." in comment
        and re.search(default, comment) is not None
        and unit in comment.lower()
    )


def _spelled(default):
    if isinstance(default, bool):
        return str(default).lower()
    return {"": '""', (): "[]"}.get(default, str(default))


def test_the_shipped_configuration_has_no_problems():
    """A newcomer starts with a configuration that passes its own check, without any environment."""
    assert check_config(SHIPPED, {}) == ()


def test_shipped_settings_are_the_defaults():
    """What settings.yaml says is what holds without it, but for the site's name, which no default knows."""
    settings, default = load_config(SHIPPED, {}).settings, Config.default().settings
    assert settings.site.title == "Artificial Intelligence News"
    site = settings.site.model_copy(update={"title": default.site.title})
    assert settings.model_copy(update={"site": site}) == default


@pytest.mark.parametrize(("section", "key", "field", "allowed"), SETTINGS_KEYS)
def test_every_setting_is_documented(section, key, field, allowed):
    """Each key stands in settings.yaml with its default, and above it its meaning and what it allows."""
    text = (SHIPPED / "settings.yaml").read_text(encoding="utf-8")
    shipped = yaml.safe_load(text)[section][key]
    is_default = (tuple(shipped) if isinstance(shipped, list) else shipped) == field.default
    assert is_default or (section, key) == ("site", "title")
    reported = re.search(rf"^{section}:\n((?:^(?: .*)?\n)*)", text, flags=re.MULTILINE)
    comments = [
        comment for comment in _comments(reported.group(1), key) if _documents(comment, key, field, allowed)
    ]
    assert comments, f"{section}.{key}: {field.description} Allowed: {allowed}."
    assert f"Default: {_spelled(field.default)}." in comments[0]


@pytest.mark.parametrize(("name", "key", "field", "allowed"), ENTRY_KEYS)
def test_every_key_of_an_entry_is_documented(name, key, field, allowed):
    """Each key stands in the commented-out example of its file with meaning, allowance and default."""
    comments = _comments(_reference(name), key)
    assert any(_documents(comment, key, field, allowed) for comment in comments), (
        f"{name}: {key}: {field.description} Allowed: {allowed}."
    )


@pytest.mark.parametrize(("name", "model"), LISTS)
def test_the_example_of_each_file_can_be_used(name, model):
    """Uncommented, the example is one valid entry that has every key."""
    (entry,) = yaml.safe_load(_reference(name))[KEYS.get(name, name)]
    assert set(entry) == set(model.model_fields)
    for key, group in GROUPS.items():
        inner = entry.get(key, {})
        assert key not in entry or set(inner[0] if isinstance(inner, list) else inner) == set(
            group.model_fields
        )
    model.model_validate(entry)


def test_the_ai_news_site_is_shipped():
    """The topics of the site are there, all below AI, with some thirty sources and their providers."""
    config = load_config(SHIPPED, {})
    names = {topic.name for topic in config.topics}
    assert names >= {
        "AI", "Machine Learning", "Computer Vision", "Natural Language Processing", "AI Ethics",
        "AI Hardware", "AI in Healthcare", "AI in Autos", "AI in Robotics", "AI in Finance",
        "AI in Education", "AI in Security", "Google AI", "Microsoft AI", "Amazon AI", "Apple AI",
        "Meta AI", "IBM AI", "NVIDIA AI", "OpenAI", "Anthropic",
    }  # fmt: skip
    assert {topic.parent for topic in config.topics if topic.id != "ai"} == {"ai"}
    assert all(topic.keywords and topic.description for topic in config.topics)
    assert 30 <= len(config.sources) <= 40
    assert all(source.url.startswith("https://") for source in config.sources)


def test_shipped_sources_have_a_listed_provider():
    """The host of each source, or the provider it names, ends in a domain that is listed."""
    config = load_config(SHIPPED, {})
    domains = tuple(provider.domain for provider in config.providers)
    hosts = {source.id: source.provider or source.url.split("/")[2] for source in config.sources}
    assert {source_id for source_id, host in hosts.items() if not host.endswith(domains)} == set()
