"""Imports go down only, without circles, and every outside library has one home."""

import ast
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter

import pytest

from tests.imports import PACKAGE, imports_of, is_module, modules, name_of, parse, part_of

LAYERS = [
    {"__main__"},
    {"cli"},
    {"desk"},
    {"service", "serve", "demo"},
    {"pipeline"},
    {"rules"},
    {
        "fetch",
        "cadence",
        "parse",
        "enrich",
        "curate",
        "stories",
        "store",
        "publish",
        "target",
        "websub",
        "alerts",
    },
    {"config"},
    {"html"},
    {"text", "secured", "clauses"},
    {"urls"},
    {"machine", "http_dates"},
    {"model"},
    {"errors"},
]
HOMES = {
    "feedparser": {"parse"},
    "chardet": {"parse"},
    "webencodings": {"parse"},
    "httpx": {"fetch"},
    "idna": {"urls"},
    "aiohttp": {"fetch"},
    "brotli": {"fetch", "publish", "serve"},
    "backports": {"fetch"},
    "compression": {"fetch"},
    "feedgen": {"publish"},
    "jinja2": {"desk", "publish"},
    "selectolax": {"html"},
    "nh3": {"html"},
    "tldextract": {"urls"},
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "stopwordsiso": {"stories"},
    "countryinfo": {"stories"},
    "Stemmer": {"stories"},
    "numpy": {"stories"},
    "filelock": {"store", "publish"},
    "procrastinate": {"service"},
    "psycopg": {"service"},
    "psycopg_pool": {"service"},
    "PIL": {"enrich"},
    "protego": {"fetch"},
    "cryptography": {"secured"},
    "yaml": {"config", "publish"},
    "ruamel": {"config"},
    "pydantic": {"config"},
    "apscheduler": {"service"},
    "typer": {"cli"},
    "rich": {"cli"},
    "uvicorn": {"serve", "demo"},
    "starlette": {"desk", "serve", "demo"},
    "httptools": {"serve"},
    "yarl": {"fetch"},
    "pydantic_core": {"config"},
    "annotated_types": {"config"},
    "cel_expr_python": {"clauses"},
    "re2": {"clauses"},
    "prometheus_client": {"service"},
    "apprise": {"alerts"},
    "standardwebhooks": {"alerts"},
    "obstore": {"target"},
    "structlog": {"cli", "desk", "pipeline", "serve", "service"},
}
PURE = {
    "cadence",
    "clauses",
    "curate",
    "errors",
    "html",
    "http_dates",
    "model",
    "stories",
    "text",
    "urls",
    "websub",
}
EFFECTS = {
    "asyncio",
    "logging",
    "multiprocessing",
    "os",
    "pathlib",
    "random",
    "shutil",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
    "time",
}
"""What acts on the world or asks it, or draws lots."""
JOBS = {
    "poll": set(),
    "publish": set(),
    "push": {"poll", "upload"},
    "upload": set(),
    "enrich": {"poll", "publish"},
    "records": {"publish"},
    "plan": {"publish"},
}
"""The folders of the pipeline, each with those it may import: a push is read as a poll is, and pages are
read for what would be published; hubs are told once files are uploaded; records show articles as feeds do, and plans say what these will show."""


@cache
def _trees():
    return {name_of(path): parse(path) for path in modules()}


@cache
def _imports():
    return {name: tuple(imports_of(tree)) for name, tree in _trees().items()}


def _each_import():
    """Yield every import of the program: the module, and what it imports."""
    return ((module, one.name) for module, found in _imports().items() for one in found)


def _layer(part):
    return next(number for number, parts in enumerate(LAYERS) if part in parts)


def test_imports_go_down_only():
    """A part imports itself and lower layers, never its own layer's other parts or a higher one."""
    for module, name in _each_import():
        if not name.startswith("aggregator.") or module == "aggregator":
            continue
        part, target = part_of(module), part_of(name)
        assert target == part or _layer(part) < _layer(target), f"{module}: imports {name}"


