"""What a picture is for, as far as its address, its size and its class tell."""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from aggregator.model import Image

_SMALLEST_PX = 4
_ICON_PX = 50
"""A picture that is stated to be narrower is an icon, a portrait or a button."""
_THUMBNAIL_PX = 100
_SMALL_PX = 150
"""A picture that is this narrow or narrower illustrates a list, no article."""
_ENDING = r"\.(?:gif|png|jpe?g|svg|webp|ico)"
_SERVICES = (
    r"(?:facebook|fb|twitter|x|linkedin|pinterest|reddit|whatsapp|telegram|e?mail|digg|delicious|stumbleupon|tumblr"
    r"|google-?plus|instagram|youtube|rss|feed|print|mastodon|bluesky|line|hatena)"
)
_NAMED = rf"(?:[\w-]{{0,20}}[-_\d]|icon?|btn)?{_SERVICES}(?:icon|logo|btn|button)?(?![a-z])[\w-]{{0,20}}"
"""A file that is named after a service; others have its letters within their words."""
_DECORATIONS = (
    # counters of readers
    r"feedburner\.com/~", r"feedsportal\.com", r"feedads\.", r"feedblitz\.com/", r"doubleclick\.net",
    r"pixel\.wp\.com", r"stats\.wp\.com", r"stats\.wordpress\.com", r"feeds\.wordpress\.com",
    r"google-analytics\.com", r"scorecardresearch\.com", r"quantserve\.com", r"pheedo\.com",
    r"pheedcontent\.com", r"buysellads\.com", r"medium\.com/_/stat", r"counter\.theconversation",
    r"met\.vgwort\.de", r"slashdot-it\.pl", r"republish-counter", r"api\.follow\.it/track",
    r"blogger\.googleusercontent\.com/tracker", r"facebook\.com/tr[/?]", r"/(?:piwik|matomo)\.php",
    r"/wf/open\?", r"ga-beacon\.", r"list-manage\d?\.com/track", r"amazon-adsystem\.com/", r"/assoc-amazon\.",
    r"/(?:tracking[-_]?)?pixel(?:\.(?:gif|png|php|aspx?|cgi)|\?|/?$|/[^/.]*(?:\?|$))", r"/adserver/",
    r"/__ptq\.gif",
    # fillers of space, and what stands there until the picture is loaded
    r"/(?:spacer|blank|clear|transparent|pixel|1x1|1px|dot|trans|count(?:er)?|gr[ae]y|empty|load(?:ing|er))\.(?:gif|png|svg)",
    rf"/(?:lazy(?:[-_]?load(?:ed|er|ing)?)?|(?:lazy|image|img)?[-_]?placeholder(?:[-_]\d{{1,4}}x\d{{1,4}})?){_ENDING}",
    r"/wp-includes/images/media/",
    # emoji
    r"s\.w\.org/images/core/emoji", r"/wp-includes/images/smilies/", r"/smil(?:ey|ie)s?/", r"/emoticons?/",
    r"/(?:twemoji|noto-?emoji|emojis?|emojione|openmoji)/", r"twimg\.com/emoji",
    # portraits
    r"gravatar\.com/", r"avatars\d*\.githubusercontent\.com",
    r"/(?:user|custom|forum|member|default|img|profile|author)?[-_]?avatars?/",
    rf"/(?:(?:default|user|author|member|mystery|profile|no)[-_]?avatar(?:[-_][\w-]{{0,9}})?|avatar[-_]?\d{{1,3}}(?:x\d{{1,3}})?){_ENDING}",
    r"/profile[-_]?(?:images?|pics?|photos?|pictures?)/", r"/user[-_]?pics?/", r"/buddyicons/",
    r"ggpht\.com/(?:ytc|a)/", r"googleusercontent\.com/a[/-]", r"graph\.facebook\.com/[^/]{1,60}/picture",
    r"/author[-_]?(?:images?|photos?|pics?)/", r"tumblr\.com/avatar_",
    r"b\.(?:st-)?hatena\.(?:ne\.jp|com)/(?:entry|images)/",
    # buttons and icons
    r"addtoany\.com", r"sharethis\.com", r"addthis\.com", r"/share[-_]?(?:button|icon|this|save)",
    r"/social[-_]?(?:icons?|buttons?|bookmarks?)/",
    rf"/shar(?:e|ing)[-_](?:on[-_])?{_SERVICES}(?:icon|btn|button)?(?![a-z])[\w-]{{0,12}}{_ENDING}",
    rf"/(?:icons?/{_NAMED}{_ENDING}|(?:social|shar(?:e|ing)|buttons?|follow)/{_NAMED}\.(?:gif|png|svg|webp|ico))",
    rf"/{_SERVICES}[-_]?(?:icon|share|button|btn)(?:[-_]?\d\d(?:x\d\d)?|[-_](?:large|small|white|black))?{_ENDING}",
    rf"/(?:btn|button|icon|ico|sns)[-_]{_SERVICES}(?:[-_]?\d\d(?:x\d\d)?)?{_ENDING}",
    rf"/external[-_]?link{_ENDING}",
    rf"/{_SERVICES}[-_]\d\d(?:x\d\d)?\.(?:gif|png|svg)", r"/fav-?icon[^/]{0,40}$", r"/s2/favicons",
    r"/ip[23]/[^/]{1,80}\.ico", r"\.ico(?:\?|$)", r"/apple-touch-icon",
    rf"/icons?(?:[-_]?\d{{1,2}}(?:x\d{{1,2}})?)?{_ENDING}", r"paypal(?:objects)?\.com/", r"ko-fi\.com/",
    r"buymeacoffee\.com/", r"/becomeapatron", r"flattr\.com/",
    # badges and licences
    r"shields\.io/", r"badge\.fury\.io", r"badgen\.net", r"travis-ci\.(?:org|com)/", r"/badge\.(?:svg|png)",
    r"-badge\.(?:svg|png)", r"_badge\.(?:svg|png)", r"/badges?/[^?]{0,80}\.(?:svg|png)",
    r"creativecommons\.org/", r"licensebuttons\.net", r"/valid-(?:rss|atom|html|xhtml|css)[\w-]{0,12}\.png",
)  # fmt: skip
"""Patterns for an address in lower case; each begins with one certain character, plain or escaped."""


