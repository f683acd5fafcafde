"""Which hosts are one service: their requests share one patience. Pure."""

from functools import lru_cache

from aggregator.urls import host_of, registrable_domain

# Where many publish under names of their own on the same servers. The Public Suffix List says so of some,
# but also of registries (``uk.com``) whose names have nothing to do with each other.
_HOSTERS = frozenset({
    "azurestaticapps.net", "azurewebsites.net", "bearblog.dev", "beehiiv.com", "bitbucket.io", "blog.hu",
    "blog.jp", "blogger.com", "blogspot.com", "cargo.site", "cloudfront.net", "codeberg.page",
    "dreamwidth.org", "edgeone.app", "exblog.jp", "fc2.com", "feedburner.com", "firebaseapp.com", "fly.dev",
    "ghost.io", "github.io", "githubusercontent.com", "gitlab.io", "glitch.me", "hashnode.dev",
    "hatenablog.com", "hatenablog.jp", "hatenadiary.com", "hatenadiary.jp", "herokuapp.com", "home.blog",
    "jimdosite.com", "jimdofree.com", "kinsta.cloud", "libsyn.com", "livedoor.blog", "livejournal.com",
    "medium.com", "micro.blog", "myshopify.com", "neocities.org", "netlify.app", "notion.site",
    "onrender.com", "over-blog.com", "overblog.com", "pages.dev", "pantheonsite.io", "podbean.com",
    "prose.sh", "r2.dev", "readthedocs.io", "s3.amazonaws.com", "seesaa.net", "simplecast.com",
    "sourceforge.io",
    "squarespace.com", "substack.com", "surge.sh", "tistory.com", "transistor.fm", "tumblr.com",
    "typepad.com", "vercel.app", "web.app", "webflow.io", "weebly.com", "wixsite.com", "wixstudio.com",
    "wordpress.com", "workers.dev", "wpcomstaging.com", "wpengine.com", "write.as", "writeas.com",
    "youtube.com",
})  # fmt: skip


def find_hoster(host: str) -> str | None:
    """Return the hoster that ``host`` is or is a name under; None where many do not publish there."""
    service = service_of(host)
    return service if service in _HOSTERS else None


def service_of_url(url: str) -> str:
    """Return the service that answers for ``url``, "" where it has no host."""
    return service_of(host_of(url))


@lru_cache(maxsize=16_384)
def service_of(host: str) -> str:
    """Return the name of the service that answers for ``host``: requests to it share one patience.

    That is its registrable domain; for a name under a hoster where everybody has a name of their own
    (``github.io``), the hoster's.
    """
    name = host.lower().rstrip(".")
    labels = name.split(".")
    parents = (".".join(labels[n:]) for n in range(len(labels) - 1))
    return next((parent for parent in parents if parent in _HOSTERS), None) or registrable_domain(name)
