"""The frozen records that stages hand to each other.

Times are aware UTC ``datetime`` and end in ``_at``; durations are ``timedelta``; sizes end in
``_bytes``. ``None`` always means "not stated"; an empty tuple means "none".
"""

from aggregator.model.articles import (
    PUBLISHED_QUALITY,
    Article,
    DocumentProblem,
    Enclosure,
    Entry,
    Image,
    ParsedFeed,
    Provider,
    Topic,
)
from aggregator.model.disappearances import WITHDRAWN, Disappearance, DisappearanceKind, PageState, Proposal
from aggregator.model.fetched import Fetched
from aggregator.model.ids import make_article_id, make_id
from aggregator.model.limits import UNLIMITED, KeptOut, LimitedItem, QuietHours, TopicLimits
from aggregator.model.pushes import Announcement, HubPing, Mode, Push, Subscription
from aggregator.model.revision import create, create_from, revise
from aggregator.model.sources import WATCHED_ENTRIES, Changes, Joined, Known, Sighting, Source
from aggregator.model.states import Asks, Outcome, PastPoll, PollAnswered, SourceState, Tally
from aggregator.model.stories import Grouping, Member, Story, pair_of
from aggregator.model.story_answers import (
    APART,
    TOGETHER,
    AnswerKind,
    StoryAnswer,
    StoryQuestion,
    Stratum,
)
from aggregator.model.wishes import NO_WISHES, PictureWish, Wishes

revised, made = revise, create_from  # their names until now, for programs that import them

__all__ = [
    "APART",
    "NO_WISHES",
    "PUBLISHED_QUALITY",
    "TOGETHER",
    "UNLIMITED",
    "WATCHED_ENTRIES",
    "WITHDRAWN",
    "Announcement",
    "AnswerKind",
    "Article",
    "Asks",
    "Changes",
    "Disappearance",
    "DisappearanceKind",
    "DocumentProblem",
    "Enclosure",
    "Entry",
    "Fetched",
    "Grouping",
    "HubPing",
    "Image",
    "Joined",
    "KeptOut",
    "Known",
    "LimitedItem",
    "Member",
    "Mode",
    "Outcome",
    "PageState",
    "ParsedFeed",
    "PastPoll",
    "PictureWish",
    "PollAnswered",
    "Proposal",
    "Provider",
    "Push",
    "QuietHours",
    "Sighting",
    "Source",
    "SourceState",
    "Story",
    "StoryAnswer",
    "StoryQuestion",
    "Stratum",
    "Subscription",
    "Tally",
    "Topic",
    "TopicLimits",
    "Wishes",
    "create",
    "create_from",
    "make_article_id",
    "make_id",
    "pair_of",
    "revise",
]
