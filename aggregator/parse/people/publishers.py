"""The publisher of an address on a host of many publishers: an owner, a project, a channel. Pure."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from aggregator.model import Article
from aggregator.urls import host_of, registrable_domain
from aggregator.urls.services import find_hoster

# What stands before the owner's name, and how many names follow it, by host or registrable domain.
_PREFIXES: dict[str, tuple[tuple[str, int], ...]] = {
    **dict.fromkeys(
        ("bitbucket.org", "codeberg.org", "framagit.org", "gitcode.com", "gitea.com", "gitee.com",
         "github.com", "gitlab.com", "notabug.org", "salsa.debian.org", "sr.ht"),
        (("", 2),),
    ),
    **dict.fromkeys(
        ("ameblo.jp", "blog.csdn.net", "blog.naver.com", "buttondown.com", "buttondown.email", "cnblogs.com",
         "dev.to", "deviantart.com", "facebook.com", "hashnode.com", "instagram.com", "ko-fi.com",
         "launchpad.net", "medium.com", "meetup.com", "mixcloud.com", "note.com", "patreon.com", "qiita.com",
         "soundcloud.com", "tumblr.com", "twitch.tv", "twitter.com", "vimeo.com", "vk.com", "weibo.com",
         "write.as", "x.com", "zenn.dev"),
        (("", 1),),
    ),
    **dict.fromkeys(
        ("apple.news", "archive.org", "bilibili.com", "hackernoon.com", "juejin.cn", "lobste.rs", "msn.com",
         "music.youtube.com", "news.google.com", "nicovideo.jp", "odysee.com", "rumble.com", "threads.net",
         "tiktok.com", "yahoo.com", "ycombinator.com", "youtu.be", "zhihu.com", "audioboom.com",
         "buzzsprout.com", "castbox.fm", "ivoox.com", "share.transistor.fm", "xiaoyuzhoufm.com"),
        (),
    ),
    **dict.fromkeys(("art19.com", "omny.fm", "redcircle.com"), (("shows", 1),)),
    **dict.fromkeys(("anchor.fm", "shows.acast.com"), (("", 1),)),
    "addons.mozilla.org": (("addon", 1),),
    "bsky.app": (("profile", 1),),
    "crates.io": (("crates", 1),),
    "dailymotion.com": (("user", 1),),
    "flickr.com": (("photos", 1),),
    "groups.google.com": (("g", 1), ("d/forum", 1)),
    "habr.com": (("companies", 1), ("company", 1)),
    "hub.docker.com": (("r", 2), ("_", 1)),
    "huggingface.co": (("datasets", 2), ("spaces", 2), ("", 2)),
    "kickstarter.com": (("projects", 2),),
    "nuget.org": (("packages", 1),),
    "open.substack.com": (("pub", 1),),
    "packagist.org": (("packages", 2),),
    "reddit.com": (("r", 1), ("user", 1), ("u", 1)),
    "rubygems.org": (("gems", 1),),
    "sites.google.com": (("view", 1), ("site", 1)),
    "sourceforge.net": (("projects", 1), ("p", 1)),
    "spotify.com": (("show", 1),),
    "steamcommunity.com": (("games", 1), ("app", 1), ("ogg", 1)),
    "steampowered.com": (("news/app", 1), ("app", 1)),
    "t.me": (("s", 1), ("", 1)),
    "wordpress.org": (("plugins", 1), ("themes", 1), ("support/plugin", 1), ("support/theme", 1)),
    "youtube.com": (("channel", 1), ("c", 1), ("user", 1)),
}  # fmt: skip
_NO_OWNERS = frozenset(
    {"e", "i", "n", "p", "post", "posts", "shorts", "status", "stories", "story", "videos", "watch"}
)
_FORGE = re.compile(r"/([^/]+(?:/[^/]+)+?)/(?:-/|releases/tag/|src/tag/|commit/[0-9a-f]{7})")
_TRACKER = re.compile(r"/([^/]+/[^/]+)/(?:issues|pulls?)/\d+(?=[/?#]|\Z)")
_NAMED = re.compile(r"/([@~][^/]+)")
_COMMUNITY = re.compile(r"/([cmu]/[^/]+)")
_COMMUNITY_HOSTS = ("lemmy.", "kbin.", "feddit.", "mbin.", "piefed.")
_SAME_SITE = ("www.", "m.", "mobile.", "old.", "new.", "amp.")
_NO_NAMES = frozenset({"api", "blog", "feed", "feeds", "music", "news"})
"""Labels under a hoster that are no publisher's."""

ANYBODY = ""
"""The publisher of an address that tells only on which host of many it is."""


def find_publisher(article: Article) -> str | None:
    """Return whose the article is on a host of many publishers; ``ANYBODY`` where its address does not tell.

    None where the host is its publisher's own.
    """
    return find_publisher_at(article.canonical_url or article.web_url or article.original_url or "")


@lru_cache(maxsize=4096)
def find_publisher_at(url: str) -> str | None:
    """Return whose ``url`` is, as ``find_publisher`` does; None where the host is its publisher's own."""
    host = host_of(url)
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    named = _NAMED.match(path)
    if named:
        return f"{registrable_domain(host)}/{named[1].lower()}"
    forge = _FORGE.match(path) or _TRACKER.match(path)
    if forge:
        return f"{host.removeprefix('www.')}/{forge[1].lower()}"
    return _find_on_known_host(host, path)


def _find_on_known_host(host: str, path: str) -> str | None:
    bare, domain = _strip_site_label(host), registrable_domain(host)
    if bare not in _PREFIXES and _is_name_at_hoster(bare):
        return bare
    prefixes = _PREFIXES.get(bare, _PREFIXES.get(domain))
    if prefixes is not None:
        owners = (_find_owner(domain, path, before, names) for before, names in prefixes)
        return next(filter(None, owners), ANYBODY)
    if bare.startswith(_COMMUNITY_HOSTS):
        community = _COMMUNITY.match(path)
        return f"{domain}/{community[1].lower()}" if community else ANYBODY
    return ANYBODY if find_hoster(host) else None


def _strip_site_label(host: str) -> str:
    return next((host.removeprefix(label) for label in _SAME_SITE if host.startswith(label)), host)


def _is_name_at_hoster(host: str) -> bool:
    label, _, rest = host.partition(".")
    hoster = find_hoster(host) or (rest if rest in ("bandcamp.com", "itch.io") else None)
    return hoster not in (None, host) and label not in _NO_NAMES


def _find_owner(domain: str, path: str, before: str, names: int) -> str | None:
    """Return the owner whose ``names`` follow ``before`` in the path, which a language may precede."""
    segments = [segment.lower() for segment in path.split("/") if segment]
    lead = before.split("/") if before else []
    starts = (n for n in range(2 if lead else 1) if segments[n : n + len(lead)] == lead)
    at = next(starts, len(segments)) + len(lead)
    owner = segments[at : at + names]
    if len(owner) < names:
        return None
    if not lead and (owner[0] in _NO_OWNERS or owner[0].isdigit() or len(segments) == 1):
        return None
    return "/".join((domain, *lead, *owner))
