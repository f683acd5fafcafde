"""What the modules of the program import, also at run time, read from their text."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "aggregator"
IMPORTERS = {"__import__", "find_spec", "import_module", "resolve_name", "run_module"}
COMMAND = re.compile(r"-m (aggregator[\w.]*)")


@dataclass(frozen=True, kw_only=True)
class Import:
    """That a module imports ``name``; ``is_at_once``: as soon as it is imported itself."""

    name: str
    is_at_once: bool


def modules() -> list[Path]:
    """Return every module of the program."""
    return sorted(PACKAGE.rglob("*.py"))


def parse(path: Path) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    """Return the name by which a module is imported."""
    name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    return name.removesuffix(".__init__")


def part_of(name: str) -> str:
    """Return the part of the program that a module belongs to: the folder or file under ``aggregator``."""
    return name.split(".")[1] if "." in name else "__init__"


def is_module(name: str) -> bool:
    """Tell whether the program has a module of this name."""
    path = PACKAGE.parent / name.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file()


def imports_of(tree: ast.Module) -> Iterator[Import]:
    """Yield everything that a module imports: by statements, by name at run time, and as a command."""
    at_once = {id(node) for node in _run_at_once(tree)}
    inner = {id(text) for node in ast.walk(tree) for text in _texts_within(node)}
    for node in ast.walk(tree):
        if id(node) not in inner:
            for name in _named_by(node):
                yield Import(name=name, is_at_once=id(node) in at_once)


def _run_at_once(node: ast.AST) -> Iterator[ast.AST]:
    for inner in ast.iter_child_nodes(node):
        is_for_types = isinstance(inner, ast.If) and "TYPE_CHECKING" in ast.unparse(inner.test)
        if not is_for_types and not isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield inner
            yield from _run_at_once(inner)


def _texts_within(node: ast.AST) -> list[ast.expr]:
    """Return the texts that say nothing by themselves: docstrings, and the pieces of an f-string."""
    if isinstance(node, ast.JoinedStr):
        return node.values
    return [node.value] if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) else []


def _named_by(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import():
            yield from (alias.name for alias in node.names)
        case ast.ImportFrom():
            assert node.level == 0, f"imports are absolute: {ast.unparse(node)}"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from {name if is_module(name) else node.module for name in names}
        case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), args=[given, *_]):
            if called in IMPORTERS:
                yield _beginning_of(given)
        case ast.Constant(value=str(text)):
            yield from COMMAND.findall(text)
            if text.startswith("aggregator.") and is_module(text):
                yield text


def _beginning_of(given: ast.expr) -> str:
    """Return the name that is imported, or how it begins; what begins with a variable cannot be checked."""
    match given:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]) if "." in text:
            return text.rpartition(".")[0]
    raise AssertionError(f"say in which package it is: {ast.unparse(given)}")
