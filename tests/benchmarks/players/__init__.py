"""Who polls: each a program of its own, ``PLAYER.py ADDRESSES FOLDER``; see ``measure``."""
