"""Lines that platforms add before and after an entry's text: who posted it, counts, links to more."""

import re
from collections.abc import Collection

from aggregator.html import LINK_END, LINK_START, starts_with_picture, strip_link_marks
from aggregator.parse.texts.loose_lines import is_loose_head, is_loose_tail, strip_last_link
from aggregator.text import title_key

_LONGEST_CHARS = 600
"""A longer line is text."""
_LOOKED_AT_LINES = 40
_A, _Z = LINK_START, LINK_END
_LINK = rf"{_A}[^{_Z}]{{1,300}}{_Z}"
_ADDRESS = rf"{_A}?\s*https?://[^\s{_Z}]+\s*{_Z}?"


def _match_any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_EITHER = (
    # Reddit, Lemmy, kbin
    (rf"submitted by\s+(?:{_A}?\s*/?u/[^\s{_Z}]+\s*{_Z}?|{_LINK})"
    rf"(?:\s+to\s+(?:{_A}?\s*/?r/[^\s{_Z}]+\s*{_Z}?|{_LINK}))?"
    rf"(?:\s*{_A}?\[(?:link|comments)\]{_Z}?)*"),
    rf"(?:{_A}?\[(?:link|comments|\d+ comments?)\]{_Z}?[\s|]*)+",
    rf"-?\d+ points? \| {_A}?\d+ comments?{_Z}?",
    # Hacker News by hnrss, Tildes
    rf"(?:Article|Comments|Link) URL: {_ADDRESS}",
    r"(?:Points|Votes): \d+", r"(?:# )?Comments: \d+",
    # Drupal and other systems for sites
    (rf"(?:Submitted|Posted|Published|Written) by {_A}?[^.!?]{{1,80}}"
    rf"{_Z}? on [^.!?]{{0,30}}\d{{1,4}}[^.!?]{{0,30}}"),
    # newsletters
    (rf"{_A}?(?:View|Read|Open|See) (?:this|it|the) ?(?:e-?mail|newsletter|post|message|issue)? ?(?:in|on) "
    rf"(?:your|a|the) ?(?:web ?)?(?:browser|app|web|site){_Z}?\.?"),
    rf"{_A}?(?:View|Read|Open) (?:in|on) (?:your )?(?:browser|app|web)(?: →| »)?{_Z}?",
    rf"(?:{_A})?(?:Diese E-Mail |Newsletter )?im Browser (?:ansehen|anzeigen|öffnen)(?:{_Z})?",
    r"(?:Forwarded|Was) this (?:e-?mail|newsletter)\b[^.!?]{0,60}\?.{0,80}",
    r"(?:Estimated )?reading time:? (?:about )?\d+ min(?:ute)?s?\.?", r"\d+ min(?:ute)?s? read",
)  # fmt: skip
_HEAD = _match_any(
    *_EITHER,
    rf"cross-?posted from:? {_ADDRESS}",
    _ADDRESS,
    rf"(?:{_A})?(?:Listen to|Play|Hear) this (?:article|story|post|episode)\b.{{0,40}}",
)
_SHARED = re.compile(
    rf"(?:{_LINK}|[^{_A}.!?]{{1,60}}) posted (?:a photo|a video|\d+ (?:photos|videos)):", re.IGNORECASE
)
"""What Flickr writes; apart from the others, since it may begin with anything."""
_CREDIT = (
    r"(?:Photo|Image|Picture|Photograph|Foto|Fotos|Photos|Images|Bild|Bilder|Illustration|Kuva"
    r"|Zdjęcie|Фото|Obrázek"
    r"|Imagen|Imagem|Immagine|Afbeelding|Beeld|Visual|Cover image|Featured image"
    r"|Header image|Lead image|Screenshot"
    r"|Archivfoto|Symbolbild|Titelbild|Crédit photo|Photo d['’]illustration|写真|图片|圖片|图|사진)"
)
_CAPTION = re.compile(
    rf"[(\[]?{_CREDIT}(?:\s?(?:credits?|source|courtesy|by|via|illustration|file))*(?:\s(?:of|by))?\s?[:：|©/(]"
    rf"|[(\[]?{_CREDIT} (?:by|courtesy of|via|von|de|par|di|av|door) "
    r"|[(\[]?(?:Credits?|Crédits?|Quelle|Bildquelle|Bildnachweis|Fotocredit|Créditos?|Copyright)\s?[:：|/]"
    r"|[(\[]?(?:©|\(c\))\s?[^.!?]{2,80}$|.{0,200}\((?:Photo|Foto|Image|Bild|Symbolbild)\)$",
    re.IGNORECASE,
)
_CREDITED = re.compile(
    rf"[\s(\[|](?:{_CREDIT}|Credit|©)(?: credits?| by| courtesy of)?\s?[:：|©/ ]\s?[^.!?:]{{2,80}}[)\].]?$"
    r"|[(\[]\s?(?:사진|그래픽|자료)\s?=\s?[^)\]]{1,40}[)\]]$"
    r"|[\s(](?:AP Photo|AFP|Getty Images|Reuters|REUTERS|dpa|EPA"
    r"|Shutterstock|iStock|Unsplash)[^.!?]{0,40}[)\].]?$"
    r"|\s[—–|/]\s[^.!?]{0,40}(?:AP|AFP|Getty Images|Reuters|REUTERS|dpa|EPA|Shutterstock|iStock|Unsplash)$"
)
_LONGEST_CAPTION_CHARS = 300

