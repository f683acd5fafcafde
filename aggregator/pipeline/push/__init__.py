"""Pushes: subscriptions at hubs, and the documents that hubs send.

    announced hub ─► subscribe ─► hub ─► receive: signature ─► inbox ─► read: parse ─► decide ─► store

``receive`` runs in the web server, which answers hubs at once; ``read`` and ``subscribe`` in the service.
"""
