"""The first half of a publication: what changed, of rules and of articles, takes its places in feeds."""

from aggregator.pipeline.config_in_force import note_in_force
from aggregator.pipeline.publish.arrangement import OnPlaced, arrange_feeds
from aggregator.pipeline.publish.clock_steps import follow_clock
from aggregator.pipeline.publish.decision_changes import take_up_decisions
from aggregator.pipeline.publish.judgements import judge_again
from aggregator.pipeline.publish.rule_changes import take_up_rules
from aggregator.pipeline.publish.story_choices import take_up_choices
from aggregator.pipeline.site import Site


def take_up_changes(site: Site, *, on_placed: OnPlaced = lambda _: None, is_trial: bool = False) -> bool:
    """Have the feeds hold what they are to show ``now`` by these rules; tell whether the rules had changed.

    It touches no file. A trial does so for feeds alone: ``judge_again`` says what it leaves out.
    """
    judge_again(site, is_trial=is_trial)
    take_up_decisions(site)
    take_up_choices(site)
    has_changed = take_up_rules(site.rules, site.store)
    note_in_force(site.rules, site.store)
    follow_clock(site)
    arrange_feeds(site, on_placed=on_placed)
    return has_changed
