"""The operators' desk: pages below ``/_desk`` for whoever has the token, and acts on what waits there.

``application`` answers requests, and ``access`` says to whom; ``pages`` reads the store and says what each
page shows, ``templates`` render it, and ``acts`` does what forms ask for, by the functions of commands.
"""

from aggregator.desk.application import DeskApplication
from aggregator.desk.contents import make_desk
from aggregator.desk.site import DeskSite
from aggregator.desk.token import TOKEN, read_token

__all__ = ["TOKEN", "DeskApplication", "DeskSite", "make_desk", "read_token"]
