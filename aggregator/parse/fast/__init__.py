"""The shortcut beside feedparser: known entries are not read, plain ones are read without it.

Its door is ``read_pieces``, and ``aggregator.parse.documents.feed`` alone opens it. Without this folder
feedparser reads every document as a whole, which is slower and gives the same.
"""

from aggregator.parse.fast.piece_reader import read_pieces

__all__ = ["read_pieces"]