def _by_first_character(alternatives: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that tries only those of ``alternatives`` that begin with the character at hand.

    One after the other, they would be most of what it takes to look at a picture.
    """
    rests: dict[str, list[str]] = defaultdict(list)
    for alternative in alternatives:
        first = alternative[: 2 if alternative[0] == "\\" else 1]
        rests[first].append(alternative.removeprefix(first))
    return re.compile("|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in rests.items()))


_DECORATION = _by_first_character(_DECORATIONS)
_PAGE = re.compile(r"[^?#]*\.(?:s?html?)(?:[?#]|\Z)")
_DECORATED = re.compile(
    r"(?<![a-z])(?:g?r?avatar|(?:wp-)?smiley|(?:tw)?emoji|emoticon|author-(?:image|photo|pic)|user-?pic|byline-(?:image|photo)"
    r"|profile-(?:image|photo|pic)(?:ture)?|(?:social|share)-?(?:icon|button|img)|fav-?icon|badge|spacer|tracking-?pixel)s?(?![a-z])"
)
_SIDES = re.compile(
    r"[?&](?:s|sz|size|w|width|h|height)=(\d{1,4})(?![^&#])|[/=]s(\d{2,4})(?:-[a-z][a-z0-9-]*)?(?![^/?#])"
    r"|[-_/](\d{2,4})x(\d{2,4})(?=[./_?-]|$)"
)


def is_decoration(image: Image) -> bool:
    """Tell whether a picture shows nothing of an article, wherever it stands.

    It counts readers, fills space, is a button, a badge, an icon, an emoji or somebody's portrait.
    """
    width, height = image.width, image.height
    if width is not None and (width < _SMALLEST_PX or max(width, height or 0) < _ICON_PX):
        return True
    if height is not None and height < _SMALLEST_PX:
        return True
    return _is_decoration_at(image.url.lower())


# A picture is asked about more than once: as a candidate, as what the entry states, and in order.
@lru_cache(maxsize=1024)
def _is_decoration_at(url: str) -> bool:
    return _DECORATION.search(url) is not None or (".htm" in url and _PAGE.match(url) is not None)


def has_decoration_class(classes: str) -> bool:
    """Tell whether an element's class says that its picture is decoration."""
    return _DECORATED.search(classes.lower()) is not None


def is_small(image: Image) -> bool:
    """Tell whether a picture is known to be small: by its width, else by what its address says of sizes."""
    return is_small_by_address(image.url) if image.width is None else image.width <= _SMALL_PX


def is_small_by_address(url: str) -> bool:
    """Tell whether the address of a picture speaks of a small size."""
    side = _find_hinted_side(url)
    return side is not None and side <= _SMALL_PX


def is_thumbnail(image: Image) -> bool:
    """Tell whether a picture is known to be too small to be shown by itself."""
    sides = [side for side in (image.width, image.height) if side is not None]
    side = max(sides) if sides else _find_hinted_side(image.url)
    return side is not None and side <= _THUMBNAIL_PX


@lru_cache(maxsize=1024)
def _find_hinted_side(url: str) -> int | None:
    """Return the longest side that the path or the query of an address speaks of, in pixels."""
    if not _SIDES.search(url):
        return None
    parts = urlsplit(url)
    hints = _SIDES.findall(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    return max((int(side) for hint in hints for side in hint if side), default=None)
