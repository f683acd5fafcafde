"""The whole tree made anew from what is stored, as if nothing had been published before."""

from aggregator.pipeline.publish.decision_changes import take_up_decisions
from aggregator.pipeline.publish.judgements import judge_again
from aggregator.pipeline.publish.monograms import remove_all_unused_monograms
from aggregator.pipeline.publish.publication import Publication, publish
from aggregator.pipeline.publish.rule_changes import remake_everything
from aggregator.pipeline.publish.story_choices import take_up_choices
from aggregator.pipeline.site import Site


def rebuild(site: Site) -> Publication:
    """Forget what is derived from what is stored, and write the tree anew; files with equal bytes stay.

    Killed in between, the next publication goes on. Raises PublishError where the folder cannot be used.
    """
    judge_again(site)
    take_up_decisions(site)
    take_up_choices(site)
    remake_everything(site.rules, site.store)
    done = publish(site)
    remove_all_unused_monograms(rules=site.rules, store=site.store)
    return done
