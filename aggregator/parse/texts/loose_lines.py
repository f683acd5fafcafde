"""Lines before and after a text that are none of it: dates, bylines, labels with links, links alone.

What is in them differs from site to site; how they look does not, in whatever language.
"""

import re
from collections.abc import Collection, Sequence

from aggregator.html import LINK_END, LINK_START, strip_link_marks
from aggregator.parse.texts.empty_texts import is_only_date, is_signs

_A, _Z = LINK_START, LINK_END
_LONGEST_HEAD_CHARS = 120
_LONGEST_TAIL_CHARS = 300
_LONGEST_NOTICE_CHARS = 160
_MOST_LABEL_WORDS = 5
"""More before a colon and a link is a sentence."""
_LINK = rf"{_A}[^{_Z}]{{0,120}}{_Z}"
_ADDRESS = r"(?:https?://|www\.)\S+"
_LINKS = re.compile(rf"[\[(]?{_LINK}(?:[\s|,•·/()\[\]–—-]*{_LINK}){{0,20}}[\s\])»→›>.…]*")
_LABEL = re.compile(
    rf"[^.!?:：{_A}]{{1,60}}\s?[:：|]\s*(?:{_LINK}|{_ADDRESS})"
    rf"(?:[\s|,•·/–—-]*(?:{_LINK}|{_ADDRESS})){{0,20}}[\s.…»→›]*"
)
"""What a link is for, and the link: "Source: ...", "Also read: ...", "Support this podcast: ..."."""
_LAST_LINK = re.compile(
    rf"(?<=[.!?…。！？])[\s\[(]*{_A}(?P<words>[^{_Z}.!?。！？]{{1,30}}[.…]*[\])]?){_Z}[\s\])»→›>]*$"
)
_MOST_WORDS = 4
_SENTENCE_END = re.compile(r"[.!?…。！？؟।][\s\"'”’»)\]]*$")
_DATED = re.compile(r"(?:[^\W\d]+[\s.]*){1,3}[:：]\s*(?P<date>[^:].*)")
_AUTHOR_AND_TIME = re.compile(
    r"(?:[^.!?]{0,60}[\s,])?(?!(?:on|at|am|um|le|el|de|den|op|il|em|på|the)\s)\w{2,4}\.?,? "
    r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4} - \d{1,2}:\d\d(?: ?[ap]m)?"
)
"""What Drupal writes: "Submitted by jane on Fri, 11/20/2026 - 10:00", in whatever language."""
_BYLINE = re.compile(
    r"(?:By|Words by|Text by|Written by|Story by|Von|Par|Por|Door|Av|Af|Di|Tekst|Autor(?:in)?|Author)[:：]?\s"
    r"(?P<names>[^.!?:]{3,80})"
)
_NAME = re.compile(r"(?:[A-ZÀ-ÞĀ-Ž][\w.'’-]*\s?){2,4}")
_NEWSLETTER = re.compile(
    r"(?=.*(?:browser|navigat|navegador|selaime|przeglądar|prohlížeč|nettleser|webbläsar|böngésző|tarayıcı"
    r"|браузер|ブラウザ|浏览器|瀏覽器))"
    r".*(?:\b(?:view|read|open|see|ansehen|anzeigen|öffnen|lesen|voir|afficher|lire|ouvrir|ver|abrir|leer"
    r"|visualizza|apri|leggi|bekijk|lees|visa|läs|vis|les|zobacz|otwórz|zobrazit|otevřít|avaa|katso)\b"
    r"|открыть|смотреть|見る|表示|開く|查看|打开|görüntüle).*"
    r"|(?:.{0,30}\s)?(?:online|web)[- ]?versi(?:on|e|one)\b.{0,30}|version en ligne.{0,20}"
    r"|versión (?:web|en línea)",
    re.IGNORECASE,
)
_READING_TIME = re.compile(
    r"(?:Lese(?:zeit|dauer)|Temps de lecture|Tiempo de lectura|Tempo d[ei] le(?:itura|ttura)|Leestijd|Lästid"
    r"|Læsetid|Lesetid|Czas czytania|Время чтения|Час читання|Okuma süresi|Doba čtení|Lukuaika|Olvasási idő"
    r"|阅读时间|閱讀時間|読了時間|읽는 시간)[^\d]{0,20}\d+\s?\w{0,10}\.?"
    r"|\d+\s?(?:min\.?|\w{3,9}) (?:Lesezeit|Lesedauer|de lecture|de lectura|de leitura|di lettura|leestijd)",
    re.IGNORECASE,
)
_PRIVACY = re.compile(
    r"(?=.*(?:privacy (?:policy|information|notice)|/privacy|ad[- ]?choices|politique de confidentialité"
    r"|datenschutz(?:erklärung|hinweis|bestimmung|richtlinie)|política de privacidad|integritetspolicy))"
    rf".*(?:{_A}|https?://|\w\.\w+/).*|Hosted (?:on|by) \w+\. See .*",
    re.IGNORECASE,
)
"""What hosts of podcasts write under each episode, in a sentence or two."""
_RIGHTS = re.compile(r".*\bUse of this feed is for personal,? non-?commercial use only\b.*")


def is_loose_head(line: str, authors: Collection[str] = ()) -> bool:
    """Tell whether a line before a text is none of it; ``authors`` are of the entry."""
    text = strip_link_marks(line)
    if len(text) > _LONGEST_HEAD_CHARS:
        return False
    return (
        is_signs(text)
        or _AUTHOR_AND_TIME.fullmatch(text) is not None
        or _is_dated(text)
        or _is_byline(text, authors)
        or _READING_TIME.fullmatch(text) is not None
        or (not text.endswith(".") and _NEWSLETTER.fullmatch(text) is not None)
        or (LINK_START in line and _is_labelled_link(line))
    )


def is_loose_tail(line: str, before: Sequence[str]) -> bool:
    """Tell whether the last line of a text is none of it, as links alone are; ``before`` are those before."""
    if len(line) > _LONGEST_TAIL_CHARS:
        return False
    if is_signs(line):
        return True
    if not any(_SENTENCE_END.search(strip_link_marks(one)) for one in before):
        return False
    if _RIGHTS.fullmatch(line) or (_PRIVACY.fullmatch(line) and len(line) <= _LONGEST_NOTICE_CHARS):
        return True
    if not (LINK_START in line or "http" in line) or before[-1].endswith((":", "：")):
        return False
    return bool(_LINKS.fullmatch(line) or _LABEL.fullmatch(line))


def strip_last_link(line: str) -> str:
    """Return a line without the few linked words after its last sentence: "more" in whatever language."""
    found = _LAST_LINK.search(line) if LINK_END in line[-12:] else None
    if found is None or len(found["words"].split()) > _MOST_WORDS:
        return line
    return line[: found.start()]


def _is_labelled_link(line: str) -> bool:
    label = line[: line.index(LINK_START)].split()
    return len(label) <= _MOST_LABEL_WORDS and _LABEL.fullmatch(line) is not None


def _is_dated(text: str) -> bool:
    """Tell whether a line is a date, perhaps with a label before it: "Published: 20 November 2026"."""
    if not any(map(str.isdigit, text)):
        return False
    labelled = _DATED.fullmatch(text)
    return is_only_date(text) or (labelled is not None and is_only_date(labelled["date"]))


def _is_byline(text: str, authors: Collection[str]) -> bool:
    found = _BYLINE.fullmatch(text)
    if found is None:
        return any(text.strip(" |,-–—") == author for author in authors)
    names = found["names"]
    return any(names.startswith(author) for author in authors) or _NAME.fullmatch(names) is not None
