"""The whole tree made anew from what is stored, as if nothing had been published before."""

from datetime import datetime

from aggregator.pipeline.publish.decision_changes import take_up_decisions
from aggregator.pipeline.publish.judgements import judge_again
from aggregator.pipeline.publish.monograms import remove_all_unused_monograms
from aggregator.pipeline.publish.publication import Publication, publish
from aggregator.pipeline.publish.rule_changes import remake_everything
from aggregator.pipeline.publish.story_choices import take_up_choices
from aggregator.rules import Rules
from aggregator.store import Store


def rebuild(*, rules: Rules, store: Store, now: datetime) -> Publication:
    """Forget what is derived from what is stored, and write the tree anew; files with equal bytes stay.

    Killed in between, the next publication goes on. Raises PublishError where the folder cannot be used.
    """
    judge_again(rules, store, now)
    take_up_decisions(rules, store, now)
    take_up_choices(rules, store, now)
    remake_everything(rules, store)
    done = publish(rules=rules, store=store, now=now)
    remove_all_unused_monograms(rules=rules, store=store)
    return done
