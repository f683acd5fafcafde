"""Language tags that feed readers and browsers understand, and the direction of a language."""

import re
from itertools import takewhile

# ISO 639-1; three-letter codes are left out, since readers know few of them
_LANGUAGE = (
    "a[abefkmnrsvyz]|b[aeghimnors]|c[aehorsuvy]|d[aevz]|e[elnostu]|f[afijory]|g[adlnuv]|"
    "h[aeiortuyz]|i[adegikostu]|j[av]|k[agijklmnorsuvwy]|l[abginotuv]|m[ghiklnrsty]|"
    "n[abdeglnorvy]|o[cjmrs]|p[ailst]|qu|r[mnouw]|s[acdegiklmnoqrstuvw]|t[aeghiklnorstwy]|"
    "u[gkrz]|v[eio]|w[ao]|xh|y[io]|z[ahu]"
)
_TAG = re.compile(rf"({_LANGUAGE})(-[a-z0-9]{{2,8}}){{0,3}}", re.IGNORECASE)
# ISO 15924; those of dead languages, too, as a site may be about them
_SCRIPTS = frozenset({
    "adlm", "arab", "aran", "armi", "avst", "chrs", "cprt", "elym", "gara", "hatr", "hebr", "hung",
    "khar", "lydi", "mand", "mani", "mend", "merc", "mero", "narb", "nbat", "nkoo", "orkh", "ougr",
    "palm", "phli", "phlp", "phlv", "phnx", "prti", "rohg", "samr", "sarb", "sidt", "sogd", "sogo",
    "syrc", "syre", "syrj", "syrn", "thaa", "yezi",
})  # fmt: skip
# Languages of which CLDR's likely subtags, or ISO 639-3 where CLDR has none, name one of these scripts.
_LANGUAGES = frozenset({
    "aao", "abh", "abv", "acm", "acq", "acw", "acx", "adf", "aeb", "aec", "afb", "aii", "ajp", "apc",
    "apd", "ar", "ara", "arb", "arc", "arq", "ars", "ary", "arz", "auz", "avl", "ayh", "ayl", "ayn",
    "ayp", "bal", "bbz", "bcc", "bej", "bft", "bgn", "bgp", "bqi", "brh", "cja", "ckb", "cld", "dcc",
    "deh", "div", "dv", "fa", "fas", "fay", "fub", "gbz", "ghr", "gjk", "gju", "glk", "gwc", "gwt", "haz",
    "he", "heb", "hnd", "hno", "iw", "ji", "jpr", "jrb", "kas", "khw", "ks", "kvx", "kxp", "kzh", "lad",
    "lah", "lki", "lrc", "lss", "luz", "luv", "mfa", "mki", "mvy", "myz", "mzn", "nqo", "ota", "pbt",
    "pbu", "per", "pes", "pga", "phr", "pnb", "prs", "prx", "ps", "pst", "pus", "rhg", "rmt", "sam",
    "scl", "sd", "sdh", "shu", "skr", "snd", "ssh", "swb", "syc", "syr", "tmr", "trw", "ug", "uig", "ur",
    "urd", "wni", "xmn", "ydd", "yhd", "yi", "yid", "yih", "zdj",
})  # fmt: skip
_REGIONS = frozenset({
    "az-iq", "az-ir", "ha-cm", "ha-sd", "kk-af", "kk-cn", "kk-ir", "kk-mn", "ku-lb", "ky-cn", "man-gn",
    "ms-cc", "pa-pk", "tg-pk", "uz-af",
})  # fmt: skip
"""Languages that are written from right to left in these countries only."""
_OTHER_REGIONS = frozenset({"ug-kz", "ug-mn"})
"""Countries where a language of ``_LANGUAGES`` is written from left to right."""


def read_language_tag(language: str | None) -> str | None:
    """Return the language as a tag (BCP 47) with an ISO 639-1 code, None where it has none."""
    tag = language.strip().replace("_", "-") if language else ""
    return tag if _TAG.fullmatch(tag) else None


def is_right_to_left(language: str) -> bool:
    """Return whether the language, as a tag (BCP 47), is written from right to left.

    The script that the tag names decides, else the usual one of the language in the country that it names.
    """
    primary, *rest = language.strip().lower().replace("_", "-").split("-")
    subtags = list(
        takewhile(lambda subtag: len(subtag) > 1, rest)
    )  # what follows a single sign is an extension
    script = next((subtag for subtag in subtags if len(subtag) == 4 and subtag.isalpha()), None)
    if script is not None:
        return script in _SCRIPTS
    region = next((subtag for subtag in subtags if len(subtag) == 2), "")
    there = f"{primary}-{region}"
    return there in _REGIONS or (primary in _LANGUAGES and there not in _OTHER_REGIONS)
