"""The published tree, brought to an object store: what changed, once it is on this machine's disk.

files that change ─► names in a list (publish/changed_files.py) ─► put or deleted there ─► out of the list

The tree on the disk stays what counts. What a list says is done in an order (``order``) in which no feed
refers to what is not there yet, but for what takes articles down: that goes first. Without a list that is for
this target, all files are compared with what is there (``comparison``).
"""

from aggregator.pipeline.upload.comparison import TreeComparison, compare_tree, list_files
from aggregator.pipeline.upload.rounds import Uploads, upload_round
from aggregator.pipeline.upload.urgency import find_urgent
from aggregator.pipeline.upload.waiting import (
    ask_for_all,
    describe_target,
    drop_uploads,
    find_uploaded,
    has_uploads,
    read_done_at,
    read_waiting,
)

__all__ = [
    "TreeComparison",
    "Uploads",
    "ask_for_all",
    "compare_tree",
    "describe_target",
    "drop_uploads",
    "find_uploaded",
    "find_urgent",
    "has_uploads",
    "list_files",
    "read_done_at",
    "read_waiting",
    "upload_round",
]
