"""What the desk works with: the running service, and what it makes of its configuration and its store."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aggregator.config import Config
from aggregator.errors import ConfigError
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.service import LiveConfig, ServiceState
from aggregator.store import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskSite:
    """A service that runs, with what ``/readyz`` asks of it as ``checks``."""

    state: ServiceState
    live: LiveConfig
    checks: Mapping[str, Callable[[], str | None]]

    @property
    def store(self) -> Store:
        """The store of the service."""
        return self.state.context.store

    @property
    def rules(self) -> Rules:
        """What the configuration in force makes of articles."""
        return self.state.context.rules

    @property
    def config(self) -> Config:
        """The configuration in force."""
        if self.live.config is None:
            raise ConfigError(["what configuration is in force is not known yet"])
        return self.live.config

    @property
    def folder(self) -> Path:
        """The folder of the configuration's files."""
        return self.live.folder

    def look_at_site(self) -> Site:
        """Return the site as it is now."""
        return self.state.context.look_at_site()

    def read_time(self) -> datetime:
        """Return the time now."""
        return self.state.context.clock()
