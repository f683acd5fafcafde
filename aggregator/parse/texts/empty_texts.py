"""Texts that say nothing, in several languages."""

import re

from aggregator.parse.dates.dates import parse_date
from aggregator.text import title_key

_LONGEST_CHARS = 80
_NOTHING = frozenset((
    "null", "none", "undefined", "nan", "nil", "n a", "tbd", "tba", "object object", "untitled", "no title",
))  # fmt: skip
"""What programs write for what is not there; all these are as ``title_key`` gives them."""
_NO_TITLES = _NOTHING | frozenset((
    "untitled post", "untitled document", "untitled page", "untitled entry", "title", "no subject",
    "new post", "auto draft", "ohne titel", "kein titel", "unbenannt", "sans titre", "sin título",
    "sem título", "senza titolo", "sense títol", "zonder titel", "geen titel", "uten tittel", "uden titel",
    "utan titel", "namnlös", "nimetön", "ei otsikkoa", "bez tytułu", "bez názvu", "cím nélkül",
    "fără titlu", "başlıksız", "без названия", "без заголовка", "без назви", "无标题", "無標題", "無題",
    "タイトルなし", "제목 없음", "بدون عنوان", "ללא כותרת",
))  # fmt: skip
_NO_TEXTS = _NOTHING | frozenset((
    "comment", "comments", "no comments", "comments off", "link", "link comments", "comments link",
    "permalink", "source", "image", "images", "photo", "photos", "picture", "video", "audio", "gallery",
    "watch", "watch video", "watch the video", "watch now", "view post", "view", "click here", "here",
    "more", "read more", "read on", "continue reading", "details", "na", "empty", "array",
    "removed", "deleted", "no content", "no text", "no description",
    "no description available", "no description provided", "no summary", "no summary available",
    "no excerpt", "no abstract", "no abstract available", "no body", "no content available",
    "no preview available", "description not available", "not available",
    "there is no excerpt because this is a protected post", "this post has no text", "view comments",
    "click here to view the post", "click to read more", "click here to read more", "lorem ipsum",
    "kommentare", "kein inhalt", "kein text", "keine beschreibung", "keine beschreibung verfügbar", "bild",
    "foto", "fotos", "weiterlesen", "mehr", "mehr lesen", "leer", "ohne text", "kein kommentar",
    "kein text vorhanden", "kein inhalt vorhanden", "keine beschreibung vorhanden",
    "commentaires", "aucun contenu", "pas de contenu", "pas de description", "aucune description",
    "sans texte", "lire la suite", "en savoir plus", "comentarios", "sin contenido", "sin descripción",
    "sin texto", "leer más", "imagen", "comentários", "sem conteúdo", "sem descrição", "sem texto",
    "leia mais", "imagem", "commenti", "nessun contenuto", "nessuna descrizione", "senza testo",
    "leggi tutto", "immagine", "reacties", "geen inhoud", "geen beschrijving", "geen tekst", "lees meer",
    "afbeelding", "kommentarer", "inget innehåll", "ingen beskrivning", "ingen beskrivelse",
    "intet indhold", "läs mer", "les mer", "læs mere", "ei sisältöä", "ei kuvausta", "komentarze",
    "brak opisu", "brak treści", "czytaj dalej", "czytaj więcej", "bez popisu", "комментарии",
    "нет описания", "без описания", "нет текста", "без текста", "читать далее", "подробнее", "фото",
    "видео", "немає опису", "açıklama yok", "içerik yok", "yorumlar", "コメント", "なし", "本文なし",
    "説明なし", "内容なし", "続きを読む", "無", "无", "無内容", "无内容", "暂无内容", "暂无简介",
    "暂无描述", "暂无摘要", "如题", "阅读全文", "閱讀全文", "图片", "圖片", "评论", "評論", "내용 없음",
    "없음", "댓글", "설명 없음", "بدون متن", "بدون توضیح", "لا يوجد وصف", "לא זמין", "कोई विवरण नहीं",
))  # fmt: skip
_SIGNS = re.compile(r"[\s!-/:-@\[-`{-~\u00a1-\u00bf\u2010-\u205e\u3001\u3002\u30fb]*")
_ADDRESSES = re.compile(r"(?:(?:https?://|www\.)\S+\s*)+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_MOST_DATE_WORDS = 6


def says_nothing(text: str) -> bool:
    """Tell whether a text is no more than a word for its absence, signs, addresses or a date."""
    if len(text) > _LONGEST_CHARS:
        return bool(_ADDRESSES.fullmatch(text)) if text.startswith(("http", "www.")) else False
    return (
        title_key(text) in _NO_TEXTS
        or is_signs(text)
        or bool(_ADDRESSES.fullmatch(text))
        or is_only_date(text)
    )


def is_no_title(title: str) -> bool:
    """Tell whether a title is no more than a word of software for its absence, or an address."""
    return title_key(title) in _NO_TITLES or _ADDRESSES.fullmatch(title) is not None


def is_signs(text: str) -> bool:
    """Tell whether a text has nothing but punctuation in it."""
    return _SIGNS.fullmatch(text) is not None


def is_only_date(text: str) -> bool:
    """Tell whether a text is no more than a date, perhaps with a word or two before it."""
    start, *_ = re.split(r"\d", text, maxsplit=1)
    if start == text or len(_WORD.findall(text)) > _MOST_DATE_WORDS or len(_WORD.findall(start)) > 2:
        return False
    return parse_date(text) is not None or bool(re.fullmatch(r"[\d\s:./,–-]+", text) and len(text) > 6)
