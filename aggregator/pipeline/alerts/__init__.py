"""Alerts: what is wrong now is compared with what was told, and what is new goes to every channel.

look   what is wrong, by the store's indexes and the service's own state; decided and kept in one transaction
tell   each channel gets what it was not told yet, as one message
feed   the feed of operations, which has it all
"""
