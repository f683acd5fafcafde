"""Judging again what is stored, where the rules have changed since."""

from collections.abc import Sequence

from aggregator.model import Article
from aggregator.rules import Rules, has_changed
from aggregator.store import (
    Edit,
    Store,
    read_article_batches,
    read_carriers,
    read_note,
    read_stored_articles,
    save_edits,
    write_note,
)

JUDGED_BY = "judged by"
"""The note in the store with the digest of the rules that everything was judged by."""


def judge_again(rules: Rules, store: Store) -> None:
    """Apply changed rules to what is stored, once, in batches that are each safe to kill after.

    What was edited since it was read is read and judged once more. Until all are done, none are noted to be
    judged by these rules, nor by those before.
    """
    noted = read_note(store, JUDGED_BY)
    if noted == rules.digest:
        return
    if noted:
        write_note(store, JUDGED_BY, "")
    for batch in read_article_batches(store):
        unsaved = batch
        while unsaved:
            unsaved = read_stored_articles(store, save_edits(store, _judge(unsaved, rules, store)))
    write_note(store, JUDGED_BY, rules.digest)


def _judge(articles: Sequence[Article], rules: Rules, store: Store) -> list[Edit]:
    carriers = read_carriers(store, [article.id for article in articles])
    edits = (
        Edit(before=article, after=rules.judge_again(article, own), carriers=own)
        for article in articles
        for own in [carriers.get(article.id, ())]
    )
    return [edit for edit in edits if has_changed(edit.before, edit.after)]
