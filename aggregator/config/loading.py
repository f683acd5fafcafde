"""From the folder of the configuration's files to its records, or to every problem in them at once."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from aggregator.config.checks.checks import check_providers, check_sources, check_storage, check_topics
from aggregator.config.checks.curation_checks import check_rules
from aggregator.config.checks.problems import Problem
from aggregator.config.checks.validation import validate
from aggregator.config.entry_reading import EntryCache, read_list
from aggregator.config.files.decision_files import find_misnamed_decisions, read_decisions
from aggregator.config.files.file_bodies import FILES, OPTIONAL, Body, read_bodies, read_config_file
from aggregator.config.files.variables import fill_variables, has_own_credentials
from aggregator.config.files.yaml_document import YamlDocument
from aggregator.config.keys.curation_keys import RuleKeys
from aggregator.config.keys.entries import ProviderKeys, SourceKeys, TopicKeys
from aggregator.config.keys.settings import DATABASE_NAME, Settings
from aggregator.errors import ConfigError
from aggregator.machine.memory import defer_garbage_collection
from aggregator.model import Provider, Source, Topic
from aggregator.model.curation import EditorRule
from aggregator.model.decisions import Decision

_WITH_VARIABLES = (
    ("storage", "database"), ("fetch", "proxy"),
    ("alerts", "webhook"), ("alerts", "webhook_secret"), ("alerts", "mail_server"), ("alerts", "services"),
)  # fmt: skip
"""Settings in which ``${NAME}`` is taken from the environment; ``services`` are a list."""
_WITHOUT_CREDENTIALS = frozenset({"proxy", "mail_server"})
USUAL_NAME = "config"
"""How the folder is called that holds nothing but the five files, beside what they lead to."""


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration, checked; ``folder`` is where it was read from.

    ``texts`` are its files as they were read, by name; none where it was not read from files.
    """

    folder: Path
    settings: Settings
    sources: tuple[Source, ...] = ()
    topics: tuple[Topic, ...] = ()
    providers: tuple[Provider, ...] = ()
    rules: tuple[EditorRule, ...] = ()
    decisions: tuple[Decision, ...] = ()
    texts: Mapping[str, bytes] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def default(cls) -> "Config":
        """Return the configuration of no files at all: default settings and nothing to poll."""
        return cls(folder=Path(), settings=Settings())


def load_config(folder: Path, environ: Mapping[str, str], known: EntryCache | None = None) -> Config:
    """Return the configuration in ``folder``; raises ConfigError with all problems of all its files.

    ``known`` are the entries that were valid before, of which only what changed is validated; it is kept up.
    """
    config, problems = load_parts(folder, environ, known)
    if problems:
        raise ConfigError(problems)
    return config


def load_parts(
    folder: Path, environ: Mapping[str, str], known: EntryCache | None = None
) -> tuple[Config, tuple[str, ...]]:
    """Return what is right of the configuration in ``folder``, and every problem; without any it is whole.

    ``known`` is as for ``load_config``.
    """
    config, problems = build_config(folder, read_bodies(folder), environ, known)
    return config, tuple(_format_problems(folder, problems))


def load_usable_parts(folder: Path, environ: Mapping[str, str]) -> tuple[Config, tuple[str, ...]]:
    """Return what ``load_parts`` does; raises ConfigError where it cannot be told which store they mean."""
    config, problems = build_config(folder, read_bodies(folder), environ)
    lines = tuple(_format_problems(folder, problems))
    if problems and (not _has_required(folder) or any(map(_hides_store, problems))):
        raise ConfigError(lines)
    return config, lines


def _hides_store(problem: Problem) -> bool:
    """Tell whether a problem is of the settings, and not surely of another section than ``storage``."""
    section = problem.path[0] if problem.path else ""
    is_other = section in Settings.model_fields and section != "storage"
    return (Path(problem.file).name == "settings.yaml" or section == "settings") and not is_other


def load_valid_parts(folder: Path, environ: Mapping[str, str]) -> Config:
    """Return what is right of the configuration in ``folder``, defaults where a file cannot be used."""
    return build_config(folder, read_bodies(folder), environ)[0]


