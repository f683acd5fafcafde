"""The operator's configuration: four YAML files, checked whole, edited with their comments kept."""

from aggregator.config.editing import add_source, check_source, move_source, moved_source, remove_source
from aggregator.config.file_watch import stamps_of
from aggregator.config.loading import FILES, Config, check_config, load_config, load_valid_parts
from aggregator.config.readable_ids import readable_id
from aggregator.config.settings import Settings

__all__ = [
    "FILES",
    "Config",
    "Settings",
    "add_source",
    "check_config",
    "check_source",
    "load_config",
    "load_valid_parts",
    "move_source",
    "moved_source",
    "readable_id",
    "remove_source",
    "stamps_of",
]
