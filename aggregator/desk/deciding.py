"""A decision at the desk: drafted and shown first, and written when that is confirmed."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

from aggregator.config import UsableConfig, digest_files, load_usable_parts
from aggregator.desk.answers import Fields, Redirect, ShownPage
from aggregator.desk.drafts import ShownDraft, ShownDrafts
from aggregator.desk.pages.decisions import show_decide
from aggregator.desk.sessions import DeskSession
from aggregator.desk.site import DeskSite
from aggregator.errors import AggregatorError, ConfigError
from aggregator.model.decisions import URGENT_VERBS
from aggregator.pipeline.editing.decision_preview import DecisionWish, preview_decision
from aggregator.pipeline.editing.decision_times import read_until
from aggregator.pipeline.plan.summary import summarise_plan
from aggregator.pipeline.plan.taken_in import tell_once

FIELDS = ("verb", "target", "value", "topic", "until", "reason", "public_reason")
MOST_SHOWN = 20
"""Items of a feed that are shown of each kind."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deciding:
    """Decisions on a site, and the drafts that wait for a word."""

    site: DeskSite
    drafts: ShownDrafts = field(default_factory=ShownDrafts)

    def preview(self, form: Fields, session: DeskSession) -> ShownPage:
        """Return the page that shows what a decision would do, or the form with why not. Writes nothing."""
        try:
            draft = self._draft(form, session.by)
        except AggregatorError as error:
            values = {"place": "decisions", **show_decide(self.site, form, str(error))}
            return ShownPage(template="decide.html", values=values, status=400)
        return self._show(draft, is_changed=False)

    def confirm(self, form: Fields, session: DeskSession) -> ShownPage | Redirect:
        """Write a decision that was shown, or show it again where the configuration changed meanwhile."""
        draft = self.drafts.take(form.get("draft", ""))
        if draft is None or draft.by != session.by:
            raise AggregatorError("this was written already, or shown too long ago: fill in the form again")
        if digest_files(self.site.folder) != draft.digest:
            return self._show(self._draft(draft.form, session.by), is_changed=True)
        draft.preview.write(self.site.store)
        return Redirect(page="decisions", said=draft.preview.describe_next())

    def _draft(self, form: Fields, by: str) -> ShownDraft:
        now, digest = self.site.read_time(), digest_files(self.site.folder)
        given = {name: form.get(name, "").strip() or None for name in FIELDS}
        verb, target, reason = given["verb"] or "", given["target"], given["reason"]
        if not target or not reason:
            raise AggregatorError("a decision needs what it is on, and why")
        wish = DecisionWish(
            verb=verb, target=target, value=given["value"], topic=given["topic"],
            until=read_until(given["until"], now, called="until"), reason=reason,
            public_reason=given["public_reason"], by=by,
        )  # fmt: skip
        preview = preview_decision(wish, self._read_config(verb), store=self.site.store, now=now)
        return ShownDraft(preview=preview, form=dict(_keep_fields(form)), digest=digest, by=by)

    def _read_config(self, verb: str) -> UsableConfig:
        """Return the configuration in the files; for what is urgent, beside problems, that in force."""
        config, problems = load_usable_parts(self.site.folder, os.environ)
        if not problems:
            return UsableConfig(config)
        if verb not in URGENT_VERBS:
            raise ConfigError(problems)
        return UsableConfig(self.site.config, problems)

    def _show(self, draft: ShownDraft, *, is_changed: bool) -> ShownPage:
        preview = draft.preview
        before, after = preview.list_texts()
        values = {
            "place": "decisions",
            "now": preview.now,
            "preview": preview,
            "draft": self.drafts.keep(draft),
            "again": urlencode(draft.form),
            "changed": is_changed,
            "before": before,
            "after": after,
            "summary": summarise_plan(preview.plan),
            "feeds": list(map(tell_once, preview.plan.feeds)),
            "wait": preview.describe_wait(),
            "earlier": preview.describe_earlier(),
            "most": MOST_SHOWN,
        }
        return ShownPage(template="preview.html", values=values)


def _keep_fields(form: Fields) -> Iterator[tuple[str, str]]:
    return ((name, form[name]) for name in FIELDS if form.get(name, "").strip())
