"""Language tags that feed readers and browsers can make something of."""

import re

# ISO 639-1; three-letter codes are left out, since readers know few of them
_LANGUAGE = (
    "a[abefkmnrsvyz]|b[aeghimnors]|c[aehorsuvy]|d[aevz]|e[elnostu]|f[afijory]|g[adlnuv]|"
    "h[aeiortuyz]|i[adegikostu]|j[av]|k[agijklmnorsuvwy]|l[abginotuv]|m[ghiklnrsty]|"
    "n[abdeglnorvy]|o[cjmrs]|p[ailst]|qu|r[mnouw]|s[acdegiklmnoqrstuvw]|t[aeghiklnorstwy]|"
    "u[gkrz]|v[eio]|w[ao]|xh|y[io]|z[ahu]"
)
_TAG = re.compile(rf"({_LANGUAGE})(-[a-z0-9]{{2,8}}){{0,3}}", re.IGNORECASE)
_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})


def language_tag(language: str | None) -> str | None:
    """Return the language as a tag (BCP 47) with an ISO 639-1 code, None where it has none."""
    tag = language.strip().replace("_", "-") if language else ""
    return tag if _TAG.fullmatch(tag) else None


def is_right_to_left(language: str) -> bool:
    """Return whether the language is written from right to left."""
    return language[:2].lower() in _RIGHT_TO_LEFT
