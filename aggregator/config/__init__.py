"""The operator's configuration: five YAML files, checked whole, edited with their comments kept."""

from aggregator.config.edits.readable_ids import make_readable_id
from aggregator.config.edits.source_edits import (
    add_source,
    check_source,
    move_source,
    preview_move,
    remove_source,
)
from aggregator.config.entry_reading import EntryCache
from aggregator.config.files.file_bodies import FILES, digest_files
from aggregator.config.files.file_watch import read_stamps
from aggregator.config.files.kept_files import OWN_SECTIONS, digest_texts, load_packed, pack_texts
from aggregator.config.keys.database_address import read_database_address
from aggregator.config.keys.server_keys import WorkerKeys
from aggregator.config.keys.settings import Settings
from aggregator.config.loading import (
    Config,
    check_config,
    load_config,
    load_parts,
    load_usable_parts,
    load_valid_parts,
)
from aggregator.config.urgent_decisions import take_urgent
from aggregator.config.usable_config import UsableConfig

__all__ = [
    "FILES",
    "OWN_SECTIONS",
    "Config",
    "EntryCache",
    "Settings",
    "UsableConfig",
    "WorkerKeys",
    "add_source",
    "check_config",
    "check_source",
    "digest_files",
    "digest_texts",
    "load_config",
    "load_packed",
    "load_parts",
    "load_usable_parts",
    "load_valid_parts",
    "make_readable_id",
    "move_source",
    "pack_texts",
    "preview_move",
    "read_database_address",
    "read_stamps",
    "remove_source",
    "take_urgent",
]