_MORE = (
    r"(?:Read|View|See|Open|Continue|Visit) (?:the )?(?:full|rest|whole|entire|original|complete)\b.{0,100}",
    r"(?:Continue|Keep) reading\b.{0,150}",
    r"(?:Read|Learn|See|Find out|View|Show) more\b.{0,150}",
    r"Read on\b.{0,60}", r"More (?:info|information|details)",
    r"Weiterlesen\b.{0,150}",
    r"(?:Mehr|Ganzen Artikel|Den ganzen Artikel|Hier) (?:lesen|erfahren|weiterlesen)\b.{0,100}",
    r"Lire (?:la suite|plus|l['’]article|le sujet)\b.{0,150}", r"En savoir plus\b.{0,100}",
    r"(?:Leer|Ver|Seguir|Continuar) (?:más|leyendo|el tema|artículo|la noticia)\b.{0,150}",
    r"(?:Leia|Ler|Saiba|Continue) (?:mais|lendo|o tópico|a matéria)\b.{0,150}",
    r"(?:Leggi|Continua) (?:tutto|di più|a leggere|l['’]articolo|l['’]argomento)\b.{0,150}",
    r"Lees (?:meer|verder|volledige?|het)\b.{0,150}", r"(?:Läs|Les|Læs) (?:mer|mere|hele|resten)\b.{0,150}",
    r"(?:Czytaj|Przeczytaj) (?:dalej|więcej|cały|całość)\b.{0,150}",
    r"(?:Читать|Читайте) (?:далее|дальше|полностью|тему|ещё)\b.{0,150}", r"Подробнее\b.{0,100}",
    r"Vollständiges Thema lesen", r"(?:Číst|Přečíst) (?:více|dále|celé)\b.{0,100}", r"Lue lisää\b.{0,100}",
    r"Devamını oku\b.{0,100}",
    r"(?:阅读|閱讀)(?:全文|完整.{0,10}|更多)", r"(?:続き|全文|もっと)を?(?:読む|見る)",
    r"더 (?:보기|읽기)",
)  # fmt: skip
_TAIL = _match_any(
    *_EITHER,
    # Discourse, in any language
    r"\d+\s?(?:\w{1,3} )?\w+(?:\(e\)s)? [-–] \d+\s?(?:\w{1,3} )?\w+(?:\([es]+\)\w*)?",
    rf"{_A}(?:{'|'.join(_MORE)})\s*[\s.…»→›>)\]]*{_Z}[\s.…»→›>)\]]*",
    rf"{_A}(?:\d+ )?(?:Comments?|Kommentare?|Commentaires?|Comentarios?|Comentários?|Commenti|Reacties"
    r"|Discuss(?:ion)?"
    r"|Permalink|Perma-?link|Source|Quelle|Link|Direct link|Original(?: article| post)?|Download"
    r"|Share|Tweet|Reply"
    r"|Leave a comment|Add (?:new )?comment|Post a comment|Comment on this"
    r"|Log in(?: or register)?(?: to post comments)?"
    r"|View (?:on|in|at) [^.!?]{2,40}|Watch on [^.!?]{2,40}|Subscribe(?: now)?|Sign up|Reply via e-?mail"
    rf"|Listen(?: now)?|Get started|Share this post|Read in app|Refer a friend)(?: \(\d+\))?[\s»→›>]*{_Z}",
    rf"(?:{_A})?(?:\d+ comments?|comments \(\d+\)|(?:leave|add|post) a(?: new)? comment)(?:{_Z})?",
    rf"{_LINK}(?:{_LINK}|[\s|•·])*\s?(?:to post comments|or {_LINK} to post comments)",
    # phpBB
    r"(?:Statistics|Statistik|Statistiques|Estadísticas|Statistiche|Estatísticas|Statistieken|Статистика|Statystyki"
    r"|Statistika|Tilastot|İstatistikler)\s?: .{0,200}",
    # blogs
    r"(?:Filed under|Tags?|Tagged(?: as| with)?|Categor(?:y|ies)"
    r"|Posted in|Labels?|Kategorien?|Schlagwörter"
    r"|Schlagworte|Étiquettes|Catégories?|Etiquetas|Categorías?|Categorie"
    r"|Trefwoorden|Метки|Рубрики)\s?: .{0,300}(?<!\w{3}[.!?])",
    rf"(?:Filed under|Posted in|Tagged) {_A}.{{0,300}}",
    r"\((?:Image|Photo|Photograph|Video|Bild|Foto) credits?: [^()]{1,200}\)",
    # newsletters
    r"Thanks for reading[^.!?]{0,80}! Subscribe for free to receive new posts\b.{0,60}",
    r"You just read issue #\d+ of .{1,200}",
    r"Sent from my .{2,40}", r"Von meinem .{2,30} gesendet", r"Envoyé de(?:puis)? mon .{2,40}",
    r"Enviado (?:desde|do) m[ie]u? .{2,40}",
    r"This (?:post|episode|article) is (?:for|only for|available to) (?:paid|paying) (?:subscribers"
    r"|members).{0,40}",
    r"(?:You can |Please )?(?:follow|like) us on .{2,80}", r"(?:Like|Share) (?:this )?Loading\.{0,3}…?",
)  # fmt: skip
_MEDIUM = re.compile(
    rf"(?:{_LINK}|[^.!?]{{1,200}}) was originally published (?:in|on) .{{1,150}}"
    rf" on Medium, where people are continuing.{{0,150}}",
    re.IGNORECASE,
)
_SUBSTACK = re.compile(
    r".{1,80} is a reader-supported publication\. To receive new posts\b.{0,120}", re.IGNORECASE
)
"""Apart from the others, since it may begin with anything."""
_NOTICE = re.compile(
    rf"[^{_A}.!?]{{0,60}}{_A}(?P<title>[^{_Z}]{{1,400}}){_Z}[^{_A}.!?]{{3,80}}"
    rf"{_A}[^{_Z}]{{1,200}}{_Z}[^{_A}.!?]{{0,30}}[.。]?"
)
"""What WordPress writes: two links, of which one bears the title."""
_CUT_BEFORE = frozenset((
    "share this", "like this", "related", "related posts", "related articles", "related stories",
    "rate this", "teilen mit", "gefällt mir", "ähnliche beiträge", "partager", "articles similaires",
    "j’aime ça", "j'aime ça", "comparte esto", "me gusta esto", "relacionado", "compartilhe isso",
    "curtir isso",
    "relacionado(s)", "condividi", "mi piace", "correlati", "delen", "vind ik leuk", "gerelateerd",
    "dela detta", "поделиться ссылкой",
))  # fmt: skip
"""What stands over the buttons and lists that Jetpack puts after a text."""
_LONE = frozenset((
    "advertisement", "advertising", "anzeige", "werbung", "publicité", "publicidad", "publicidade",
    "pubblicità", "advertentie", "annons", "annonse", "reklama", "реклама", "sponsored",
    "sponsored content", "広告", "广告", "subscribe", "subscribe now", "share", "tweet", "loading",
    "like loading", "like this loading", "listen now", "skip to content", "comments",
    "table of contents", "thanks for reading",
    "your browser does not support the audio element", "your browser does not support the video tag",
    "view this email in your browser", "view in browser", "read in browser", "listen to this article",
    "click to enlarge", "tap to enlarge", "enlarge this image", "enlarge", "toggle caption", "hide caption",
    "enlarge this image toggle caption",
))  # fmt: skip
"""Lines that stand by themselves before or after texts and are none."""