def test_each_library_has_one_home():
    """An outside library is imported only in the part that is its home, and every one has a home."""
    used = set()
    for module, name in _each_import():
        library = name.split(".")[0]
        if library not in {"aggregator", *sys.stdlib_module_names}:
            assert part_of(module) in HOMES.get(library, ()), f"{module}: imports {name}"
            used.add((library, part_of(module)))
    assert used == {(library, home) for library, homes in HOMES.items() for home in homes}


def test_jobs_stand_alone():
    """A job's folder imports no other job's but those that it builds on."""
    for module, name in _each_import():
        job, target = (f"{path}...".split(".")[2] for path in (module, name))
        if part_of(module) == part_of(name) == "pipeline" and job in JOBS and target in JOBS:
            assert target == job or target in JOBS[job], f"{module}: imports {name}"


def test_rules_do_nothing_but_decide():
    """What is pure imports nothing that reads or writes files, sends, waits, logs or asks the time."""
    for module, name in _each_import():
        if part_of(module) in PURE:
            assert name.split(".")[0] not in EFFECTS, f"{module}: imports {name}"


def test_rules_are_told_the_time():
    """What is pure never reads the clock: ``now`` is an argument."""
    for module, tree in _trees().items():
        if part_of(module) in PURE:
            read = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            assert not read & {"now", "today", "utcnow"}, module


def test_no_import_goes_in_a_circle():
    """Every module can be imported first: what it imports at once never leads back to it."""
    wanted = {
        module: {one.name for one in found if one.is_at_once and one.name in _imports()} - {module}
        for module, found in _imports().items()
    }
    tuple(TopologicalSorter(wanted).static_order())  # raises CycleError, which names the circle


def test_every_module_can_be_imported():
    """A fresh process imports all modules, the lowest layers first, so that none relies on a higher one."""
    skipped = ("aggregator.store.migrations.", "aggregator.__main__")  # alembic runs these; a command
    names = [n for n in _imports() if not n.startswith(skipped) and not n.endswith(".__main__")]
    names.sort(key=lambda name: -_layer(part_of(name)) if name != "aggregator" else -len(LAYERS))
    imports = "\n".join(f"import {name}" for name in names)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", imports],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def f():\n    import aggregator.cli", {"aggregator.cli"}),
        ("from aggregator import store, __version__", {"aggregator", "aggregator.store"}),
        ("importlib.import_module('aggregator.store.rows')", {"aggregator.store.rows"}),
        ("import_module(f'aggregator.cli.{name}')", {"aggregator.cli"}),
        ("__import__('aggregator.serve')", {"aggregator.serve"}),
        ("run([sys.executable, '-m', 'aggregator.parse.worker'])", {"aggregator.parse.worker"}),
        ("run('python -m aggregator.service now', shell=True)", {"aggregator.service"}),
        ("'aggregator.nothing of it'", set()),
    ],
)
def test_imports_at_run_time_are_seen(text, names):
    """Within functions, by a name in a string, or as a command: each counts as an import."""
    assert {one.name for one in imports_of(ast.parse(text))} == names


def test_a_name_that_nobody_can_check_is_refused():
    """A module is imported by a name that at least begins with its package."""
    with pytest.raises(AssertionError, match="in which package"):
        tuple(imports_of(ast.parse("import_module(name)")))


def test_the_layers_are_the_parts():
    """Every part stands in one layer, and every layer's parts are there."""
    placed = sorted(part for parts in LAYERS for part in parts)
    assert placed == sorted({part_of(module) for module in _imports()} - {"__init__"})
    assert all(is_module(f"aggregator.{part}") for part in placed)


def test_no_two_classes_share_a_name():
    """Whoever meets the name of a class has one place to look it up."""
    homes = {}
    for module, tree in _trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(module)
    assert {name: found for name, found in homes.items() if len(found) > 1} == {}
