"""ParseResult documents in a process of its own, which has bounded memory and time and dies alone."""

from aggregator.parse.worker.job import SIZE_BYTES, ParseJob, run_parse_job

__all__ = ["SIZE_BYTES", "ParseJob", "run_parse_job"]
