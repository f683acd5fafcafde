"""The path of the data; the only part that knows every stage.

    due sources ─► fetch ─► parse ─► normalise ─► provider ─► resolve ─► judge ─► store
                   bytes    entries  articles                 new, edit, known   topics, quality
    store ─► articles without their page ─► page, AMP proof ─► judge ─► store
    store ─► pictures in play ─► sizes, copies, logos ─► store
    store ─► articles without a story ─► place ─► store
    sources that are gone ─► where they may be ─► the same entries? ─► store (proposed)
    store ─► judge again (rules changed) ─► select ─► heat ─► render ─► feeds/
    store ─► what is past its time ─► removed ─► its files and rows, with the next publication

``poll`` and ``publish`` are each safe to run twice and safe to kill: a poll is one transaction, and
publishing writes whole files from what is stored.

Its modules are imported each by its own name: a command waits for nothing that it does not use.
"""
