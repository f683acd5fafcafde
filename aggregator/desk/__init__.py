"""The operators' desk: pages below ``/_desk`` for whoever has the token, and acts on what waits there.

``door`` lets in and keeps out, ``pages`` reads the store and says what each page shows, ``templates`` render
it, and ``acts`` does what its forms ask for, by the functions that commands call.
"""

from aggregator.desk.contents import make_desk
from aggregator.desk.door import DeskDoor
from aggregator.desk.site import DeskSite
from aggregator.desk.token import TOKEN, read_token

__all__ = ["TOKEN", "DeskDoor", "DeskSite", "make_desk", "read_token"]
