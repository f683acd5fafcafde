"""Taking up what editors decided: articles on which something else counts than before are judged and marked.

decisions that count now, by target ─► compared with those taken up last ─► their articles ─► judged, marked

A decision comes, goes, or ends by itself: it is all the same, and so is a clock that is set back.
"""

import json
from collections.abc import Collection, Sequence
from hashlib import blake2b

from aggregator.curate.editor_decisions import list_hosts
from aggregator.model.ids import is_id
from aggregator.pipeline.publish.decision_corrections import correct_decided
from aggregator.pipeline.publish.judgements import judge_articles
from aggregator.pipeline.site import Site
from aggregator.store import (
    Mark,
    MarkKind,
    Store,
    find_named_articles,
    find_twins,
    mark_articles,
    read_names,
    read_names_about,
    read_note,
)

DECIDED_BY = "decided by"
"""The note in the store with the digest of all decisions that were taken up last."""
DECIDED_TARGETS = "decisions by target"
"""The note with their digests by target."""


def take_up_decisions(site: Site) -> int:
    """Judge and mark the articles on which another decision counts than at the last time; return how many."""
    fresh = dict(site.rules.decisions.digest_by_key(site.now))
    text = json.dumps(fresh, sort_keys=True) if fresh else ""
    digest = blake2b(text.encode(), digest_size=16).hexdigest() if text else ""
    if (read_note(site.store, DECIDED_BY) or "") == digest:
        return 0
    known = json.loads(read_note(site.store, DECIDED_TARGETS) or "{}")
    changed = {key for key in known.keys() | fresh.keys() if known.get(key) != fresh.get(key)}
    named = find_named_articles(site.store, changed)
    twins = find_twins(site.store, set(named.values()))
    article_ids = {*named.values(), *twins, *find_published_by(_select_hosts(changed), site.store)}
    pictured = {article_id for key, article_id in named.items() if key in site.rules.decisions.pictured}
    correct_decided(article_ids, site)
    judge_articles(article_ids, site)
    mark_articles(
        site.store, article_ids, pictured=pictured, values={DECIDED_BY: digest, DECIDED_TARGETS: text}
    )
    return len(article_ids)


def find_published_by(hosts: Collection[str], store: Store) -> set[str]:
    """Return the ids of stored articles whose publisher's domain, or own host, is one of these or below."""
    return {
        names.id
        for host in hosts
        for names in read_names_about(store, host)
        if host in list_hosts(names.canonical_url, names.provider_domain)
    }


def _select_hosts(keys: Collection[str]) -> list[str]:
    return sorted(key for key in keys if "://" not in key and not is_id(key))


def judge_decided(marks: Sequence[Mark], site: Site) -> None:
    """Judge those of the marked articles once more that something is decided on.

    Who stored them may have begun before that was decided, or had ended.
    """
    if not site.rules.decisions:
        return
    marked = {mark.key for mark in marks if mark.kind in (MarkKind.ARTICLE, MarkKind.PLACE)}
    find = site.rules.decisions.find_all
    named = read_names(site.store, marked)
    decided = {n.id for n in named if find(n.id, n.canonical_url, n.provider_domain, n.web_url)}
    judge_articles(decided, site)
