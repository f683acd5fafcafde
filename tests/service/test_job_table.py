"""The table of jobs: which has something to do, and what has to follow it."""

import pytest

from aggregator.service.job_table import JOBS
from aggregator.service.state import Work, work_after_storing

BY_NAME = {job.name: job for job in JOBS}


@pytest.mark.parametrize(
    ("name", "waiting", "idle_s", "is_due"),
    [
        ("publish", Work.PUBLISH, 0, True),
        ("publish", Work.GROUP, 59, False),
        ("publish", Work.NONE, 60, True),
        ("pictures", Work.PUBLISH, 59, False),
        ("pictures", Work.PICTURES, 0, True),
        ("group", Work.PUBLISH, float("inf"), False),
        ("prune", Work.NONE, 6 * 3600, True),
        ("tick", Work.NONE, 0, True),
        ("enrich", Work.NONE, 59, False),
        ("enrich", Work.PAGES, 0, True),
        ("enrich", Work.NONE, 60, True),  # what is paused, or to be proved again, becomes due by itself
        ("subscribe", Work.NONE, 59, False),
        ("subscribe", Work.SUBSCRIBE, 0, True),
        ("subscribe", Work.NONE, 60, True),
    ],
)
def test_a_job_is_due_where_its_work_is_waiting_or_it_was_idle_for_long(name, waiting, idle_s, is_due):
    """Work of other jobs makes no job due; one that needs no work is due whenever it is started."""
    assert BY_NAME[name].is_due(waiting, idle_s) == is_due


def test_every_job_has_a_name_of_its_own_and_something_that_starts_it():
    """Either the time or another job of the table."""
    assert len(BY_NAME) == len(JOBS)
    assert all((job.every is None) == (job.after in BY_NAME) for job in JOBS)


def test_what_is_hastened_or_done_first_is_in_the_table():
    """A job can only be hastened by work that it needs, and only a job that needs work is done first."""
    assert all(job.every and job.needs for job in JOBS if job.is_hastened)
    assert all(BY_NAME[job.first].needs for job in JOBS if job.first)


@pytest.mark.parametrize(
    ("new", "edited", "work"),
    [
        (0, 0, Work.NONE),
        (0, 1, Work.PUBLISH | Work.PAGES),
        (1, 0, Work.GROUP | Work.PUBLISH | Work.PAGES),
    ],
)
def test_what_follows_when_articles_are_stored(new, edited, work):
    """New ones are grouped and published, edited ones are published again; of both the page may be read."""
    assert work_after_storing(new=new, edited=edited) == work
