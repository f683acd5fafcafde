"""Workers: processes on any machines that take the jobs of one service from a queue in its database.

Jobs say what is to be looked at, never what is to be done: that stands in the store. So a job may be lost, be
there twice, or be taken from a worker that is silent, and what is due is done all the same, and once.
"""

from aggregator.service.workers.queue import prepare_workers
from aggregator.service.workers.worker import Worker

__all__ = ["Worker", "prepare_workers"]
