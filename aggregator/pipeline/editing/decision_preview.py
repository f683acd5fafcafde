"""What a decision would do, before it is written: to the article, and in which feeds."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from aggregator.config import Config, UsableConfig
from aggregator.config.checks.decision_markup import describe_markup
from aggregator.config.checks.problems import show, suggest
from aggregator.config.edits.decision_edits import DecisionDraft, draft_decision, save_decision
from aggregator.config.files.decision_files import KEY, TAKEDOWNS
from aggregator.curate.editor_decisions import ArticleDecisions, apply_to_texts, find_last
from aggregator.errors import AggregatorError
from aggregator.model import Article
from aggregator.model.decisions import PAIR_VERBS, URGENT_VERBS, Verb
from aggregator.pipeline.config_in_force import approve, is_in_force, read_in_force
from aggregator.pipeline.decision_targets import find_idle_decisions
from aggregator.pipeline.editing.decision_subject import Subject, describe_article, find_subject
from aggregator.pipeline.editing.decision_times import name_decision
from aggregator.pipeline.explanation.waits import describe_waits, read_waits
from aggregator.pipeline.plan import FeedPlan, OnStep, make_plan
from aggregator.pipeline.site import Site
from aggregator.pipeline.story_wishes import name_others
from aggregator.rules import Rules
from aggregator.store import ALL, Store, read_former_sources

_VERBS = tuple(verb.value for verb in Verb)
_SHOWN = {Verb.RETITLE: "title", Verb.RE_EXCERPT: "excerpt"}


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionWish:
    """What somebody wants to decide, as they write it, in the order of the keys of the files."""

    verb: str
    target: str
    value: str | None = None
    topic: str | None = None
    until: str | None = None
    reason: str
    public_reason: str | None = None
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionPreview:
    """A decision that is drafted: its ``subject`` now, and the ``plan`` of it alone.

    ``other`` is what a verb on two stories names besides. ``idle`` is why it would change nothing, None where
    it does. ``waits`` is what the article waits for without it and with it, in words. It ``is_alone`` where
    no other change of the configuration waits to be taken up; so many ``earlier`` decisions do. Where the
    files have ``problems``, the configuration is the one in force.
    """

    entry: Mapping[str, str | int]
    draft: DecisionDraft
    subject: Subject
    other: Subject | None
    plan: FeedPlan
    idle: str | None
    waits: tuple[str, str]
    is_alone: bool
    earlier: int
    now: datetime
    problems: tuple[str, ...]

    @property
    def markup(self) -> str | None:
        """What readers see of tags in it, None where there are none."""
        own = next((one for one in self.draft.config.decisions if one.id == self.entry["id"]), None)
        return describe_markup(own) if own else None

    @property
    def verb(self) -> Verb:
        """What is decided."""
        return Verb(str(self.entry.get("verb", Verb.TAKEDOWN)))

    def describe_earlier(self) -> str:
        """Return how many decisions the preview is without, in a sentence; "" for none."""
        if not self.earlier:
            return ""
        what = "1 earlier decision is" if self.earlier == 1 else f"{self.earlier} earlier decisions are"
        return f"{what} not taken up yet: this is without what they change"

    def list_texts(self) -> tuple[str, str]:
        """Return what is shown of the article that is decided on, as it is and as it would be."""
        before, verb = self.subject.article, self.verb
        if before is None:
            return "", ""
        if verb is Verb.HOLD_UNTIL:
            return self.waits
        decided = ArticleDecisions(self.draft.config.decisions).of(before, self.now)
        after = apply_to_texts(before, decided)
        if verb in _SHOWN:
            return getattr(before, _SHOWN[verb]) or "", getattr(after, _SHOWN[verb]) or ""
        if verb in (Verb.CORRECT, Verb.PICTURE):
            last = find_last(decided, verb)
            return "", f"{'correction' if verb is Verb.CORRECT else 'picture'}: {last.value if last else ''}"
        return "", ""

    def describe_wait(self) -> str:
        """Return what an article waits for before feeds show it, in a sentence; "" where they do."""
        _, waits = self.waits
        is_told = self.plan.feeds or self.verb is Verb.HOLD_UNTIL or waits in ("", describe_waits(()))
        return "" if is_told else f"{waits}: feeds show it, as this has it, from then on"

    def write(self, store: Store) -> None:
        """Write the decision; where nothing else waits, a service takes it up whatever it changes."""
        save_decision(self.draft)
        if self.is_alone:
            approve(self.draft.config, store)

    def describe_next(self) -> str:
        """Return what happens next, in a sentence."""
        written = f"{self.draft.file}: {self.entry['id']} written"
        soon = f"{written}; a running service takes it up within seconds, else `aggregator publish` does"
        if self.is_alone:
            return soon
        if self.problems:
            return f"{soon}, by itself: the files are left aside until their problems are mended"
        if self.verb in URGENT_VERBS:  # goes ahead of what waits
            return f"{soon}, with the other changes that are not taken up yet: `aggregator plan` shows all"
        return f"{written}; other changes that are not taken up yet go with it: `aggregator plan` shows all"


def preview_decision(
    wish: DecisionWish,
    usable: UsableConfig,
    *,
    store: Store,
    now: datetime,
    on_step: OnStep = lambda _: None,
) -> DecisionPreview:
    """Return the preview of what is wished for; raises AggregatorError where it cannot be decided.

    Where the files have problems, the verb is urgent. ``on_step`` is called with each step of its plan.
    """
    config = usable.config
    verb = _check(wish, config)
    subject = find_subject(verb, wish.target, store, config.decisions)
    value = name_others(verb, subject.target, wish.value, store, config.decisions)
    entry = _make_entry(name_decision(now), replace(wish, target=subject.target, value=value), now)
    key = TAKEDOWNS if verb is Verb.TAKEDOWN else KEY
    draft = draft_decision(usable, f"{now:%Y-%m}", entry, key=key, comment=subject.comment)
    site = Site(rules=Rules.of(draft.config, read_former_sources(store)), store=store, now=now)
    waits = _describe_waits(subject.article, site, config)
    return DecisionPreview(
        entry=entry,
        draft=draft,
        subject=subject,
        other=describe_article(value, store, ()) if verb in PAIR_VERBS and value else None,
        plan=make_plan(
            config.settings.database_url, before=config, after=draft.config, now=now, on_step=on_step
        ),
        idle=_find_idle(site, draft.config, entry["id"]) if waits[0] == waits[1] else None,
        waits=waits,
        is_alone=not usable.problems and is_in_force(config, store),
        earlier=_count_earlier(config, store),
        now=now,
        problems=usable.problems,
    )


def _check(wish: DecisionWish, config: Config) -> Verb:
    """Return what is to be done; raises AggregatorError where something is no verb, no topic or missing."""
    if wish.verb not in _VERBS:
        allowed = ", ".join(_VERBS)
        raise AggregatorError(f"{show(wish.verb)} is no verb{suggest(wish.verb, _VERBS)} allowed: {allowed}")
    verb = Verb(wish.verb)
    if verb is Verb.PIN:
        _check_topic(wish.topic, "pin needs a topic with --topic", [ALL], config)
        if not wish.until:
            raise AggregatorError("a pin needs the time when it ends, with --until, such as 3d or tomorrow")
    if verb in (Verb.ADD_TOPIC, Verb.REMOVE_TOPIC):
        _check_topic(wish.value, f"{verb} needs a topic", [], config)
    return verb


def _check_topic(name: str | None, missing: str, others: Sequence[str], config: Config) -> None:
    known = [topic.id for topic in config.topics]
    allowed = [*others, *known]
    if name is None:
        raise AggregatorError(f"{missing}, allowed: {', '.join(allowed)}")
    if name not in allowed:
        advice = f"{suggest(name, known)} allowed: {', '.join(allowed)}"
        raise AggregatorError(f"there is no topic {show(name)}{advice}")


def _make_entry(id_: str, wish: DecisionWish, now: datetime) -> dict[str, str | int]:
    given: dict[str, str | int] = {key: value for key, value in asdict(wish).items() if value is not None}
    if wish.verb == Verb.TAKEDOWN:  # has a list of its own
        del given["verb"]
    if wish.verb == Verb.QUALITY and re.fullmatch(r"[+-]?\d+", wish.value or "", re.ASCII):
        given["value"] = int(wish.value or 0)
    return {"id": id_, **given, "at": now.replace(microsecond=0).isoformat()}


def _count_earlier(config: Config, store: Store) -> int:
    """Return how many decisions of the files as they are were added, changed or removed unnoticed so far."""
    in_force = read_in_force(store, like=config, environ=os.environ)
    if in_force is None:
        return 0
    return len({one.id for one in {*config.decisions} ^ {*in_force.decisions}})


def _find_idle(site: Site, drafted: Config, id_: object) -> str | None:
    asked = [one for one in drafted.decisions if one.id == id_]
    found = find_idle_decisions(asked, site)
    return next((one.idle.why for one in found), None)


def _describe_waits(article: Article | None, site: Site, before: Config) -> tuple[str, str]:
    """Return what an article waits for by the decisions of ``before``, and by those of the site."""
    if article is None:
        return "", ""
    undecided = replace(site, rules=replace(site.rules, decisions=ArticleDecisions(before.decisions)))
    was, is_ = (describe_waits(read_waits(article, one)) for one in (undecided, site))
    return was, is_
