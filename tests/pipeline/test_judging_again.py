"""Changed rules judge again what they can judge otherwise, and leave the rest alone."""

from dataclasses import replace

import pytest

from aggregator.config import Config, Settings
from aggregator.model.curation import EditorRule, Effects
from aggregator.pipeline.publish.judgements import judge_again
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.store import find_article, open_store, read_stored_articles, save_edits
from aggregator.store.articles.articles import Edit
from tests.builders import NOW, article, insert_articles, source

DROP = EditorRule(id="no-river", when=('title.contains("river")',), then=Effects(drop=True))


@pytest.fixture
def judged(tmp_path):
    """A store with two articles, and the configuration that judged them."""
    config = Config(folder=tmp_path, settings=Settings(), sources=(source(),), topics=())
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        insert_articles(store, [article(1, id="a", title="The river"), article(2, id="b", title="The sea")])
        judge_again(Site(rules=Rules.of(config, {}), store=store, now=NOW))
        yield config, store


def forge(store, quality):
    """Give all articles a quality that no rules gave them."""
    stored = read_stored_articles(store, ["a", "b"])
    edits = [Edit(before=one, after=replace(one, quality=quality), carriers=("daily",)) for one in stored]
    assert save_edits(store, edits) == ()


def read_qualities(store):
    """Return the quality of both articles."""
    return [find_article(store, id_).quality for id_ in ("a", "b")]


@pytest.mark.parametrize(("is_former_known", "expected"), [(True, [0, 99]), (False, [0, 42])])
def test_articles_out_of_reach_keep_their_judgement(judged, is_former_known, expected):
    """Where it is known what judged before, that is: else everything is judged."""
    config, store = judged
    forge(store, 99)
    former = Rules.of(config, {}).judging if is_former_known else None
    judge_again(Site(rules=Rules.of(replace(config, rules=(DROP,)), {}, former=former), store=store, now=NOW))
    assert read_qualities(store) == expected


def test_rules_that_did_not_judge_last_do_not_count(judged):
    """Others judged between, as where a command published: everything is judged."""
    config, store = judged
    other = replace(config, sources=(replace(config.sources[0], weight=1),))
    forge(store, 99)
    judge_again(
        Site(
            rules=Rules.of(replace(config, rules=(DROP,)), {}, former=Rules.of(other, {}).judging),
            store=store,
            now=NOW,
        )
    )
    assert 99 not in read_qualities(store)
