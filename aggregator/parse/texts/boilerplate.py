"""What publishing software adds to the text of an entry, taken off again."""

import re

_LOOKED_AT_CHARS = 1_500
"""A longer text is cut before its end, so its end is not looked at."""

_OPENINGS = (
    "The post", "The article", "This article", "This post", "This story", "Der Beitrag", "L[’']article",
    "L[’']articolo", "Il post", "La entrada", "El cargo", "El artículo", "O post", "A postagem",
    "Het bericht", "Het artikel", "Inlägget", "Indlægget", "Innlegget", "Wpis", "Artykuł", "Сообщение",
    "Запись", "Příspěvek",
)  # fmt: skip
_VERBS = (
    "appeared first on", "first appeared on", "first appeared in", "was originally published on",
    "was originally published in", "was first published on", "was published first on", "erschien zuerst auf",
    "erschien als Erstes auf", "est apparu en premier sur", "proviene da", "sembra essere il primo su",
    "se publicó primero en", "aparece primero en", "apareció primero en", "apareceu primeiro em",
    "verscheen eerst op", "dök först upp på", "blev først udgivet på", "dukket først opp på",
    "pochodzi z serwisu", "появились сначала на", "впервые появилась", "pochází z",
)  # fmt: skip
_OPENING = re.compile("|".join(_OPENINGS))
_APPEARED_FIRST = re.compile(
    rf"(?:^|(?<=[\s.!?…»”\"\]]))(?:{'|'.join(_OPENINGS)})\s.{{0,400}}?\b(?:{'|'.join(_VERBS)})\s.{{1,200}}$"
)
"""The last line that WordPress and its translations write: "The post X appeared first on Y."."""
_APPEARED_FIRST_JA = re.compile(r"投稿\s.{1,400}\sは\s.{1,200}\sに最初に表示されました。?")

_INVITATIONS = (
    "Read more", "Read on", "Read the (?:full|rest|whole|entire|original)", "READ MORE", "Continue reading",
    "Keep reading", "Click here to (?:read|continue)", r"More\s?[»…→]", "Weiterlesen", "Mehr lesen",
    "Lire la suite", "En savoir plus", "Leer más", "Seguir leyendo", "Continuar leyendo", "Leia mais",
    "Continue lendo", "Lees meer", "Lees verder", "Läs mer", "Les mer", "Læs mere", "Leggi tutto",
    "Continua a leggere", "Czytaj (?:dalej|więcej)", "Читать (?:далее|дальше|полностью)", "Подробнее",
    "続きを読む", "阅读全文", "閱讀全文",
)  # fmt: skip
_INVITATION = re.compile("|".join(_INVITATIONS))
_READ_MORE = re.compile(
    rf"(?:^|(?<=[\s.!?…:;,)»”\"'\]>|–—-]))[\[(<]?(?:{'|'.join(_INVITATIONS)})"
    r"(?:[^.!?,]{0,120}[\s…»→›>)\]]*|[^.!?,]{0,40}\.[\s.…»→›>)\]]*)$"
)  # dashes as texts use them
_ADDED = re.compile(f"{_OPENING.pattern}|{_INVITATION.pattern}")
"""Most texts hold none of these, which is found out many times faster than where one would have to stand."""
_CUT_MARK = re.compile(r"\s*(?:[\[(]\s*(?:…|\.{3})\s*[\])]|\.{3})[\s.]*$")
_PLATFORM_TAIL = re.compile(
    r"(?:^|\s)submitted by\s+/?u/\S{1,60}(?:\s+to\s+/?r/\S{1,60})?\s*(?:\[link\]\s*)?\[comments\]$"
    r"|(?:^|\s)\d+ posts? - \d+ participants?\s+Read full topic$"
    r"|(?:^|(?<=[.!?…]))\s*[^.!?…]{1,200} was originally published in [^.!?]{1,100} on Medium, where people "
    r"are continuing the conversation [^.]{1,60}\.$"
)
"""What platforms write at the end, in texts whose markup was removed before."""
_LOOSE_END = " \t|–—-<([>»"
_ARXIV = re.compile(r"arXiv:\S+ Announce Type: \S+ Abstract: ")
_NO_TEXT = re.compile(
    r"Article URL: \S+.*|(?:submitted by\s+/?u/\S+|Comments URL: \S+|\[link\]|\[comments\]|Comments?|https?://\S+|\s)+"
)
"""What link aggregators write where there is no text."""


def strip_boilerplate(text: str) -> str:
    """Return ``text`` without the lines that software adds: "Read more", "appeared first on", counts.

    "" where nothing else is in it. A mark that the publisher cut the text (``[...]``) becomes "…".
    """
    text = _ARXIV.sub("", text, count=1) if "arXiv:" in text else text
    if len(text) > _LOOKED_AT_CHARS:
        return text
    if _NO_TEXT.fullmatch(text):
        return ""
    if text.endswith(("[comments]", "Read full topic", "responding to this story.")):
        text = _cut_at(_PLATFORM_TAIL, text)
    is_plain = _ADDED.search(text) is None
    text = text if is_plain or not _OPENING.search(text) else _cut_at(_APPEARED_FIRST, text)
    if text.endswith(("に最初に表示されました。", "に最初に表示されました")):
        at = text.rfind("投稿 ")
        text = text[:at].rstrip(_LOOSE_END) if _APPEARED_FIRST_JA.fullmatch(text, max(0, at)) else text
    shorter = text if is_plain else _strip_invitation(text)
    if "…" in shorter or "..." in shorter:
        return _strip_invitation(_CUT_MARK.sub("…", shorter))
    return shorter if shorter == text else _strip_invitation(shorter)


def _strip_invitation(text: str) -> str:
    return _cut_at(_READ_MORE, text) if _INVITATION.search(text) else text


def _cut_at(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return text[: match.start()].rstrip(_LOOSE_END) if match else text
