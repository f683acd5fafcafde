"""A decision that is drafted, as lines and as JSON."""

import json
from collections.abc import Iterator
from typing import Any

from aggregator.cli.editing.plan_report import describe_plan, report_plan
from aggregator.pipeline.editing.decision_preview import DecisionPreview
from aggregator.text import clean_cell


def describe_preview(preview: DecisionPreview) -> Iterator[str]:
    """Yield lines on what is decided on, on what it is to be, and on the feeds."""
    yield from preview.subject.lines
    if preview.other:
        yield f"the other story: {preview.other.lines[0]}"
    before, after = preview.list_texts()
    if before != after:
        yield clean_cell(f"- {before}")
        yield clean_cell(f"+ {after}")
    if preview.idle:
        yield clean_cell(f"it changes nothing now: {preview.idle}")
    if preview.markup:
        yield clean_cell(f"warning: {preview.markup}")
    yield from describe_plan(preview.plan)
    wait = preview.describe_wait()
    if wait:
        yield wait
    earlier = preview.describe_earlier()
    if earlier:
        yield f"{earlier} (`aggregator plan` shows all)"


def report_preview(preview: DecisionPreview, *, is_written: bool) -> dict[str, Any]:
    """Return all of it for other programs."""
    before, after = preview.list_texts()
    subject = preview.subject
    return {
        **preview.entry,
        "verb": preview.verb.value,
        "file": str(preview.draft.file),
        "is_written": is_written,
        "title": subject.article.title if subject.article else "",
        "feeds": list(subject.feeds),
        "before": before,
        "after": after,
        "changes_nothing_because": preview.idle,
        "waits": preview.describe_wait() or None,
        "warning": preview.markup,
        "earlier_not_taken_up": preview.earlier,
        "plan": json.loads(report_plan(preview.plan)),
    }
