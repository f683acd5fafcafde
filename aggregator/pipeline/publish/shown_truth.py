"""What pages of topics tell of how often this site's stories are right, where the operator wants that.

It is measured anew where questions or answers came, and once a day, as those of long ago count no more; the
pages are written again where that makes it say something else.
"""

import json
import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from aggregator.model import Stratum
from aggregator.pipeline.publish.feed_places import list_topic_ids
from aggregator.pipeline.publish.program import digest_program
from aggregator.pipeline.site import Site
from aggregator.pipeline.story_truth.answers import ASKED_DAYS, read_answered
from aggregator.rules import Rules
from aggregator.store import MarkKind, Store, finish_marks, read_marks, read_note, save_marks, write_note
from aggregator.stories.truth import LEAST_ANSWERS, AnsweredPair, Estimate, count_answers, estimate_truth

TOLD = "told truth"
"""The note in the store with what pages tell, and what that was measured for."""
_AT_ONCE = 10_000


def describe_truth(pairs: Sequence[AnsweredPair], strata: Iterable[Stratum]) -> str:
    """Return in words what answers say of how often stories are right, "" where they are too few."""
    found = estimate_truth(pairs, strata)
    if found.precision is None or count_answers(pairs, is_together=True) < LEAST_ANSWERS:
        return ""
    asked = f"People judged {len(pairs)} pairs of this site’s articles in the last {ASKED_DAYS} days."
    right = f"of pairs shown as one story {_format(found.precision, '95 % interval: ')} tell of one event"
    if found.recall is None or count_answers(pairs, is_together=False) < LEAST_ANSWERS:
        return f"{asked} By that, {right}."
    return (
        f"{asked} By that, {right}, and of pairs on one event {_format(found.recall)} are shown as one story."
    )


def settle_truth(site: Site) -> None:
    """Measure what pages are to tell where it may be something else, and mark them where it is."""
    marks = read_marks(site.store, MarkKind.TRUTH, now=site.now, limit=_AT_ONCE)
    is_shown = site.rules.site.show_story_truth
    measured_for = f"{site.now.date()} {digest_program()}" if is_shown else ""
    known_for, known = _read_note(site.store)
    if marks or measured_for != known_for:
        told = _measure(site.store, site.now) if is_shown else ""
        if told != known:  # before the note, so that who is killed in between does so again
            save_marks(site.store, MarkKind.TOPIC, list_topic_ids(site.rules))
            save_marks(site.store, MarkKind.SITE, [""])
        write_note(site.store, TOLD, json.dumps([measured_for, told]))
        finish_marks(site.store, marks)


def read_shown_truth(rules: Rules, store: Store) -> str:
    """Return what pages tell of how often stories are right, "" for nothing."""
    return _read_note(store)[1] if rules.site.show_story_truth else ""


def forget_shown_truth(store: Store) -> None:
    """Have it measured anew."""
    write_note(store, TOLD, "")


def _read_note(store: Store) -> tuple[str, str]:
    measured_for, told = json.loads(read_note(store, TOLD) or '["", ""]')
    return measured_for, told


def _measure(store: Store, now: datetime) -> str:
    # From the beginning of a day, so that what is told moves at most once a day where nobody answers.
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    pairs, strata, _ = read_answered(store, since=midnight - timedelta(days=ASKED_DAYS), topic="")
    return describe_truth(pairs, strata)


def _format(estimate: Estimate, of: str = "") -> str:
    """Return an estimate in whole per cent, its interval no narrower than it is."""
    low, high = math.floor(100 * estimate.low), math.ceil(100 * estimate.high)
    return f"{round(100 * estimate.value)} % ({of}{low}–{high} %)".replace(" %", "\u00a0%")