def strip_platform_lines(
    lines: list[str], title: str, html: str = "", *, authors: Collection[str] = ()
) -> list[str]:
    """Return lines of text without those that platforms write before and after it; none may be left.

    ``title`` and ``authors`` are of the entry. Where the ``html`` that they are of starts with a picture, the
    first of them may be its caption.
    """
    lines = _cut_after_text(lines)
    start, end = 0, len(lines)
    while start < end and (
        _is_head(lines[start])
        or (start < end - 1 and is_loose_head(lines[start], authors))
        or (html and _is_caption(lines, start, html))
    ):
        start += 1
    while end > start and (_is_tail(lines, end - 1) or _is_notice(lines[end - 1], title)):
        end -= 1
    if end > start and (last := strip_last_link(lines[end - 1])) != lines[end - 1]:
        return [*lines[start : end - 1], last]
    return lines[start:end]


def _cut_after_text(lines: list[str]) -> list[str]:
    """Return lines without what comes after a text; links onward lie before its end, too."""
    if len(lines) < 2:
        return lines
    first = max(1, len(lines) - _LOOKED_AT_LINES)
    heads = (n for n in range(first, len(lines)) if len(lines[n]) < 40)
    return lines[: next((n for n in heads if _strip_signs(lines[n]) in _CUT_BEFORE), len(lines))]


