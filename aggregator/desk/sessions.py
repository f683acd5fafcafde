"""Who is signed in: kept in memory, so that a restart signs everybody out."""

import hmac
import secrets
from dataclasses import dataclass, field

LASTS_S = 12 * 3600.0
MOST = 50
"""Sessions at a time; another one ends the oldest."""


@dataclass(kw_only=True, slots=True)
class DeskSession:
    """One who signed in as ``by``; each form carries ``form_key``, and ``ends_at_s`` is the end.

    ``said`` is what the next page is to say of what was done, "" for nothing.
    """

    by: str
    form_key: str
    ends_at_s: float
    said: str = ""


@dataclass(kw_only=True, slots=True)
class DeskSessions:
    """The sessions by a digest of their cookie, made with a key of this process; times are of one clock."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    kept: dict[bytes, DeskSession] = field(default_factory=dict, repr=False)

    def begin(self, by: str, now_s: float) -> str:
        """Begin a session, and return its cookie."""
        cookie = secrets.token_urlsafe(32)
        self.kept = {digest: one for digest, one in self.kept.items() if now_s < one.ends_at_s}
        while len(self.kept) >= MOST:
            del self.kept[next(iter(self.kept))]
        session = DeskSession(by=by, form_key=secrets.token_urlsafe(32), ends_at_s=now_s + LASTS_S)
        self.kept[self._digest(cookie)] = session
        return cookie

    def find(self, cookie: str, now_s: float) -> DeskSession | None:
        """Return the session of a cookie, None where there is none or it has ended."""
        session = self.kept.get(self._digest(cookie))
        return session if session is not None and now_s < session.ends_at_s else None

    def end(self, cookie: str) -> None:
        """End a session, whatever cookie somebody has kept."""
        self.kept.pop(self._digest(cookie), None)

    def make_form_key(self, now_s: float) -> str:
        """Return what a form for those who are not signed in carries; it lasts as long as a session."""
        until = f"{now_s + LASTS_S:.0f}"
        return f"{until}.{self._digest(f'form {until}').hex()}"

    def knows_form_key(self, form_key: str, now_s: float) -> bool:
        """Tell whether such a form was made here, and not too long ago."""
        until, _, digest = form_key.partition(".")
        is_ours = hmac.compare_digest(self._digest(f"form {until}").hex().encode(), digest.encode())
        return is_ours and now_s < float(until)

    def _digest(self, text: str) -> bytes:
        return hmac.digest(self.key, text.encode(), "sha256")


def is_same(given: str, wanted: bytes) -> bool:
    """Tell whether a text is the one that is wanted, in a time that says nothing about it."""
    key = secrets.token_bytes(32)  # digests are of one length, whatever is given
    return hmac.compare_digest(hmac.digest(key, given.encode(), "sha256"), hmac.digest(key, wanted, "sha256"))
