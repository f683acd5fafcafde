"""``${NAME}`` in a value, taken from the environment; what it stands for is never shown."""

import re
from collections.abc import Mapping

_VARIABLE = re.compile(r"\$\{([^}]*)\}?")
_NAME = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")


def fill_variables(text: str, environ: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Return ``text`` with every ``${NAME}`` filled in, and what is wrong with those that cannot be."""
    wrong: list[str] = []

    def fill(found: re.Match[str]) -> str:
        name = found.group(1)
        if not _NAME.fullmatch(found.group()):
            wrong.append("${ without a variable's name and }, allowed: ${NAME}")
        elif not environ.get(name):
            wrong.append(f"{name} is not set in the environment, allowed: a ${{NAME}} that is set")
        return environ.get(name, "")

    return _VARIABLE.sub(fill, text), tuple(wrong)


def has_own_credentials(address: str) -> bool:
    """Tell whether an address holds a user name or password that is written out, and no variable."""
    user, at, _ = address.rpartition("@")
    return bool(at) and _VARIABLE.sub("", user.rpartition("//")[2]).strip(":") != ""
