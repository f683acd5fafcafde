"""Korean particles, which are written onto the word that they mark.

The sound before a particle decides which of two forms stands: ``인공지능이`` and ``로봇은``, but ``학교가``
and ``기자는``. What is no particle makes another word: ``서울대``, ``한국어``.
"""

import re
from collections.abc import Iterator
from itertools import product

# Hangul as NFKC leaves it: jamo, syllables and the jamo of old texts.
HANGUL = "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff"
_FIRST_SYLLABLE, _LAST_SYLLABLE, _FINALS, _RIEUL = 0xAC00, 0xD7A3, 28, 8

_ANY = (
    "의", "에", "에서", "에게", "에게서", "한테", "한테서", "께", "께서", "하고", "부터", "까지",
    "처럼", "보다", "만큼", "대로", "에서부터", "만", "만이", "만을", "만의", "까지의", "에서의",
    "에의", "부터의", "이라며",
)  # fmt: skip
_AFTER_VOWEL = (
    "가", "를", "와", "랑", "로", "로서", "로써", "로부터", "라고", "라는", "라며", "라도", "여서",
    "예요", "였다", "와의", "로의",
)  # fmt: skip
_AFTER_FINAL = (
    "이", "을", "과", "이랑", "으로", "으로서", "으로써", "으로부터", "이라고", "이라는", "이라도",
    "이어서", "이에요", "이었다", "과의", "으로의", "이란",
)  # fmt: skip
_COPULA = (
    "이다", "입니다", "이며", "이고", "이자", "이지만", "인가", "인데", "이었던", "이라면", "이든",
    "이나", "이야", "일까",
)  # fmt: skip
_TOPIC_AFTER_VOWEL, _TOPIC_AFTER_FINAL = "는", "은"
# What may follow another particle: 에서는, 으로도, 까지만, 에게조차.
_SECOND = (
    "도", "만", "조차", "마저", "마다", "까지", "밖에", "뿐", "뿐만", "부터", "보다", "나마",
)  # fmt: skip
_FOLLOWED = (
    "에", "에서", "에게", "에게서", "한테", "께서", "로", "으로", "로서", "으로서", "로써",
    "으로써", "와", "과", "랑", "이랑", "하고", "부터", "까지", "처럼", "보다", "만큼", "대로",
    "로부터", "으로부터",
)  # fmt: skip
_PLURAL = "들"


def _list_forms(singles: tuple[str, ...], topic: str) -> frozenset[str]:
    own = [*_ANY, *singles, *_COPULA, *_SECOND, topic]
    followed = [one for one in _FOLLOWED if one in own]
    twice = ["".join(pair) for pair in product(followed, [*_SECOND, _TOPIC_AFTER_VOWEL, _TOPIC_AFTER_FINAL])]
    topical = [f"{one}{mark}" for one in _SECOND for mark in (_TOPIC_AFTER_VOWEL, _TOPIC_AFTER_FINAL)]
    return frozenset([*own, *twice, *topical])


_PLURALS = _list_forms(_AFTER_FINAL, _TOPIC_AFTER_FINAL) | {""}
_WITH_PLURAL = frozenset(_PLURAL + one for one in _PLURALS)
_VOWEL = _list_forms(_AFTER_VOWEL, _TOPIC_AFTER_VOWEL) | _WITH_PLURAL
_FINAL = _list_forms(_AFTER_FINAL, _TOPIC_AFTER_FINAL) | _WITH_PLURAL
# After ㄹ stands 로 (서울로), all else as after other consonants.
_FINAL_RIEUL = _FINAL | frozenset(one for one in _VOWEL if one.startswith("로"))
_LONGEST = max(map(len, _VOWEL | _FINAL))
_RUN = re.compile(f"[{HANGUL}]*")


def is_particle(text: str, at: int) -> bool:
    """Tell whether the Hangul from ``at`` on, which follows a Hangul word, is nothing but a particle."""
    match = _RUN.match(text, at)
    written_on = match[0] if match else ""
    return written_on in _particles_after(text[at - 1])


def stems_of(word: str) -> Iterator[str]:
    """Yield what a Hangul word marks with a particle, in every way it can be read."""
    for at in range(max(1, len(word) - _LONGEST), len(word)):
        if word[at:] in _particles_after(word[at - 1]):
            yield word[:at]


def _particles_after(syllable: str) -> frozenset[str]:
    code = ord(syllable)
    if not _FIRST_SYLLABLE <= code <= _LAST_SYLLABLE:
        return _VOWEL
    final = (code - _FIRST_SYLLABLE) % _FINALS
    if final == 0:
        return _VOWEL
    return _FINAL_RIEUL if final == _RIEUL else _FINAL
