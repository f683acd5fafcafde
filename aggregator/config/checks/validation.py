"""Checking one value of a document against its keys: pydantic's errors in the operator's words."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, get_args

from annotated_types import Ge, Le
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from aggregator.config.checks.problems import Path, Problem, show, suggest
from aggregator.config.files.yaml_document import YamlDocument
from aggregator.config.keys.fields import Allowed, KeyGroup

K = TypeVar("K", bound=KeyGroup)

SECRET = frozenset({
    "headers", "database", "proxy", "webhook", "webhook_secret", "mail_server", "services",
})  # fmt: skip
"""Keys whose values are never shown."""


def validate(
    document: YamlDocument, model: type[K], value: object, path: Path
) -> tuple[K | None, list[Problem]]:
    """Return ``value`` as ``model``, or None and a problem for each thing wrong at or below ``path``."""
    try:
        return model.model_validate(value), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
        return None, [_problem(document, model, path, one) for one in details]


def describe_allowed(model: type[KeyGroup], steps: Path) -> str:
    """Return the words for what may stand at the key that ``steps`` lead to from ``model``."""
    at: Any = model
    for step in steps:
        at = _find_below(at, step)
    bounds = at.metadata if isinstance(at, FieldInfo) else ()
    low = next((bound.ge for bound in bounds if isinstance(bound, Ge)), None)
    high = next((bound.le for bound in bounds if isinstance(bound, Le)), None)
    return f"{low} to {high}" if low is not None else _describe_allowed(at)


def _problem(document: YamlDocument, model: type[KeyGroup], path: Path, error: ErrorDetails) -> Problem:
    steps = tuple(step for step in error["loc"] if step != "[key]")
    context: Mapping[str, Any] = error.get("ctx", {})
    if error["type"] == "refused_key":
        return document.problem((*path, *steps, context["key"]), context["what"])
    if error["type"] == "extra_forbidden":
        return document.problem((*path, *steps), _unknown_key(model, steps))
    allowed = describe_allowed(model, steps)
    where = (*path, *steps)
    if error["type"] == "missing":
        return document.problem(where, f"missing, allowed: {allowed}")
    what = _describe_value(document, where, error)
    return document.problem(where, f"{what}{'' if what.endswith('?') else ','} allowed: {allowed}")


def _unknown_key(model: type[KeyGroup], steps: Path) -> str:
    above = _model_at(model, steps[:-1])
    known = list(above.model_fields) if above else []
    hint = suggest(str(steps[-1]), known)
    return f"unknown key{hint} allowed: {', '.join(known)}"


def _describe_value(document: YamlDocument, path: Path, error: ErrorDetails) -> str:
    kind = error["type"]
    if kind == "refused":
        return str(error["ctx"]["what"])
    raw = document.raw(path)
    is_secret = not SECRET.isdisjoint(path)
    shown = "the value" if raw is None or is_secret else show(raw)
    if kind in {"greater_than_equal", "less_than_equal"}:
        return f"{shown} is too {'small' if kind == 'greater_than_equal' else 'large'}"
    if kind == "string_type" and raw:
        return f"{shown} is {_name_kind(error['input'])}, quote it" + ("" if is_secret else f': "{shown}"')
    if error["input"] is None:
        return "is empty"
    if kind in {"int_type", "finite_number"} and isinstance(error["input"], float):
        return f"{shown} is no {'finite' if kind == 'finite_number' else 'whole'} number"
    return f"{shown} is {_name_kind(error['input'])}"


def _name_kind(value: object) -> str:
    names = {bool: "a truth value", int: "a number", float: "a number", str: "text", list: "a list"}
    names |= {dict: "a mapping", type(None): "empty"}
    return names.get(type(value), "a date")


def _model_at(model: type[KeyGroup], steps: Path) -> type[KeyGroup] | None:
    at: Any = model
    for step in steps:
        at = _find_below(at, step)
    return _model_of(at)


def _find_below(at: Any, step: str | int) -> Any:
    model = _model_of(at)
    if model and isinstance(step, str) and step in model.model_fields:
        return model.model_fields[step]
    return _item_of(at)


def _model_of(at: Any) -> type[KeyGroup] | None:
    for part in _walk_parts(at):
        if isinstance(part, type) and issubclass(part, KeyGroup):
            return part
    return None


def _item_of(at: Any) -> Any:
    return next(
        (args[-1] if args[-1] is not ... else args[0] for args in map(get_args, _walk_parts(at)) if args),
        None,
    )


def _describe_allowed(at: Any) -> str:
    return next((part.text for part in _walk_parts(at) if isinstance(part, Allowed)), "a mapping of keys")


def _walk_parts(at: Any) -> Iterator[Any]:
    """Yield an annotation, its metadata, and what it is made of, the last word first."""
    if isinstance(at, FieldInfo):
        yield from reversed(at.metadata)
        at = at.annotation
    yield at
    for part in reversed(get_args(at)):
        if get_args(part) or isinstance(part, Allowed | type):
            yield from _walk_parts(part)
