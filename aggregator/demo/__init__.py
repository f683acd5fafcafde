"""A newsroom on this machine: fictional publishers whose feeds, pages and pictures are real.

``script`` and ``bulletins`` say what is out when, ``newsroom_plan`` at which address and time, ``feeds``,
``pages`` and ``pictures`` how it looks, ``responses`` what a request gets, and ``newsroom`` serves it.
"""

from aggregator.demo.config_files import write_demo_config
from aggregator.demo.newsroom import Newsroom

__all__ = ["Newsroom", "write_demo_config"]