def check_config(folder: Path, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return every problem in ``folder``, file by file and line by line, empty where there is none."""
    return tuple(_format_problems(folder, build_config(folder, read_bodies(folder), environ)[1]))


def _format_problems(folder: Path, problems: Sequence[Problem]) -> list[str]:
    """Return problems as lines: one where it is not the folder that is meant, whatever is missing in it."""
    if problems and not folder.is_dir():
        what = "this is no folder" if folder.exists() else "there is no such folder"
        return [f"{folder}: {what}: name the one that holds sources.yaml with --config"]
    below = folder / "config"
    if problems and not _has_required(folder) and _has_required(below):
        return [f"{folder}: holds no configuration, but {below} does: name that one with --config"]
    return [str(problem) for problem in problems]


def _has_required(folder: Path) -> bool:
    return any((folder / name).exists() for name in FILES if name not in OPTIONAL)


def build_config(
    folder: Path, bodies: Mapping[str, Body], environ: Mapping[str, str], known: EntryCache | None = None
) -> tuple[Config, tuple[Problem, ...]]:
    """Return the configuration that ``bodies`` hold, and its problems; only without any is it whole.

    ``known`` is as for ``load_config``.
    """
    with defer_garbage_collection():
        return _build_config(folder, bodies, environ, {} if known is None else known)


def _build_config(
    folder: Path, bodies: Mapping[str, Body], environ: Mapping[str, str], known: EntryCache
) -> tuple[Config, tuple[Problem, ...]]:
    documents = {name: read_config_file(folder, name, bodies[name]) for name in FILES}
    settings, in_settings = _read_settings(documents["settings.yaml"], environ)
    sources = read_list(documents["sources.yaml"], "sources", SourceKeys, SourceKeys.record, known)
    topics = read_list(documents["topics.yaml"], "topics", TopicKeys, TopicKeys.record, known)
    providers = read_list(documents["providers.yaml"], "providers", ProviderKeys, ProviderKeys.record, known)
    rules = read_list(documents["curation.yaml"], "rules", RuleKeys, RuleKeys.record, known)
    usable = settings or _read_storage(documents["settings.yaml"], environ)
    placed = usable.resolve_folders(base_folder(folder, usable.storage.data_dir))
    decisions, decision_files = read_decisions(folder, bodies, known)
    config = Config(
        folder=folder,
        settings=placed,
        sources=tuple(_fill_headers(source, environ) for source in sources.records),
        topics=topics.records,
        providers=providers.records,
        rules=rules.records,
        decisions=decisions,
        texts={name: body for name, body in bodies.items() if isinstance(body, bytes)},
    )
    polling = settings.polling if settings else None
    own = (
        [*in_settings, *check_storage(documents["settings.yaml"], placed)],
        [*sources.problems, *check_sources(sources.listing, topics.listing, polling, environ)],
        [*topics.problems, *check_topics(topics.listing)],
        [*providers.problems, *check_providers(providers.listing)],
        [*rules.problems, *check_rules(rules.listing, topics.listing)],
    )
    found = zip(documents.values(), own, strict=True)
    problems = [problem for found_in in (*found, *decision_files) for problem in _sort_problems(*found_in)]
    return config, (*problems, *find_misnamed_decisions(folder))


def base_folder(folder: Path, data_dir: str) -> Path:
    """Return the folder where relative ones start: the one that holds the configuration's ``folder``.

    Or that folder itself, unless it is called ``config``, where the program runs in it, and from
    anywhere once its ``data_dir`` holds the store: a site whose files all lie in one folder.
    """
    own = Path(os.path.abspath(folder))  # noqa: PTH100  # a linked folder stays where its link is
    has_store = not Path(data_dir).is_absolute() and (own / data_dir / DATABASE_NAME).is_file()
    is_site = own.name != USUAL_NAME and (own == Path.cwd() or has_store)
    return own if is_site else own.parent


def _read_storage(document: YamlDocument, environ: Mapping[str, str]) -> Settings:
    """Return the defaults, with the ``storage`` of a file where only other sections are wrong."""
    top = document.value if isinstance(document.value, dict) else {}
    alone = replace(document, value={key: value for key, value in top.items() if key == "storage"})
    return _read_settings(alone, environ)[0] or Settings()


def _read_settings(
    document: YamlDocument, environ: Mapping[str, str]
) -> tuple[Settings | None, list[Problem]]:
    value = {} if document.value is None else document.value
    unset: list[Problem] = []
    empty: set[tuple[str | int, ...]] = set()  # what is filled in with nothing is wrong for that alone
    for section, key in _WITH_VARIABLES:
        group = value.get(section) if isinstance(value, dict) else None
        found = group.get(key) if isinstance(group, dict) else None
        if isinstance(value, dict) and isinstance(group, dict) and isinstance(found, str | list):
            filled, wrong = _fill_setting(key, found, environ)
            value = {**value, section: {**group, key: filled}}
            unset += [document.problem((section, key), problem) for problem in wrong]
            empty |= {(section, key)} if wrong and "" in [filled, *filled] else set()
    settings, problems = validate(document, Settings, value, ())
    return settings, [*unset, *(problem for problem in problems if problem.path not in empty)]


def _fill_setting(
    key: str, value: str | list[object], environ: Mapping[str, str]
) -> tuple[str | list[object], tuple[str, ...]]:
    """Return a setting, or a list of them, with every ``${NAME}`` filled in, and what is wrong with it."""
    if isinstance(value, list):
        pairs = [_fill_setting(key, one, environ) if isinstance(one, str) else (one, ()) for one in value]
        return [filled for filled, _ in pairs], tuple(problem for _, wrong in pairs for problem in wrong)
    filled, wrong = fill_variables(value, environ)
    if key in _WITHOUT_CREDENTIALS and has_own_credentials(value):
        wrong += ("holds a user name or password, allowed: those of ${NAME} in the environment",)
    if key == "webhook_secret" and value and "${" not in value:
        wrong += ("is written out, allowed: ${NAME} of the environment",)
    return filled, wrong


def _fill_headers(source: Source, environ: Mapping[str, str]) -> Source:
    if not source.headers:
        return source
    headers = {name: fill_variables(value, environ)[0] for name, value in source.headers.items()}
    return replace(source, headers=headers)


def _sort_problems(document: YamlDocument, found: list[Problem]) -> list[Problem]:
    """Return the problems in the order of lines, without those that only follow from unreadable YAML."""
    unread = {problem.path for problem in document.problems}
    own = [problem for problem in found if problem.path not in unread]
    return sorted([*document.problems, *own], key=lambda problem: (problem.line or 0, problem.column or 0))
