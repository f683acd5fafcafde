"""Records: the files of ``_news/`` and the pages of JSON, written by what changed.

marks of records, heat that fell ─► files of ``_news/`` ─► what they say, with marks of pages ─► pages
"""

from aggregator.pipeline.records.publication import publish_records, rebuild_records
from aggregator.pipeline.records.writing_result import RecordsWritten

__all__ = ["RecordsWritten", "publish_records", "rebuild_records"]
