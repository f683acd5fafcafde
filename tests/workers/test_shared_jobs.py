"""How the table of jobs is shared out among workers."""

import pytest
from croniter import croniter

from aggregator.service.job_table import JOBS
from aggregator.service.state import Work
from aggregator.service.workers.shared_jobs import (
    HELP,
    LEFT_OUT,
    list_followers,
    list_jobs_for,
    list_own_jobs,
    list_shared_jobs,
    make_cron,
)


def test_each_job_has_a_place():
    """Each job of the service is done by each worker, or taken from the queue, or follows another."""
    own = {job.name for job in list_own_jobs(publishes=True)}
    shared = {job.name for job in list_shared_jobs()}
    following = {follower.name for job in JOBS for follower in list_followers(job)}
    assert not own & shared
    assert {job.name for job in (*JOBS, HELP)} == own | shared | following | LEFT_OUT


@pytest.mark.parametrize("job", list_shared_jobs(), ids=lambda job: job.name)
def test_each_shared_job_is_due_again(job):
    """Whatever happens to work that was noticed, each job is in the queue again after a time that fits it."""
    starts = croniter(make_cron(job), start_time=0)
    pauses = {round(-starts.get_current() + starts.get_next()) for _ in range(5)}
    (pause,) = pauses
    assert 5 <= pause <= 6 * 3600


def test_new_articles_are_grouped_first():
    """What is to be published is not forgotten where there is something to be grouped besides."""
    assert [job.name for job in list_jobs_for(Work.GROUP | Work.PUBLISH)] == ["group", "publish"]
    assert [job.name for job in list_jobs_for(Work.PUBLISH)] == ["publish"]
