"""Polling: many sources by turns, each asked, read, judged and stored.

round           many sources by turns
source          one poll, from start to end
decide          what an answer, a document or a failure means: pure
report          what the caller and the log get to know of a poll
storing         polls stored together, in few transactions
workers         where documents are parsed: at once, in a thread, or in a process
inline_budget   which sources are too slow for what is done at once

A newcomer reads ``source``, then ``decide``; the last three only make polling fast.
"""
