"""Anchors that are part of what an address names: a comment is no part of the post that it stands under."""

import re

_COMMENT = re.compile(
    r"(?:[a-z]{0,20}[ck]omm?ent(?:o|aire|[aá]rio|ario|arz|ar|[aá]ř|aar)?|reactie|respuesta|antwort|reply|note|forum"
    r"|change|discussion_r|pullrequestreview|msg|pid)[-_:=]?(?=[a-f]{0,40}\d)[\da-f]{1,40}|c\d{1,20}",
    re.IGNORECASE,
)


def is_comment_anchor(fragment: str) -> bool:
    """Tell whether the fragment of an address is that of one comment, as blogs and trackers name it."""
    return _COMMENT.fullmatch(fragment) is not None
