"""A second opinion near the threshold: when it is asked, what it decides, and the model that gives it."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.config import Config
from aggregator.errors import AggregatorError
from aggregator.pipeline.grouping import StoryDesk
from aggregator.rules import Rules
from aggregator.store import open_store, read_source_state, read_story_ids
from aggregator.stories import Thresholds, get_dense_model
from aggregator.stories.grouper import Grouper
from tests.builders import NOW, article, inserting, newcomer, provider, source
from tests.empty_store import put_empty_store

FIRST = "Ferry sinks off Kestrel Island"
SECOND = "Passenger ferry capsizes near Kestrel Island, dozens missing"
SURE, UNSURE, AGAINST = 0.9, 0.6, 0.1
NEARLY, JUST, CLEARLY, FAR = 0.85, 1.15, 1.6, 0.6
NEVER = 1.0


class Fixed:
    """An opinion that is always the same, and remembers what it was asked."""

    def __init__(self, likeness):
        self.given = likeness
        self.asked = []

    def likeness(self, article_text, story_texts):
        self.asked.append((article_text, tuple(story_texts)))
        return self.given


def share_thresholds(share, **changes):
    """Thresholds by which the second title scores ``share`` times what joining the first one needs."""
    plain = Grouper()
    plain.place(newcomer(1, FIRST))
    score = plain.place(newcomer(2, SECOND)).score
    assert score < 1, "the two titles are one story by the default thresholds"
    return Thresholds(join=score / share, **changes)


def together(thresholds, opinion):
    grouper = Grouper(thresholds, opinion)
    grouper.place(newcomer(1, FIRST))
    return grouper.place(newcomer(2, SECOND)).story.size == 2


@pytest.mark.parametrize(
    ("share", "likeness", "is_one"),
    [
        (NEARLY, SURE, True),
        (NEARLY, UNSURE, False),
        (NEARLY, AGAINST, False),
        (JUST, SURE, True),
        (JUST, UNSURE, True),
        (JUST, AGAINST, False),
    ],
)
def test_an_opinion_that_is_sure_overrules_the_score(share, likeness, is_one):
    """Near the threshold a sure opinion joins what scores too little and refuses what scores just enough."""
    opinion = Fixed(likeness)
    assert together(share_thresholds(share, merge=NEVER), opinion) is is_one
    assert opinion.asked == [(SECOND, (FIRST,))]


@pytest.mark.parametrize(("share", "likeness", "is_one"), [(CLEARLY, AGAINST, True), (FAR, SURE, False)])
def test_a_clear_score_needs_no_opinion(share, likeness, is_one):
    """Candidates well above and well below the threshold are decided without asking."""
    opinion = Fixed(likeness)
    assert together(share_thresholds(share, merge=NEVER), opinion) is is_one
    assert opinion.asked == []


def test_a_refused_story_is_not_merged_with_the_article():
    """A story that the opinion keeps an article from does not come to it by merging instead."""
    thresholds = share_thresholds(JUST, merge=0.05)
    assert together(thresholds, None)
    assert not together(thresholds, Fixed(AGAINST))


def test_the_opinion_sees_excerpts_too():
    """What is compared are titles with their excerpts."""
    opinion = Fixed(UNSURE)
    grouper = Grouper(Thresholds(join_excerpt=0.6), opinion)
    grouper.place(newcomer(1, FIRST, "The ferry went down at night."))
    grouper.place(newcomer(2, SECOND, "The ferry went down in a storm at night."))
    asked, (known,) = opinion.asked[0]
    assert asked == f"{SECOND}\nThe ferry went down in a storm at night."
    assert known == f"{FIRST}\nThe ferry went down at night."


def test_texts_are_forgotten_with_their_stories():
    """Texts are kept for as long as their story can be joined or linked."""
    grouper = Grouper(second_opinion=Fixed(UNSURE))
    grouper.place(newcomer(1, FIRST))
    assert set(grouper._reviewer.texts) == {"id-1"}
    grouper.place(newcomer(2, SECOND, published_at=NOW + timedelta(days=60)))
    assert set(grouper._reviewer.texts) == {"id-2"}


def test_a_restored_grouper_asks_about_stored_texts(tmp_path):
    """After a restart the opinion is asked about the texts of the articles that are stored."""
    opinion = Fixed(AGAINST)
    rules = replace(Rules.of(Config.default(), {}), thresholds=share_thresholds(JUST), second_opinion=opinion)
    with open_store(put_empty_store(tmp_path / "aggregator.db")) as store:
        store.sync_sources([source()], now=NOW)
        for number, title in ((1, FIRST), (2, SECOND)):
            at, by = NOW + timedelta(minutes=number), provider(f"paper-{number}.example")
            one = article(number, at=at, provider=by, title=title)
            store.save_poll(read_source_state(store, "daily"), [one], inserting(one))
            assert StoryDesk().group(rules=rules, store=store, now=NOW) == 1
        stories = read_story_ids(store, ["id-1", "id-2"])
    assert opinion.asked == [(SECOND, (FIRST,))]
    assert stories["id-1"] != stories["id-2"]


def test_the_extra_is_named_where_it_is_missing(tmp_path, monkeypatch):
    """A model without the extra that runs it says what to install."""
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    (tmp_path / "modules.json").write_text("[]")
    with pytest.raises(AggregatorError, match=r"stories\.dense_model.*pip install 'aggregator\[dense\]'"):
        get_dense_model(str(tmp_path))


def test_a_folder_without_a_model_is_named(tmp_path):
    """A folder that is missing, or has no model, is named together with the setting."""
    folder = tmp_path / "none"
    config = Config.default()
    stories = config.settings.stories.model_copy(update={"dense_model": str(folder)})
    config = replace(config, settings=config.settings.model_copy(update={"stories": stories}))
    with pytest.raises(AggregatorError, match=r"stories\.dense_model: .*none has no modules\.json"):
        Rules.of(config, {})


def test_nothing_of_the_extra_is_imported_by_default():
    """Without a model in the settings there is no opinion, and no library for one is loaded."""
    assert Rules.of(Config.default(), {}).second_opinion is None
    code = (
        "import sys, aggregator.cli.run, aggregator.cli.story_evaluate; "
        "sys.exit(str({'torch', 'transformers', 'sentence_transformers'} & sys.modules.keys() or ''))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""


VOCABULARY = {
    "[UNK]": (0.0, 0.0, 0.0),
    "quake": (1.0, 0.1, 0.0),
    "tremor": (1.0, 0.0, 0.1),
    "hits": (0.1, 0.1, 0.1),
    "shakes": (0.1, 0.1, 0.1),
    "budget": (0.0, 1.0, 0.0),
}


@pytest.fixture
def model_folder(tmp_path):
    """A sentence-transformers model of six words and three dimensions."""
    pytest.importorskip("sentence_transformers", reason="the extra aggregator[dense] is not installed")
    import numpy as np
    from safetensors.numpy import save_file
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.normalizers import Lowercase
    from tokenizers.pre_tokenizers import Whitespace

    tokenizer = Tokenizer(WordLevel({word: i for i, word in enumerate(VOCABULARY)}, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = Lowercase(), Whitespace()
    part = tmp_path / "0_StaticEmbedding"
    part.mkdir()
    tokenizer.save(str(part / "tokenizer.json"))
    weights = np.array(list(VOCABULARY.values()), dtype=np.float32)
    save_file({"embedding.weight": weights}, part / "model.safetensors")
    kind = "sentence_transformers.models.StaticEmbedding"
    modules = [{"idx": 0, "name": "0", "path": part.name, "type": kind}]
    (tmp_path / "modules.json").write_text(json.dumps(modules))
    return tmp_path


@pytest.mark.filterwarnings("default")  # the libraries' own, at import
def test_a_real_model_tells_likeness(model_folder):
    """Words of one meaning are alike, words of another are not, and an unknown one is like nothing."""
    model = get_dense_model(str(model_folder))
    assert model.likeness("Tremor shakes", ["Quake hits", "quake"]) > 0.95
    assert model.likeness("Budget", ["Quake hits", "quake"]) < 0.3
    assert model.likeness("Tremor", ["xyzzy"]) == 0
    assert model is get_dense_model(str(model_folder))


@pytest.mark.filterwarnings("default")  # the libraries' own, at import
def test_a_broken_model_is_named(model_folder):
    """A folder whose model cannot be loaded is named with the reason."""
    (model_folder / "0_StaticEmbedding" / "tokenizer.json").write_text("{")
    with pytest.raises(AggregatorError, match=r"stories\.dense_model: .* cannot be loaded: "):
        get_dense_model(str(model_folder)).likeness("Quake", ["Tremor"])