def _is_head(line: str) -> bool:
    if len(line) > _LONGEST_CHARS:
        return False
    if line.endswith(":") and _SHARED.fullmatch(line):
        return True
    return _HEAD.fullmatch(line) is not None or _is_lone(line)


def _is_tail(lines: list[str], at: int) -> bool:
    line = lines[at]
    if len(line) > _LONGEST_CHARS:
        return False
    if _TAIL.fullmatch(line) is not None or _is_lone(line) or _is_by_platform(line):
        return True
    return is_loose_tail(line, lines[:at])


def _is_by_platform(line: str) -> bool:
    lower = line.lower()
    return bool(
        ("where" in lower and _MEDIUM.fullmatch(line)) or ("reader-" in lower and _SUBSTACK.fullmatch(line))
    )


def _is_notice(line: str, title: str) -> bool:
    """Tell whether a line says where its article appeared first, in whatever language."""
    found = _NOTICE.fullmatch(line) if LINK_START in line and len(line) <= _LONGEST_CHARS else None
    return found is not None and title_key(found["title"]) == title_key(title) != ""


def _is_lone(line: str) -> bool:
    return len(line) < 60 and _strip_signs(line) in _LONE


def _strip_signs(line: str) -> str:
    return strip_link_marks(line).strip(" .:;!…»→›>[](){}*·•—–-|").casefold()


def _is_caption(lines: list[str], at: int, html: str) -> bool:
    line = strip_link_marks(lines[at])
    if at > 1 or len(lines) - at < 2 or len(line) > _LONGEST_CAPTION_CHARS:
        return False
    return bool(_CAPTION.match(line) or _CREDITED.search(line)) and starts_with_picture(html)
