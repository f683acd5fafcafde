"""Hubs that nobody gets an answer from."""

from threading import Event


class BusyHubs:
    """Keeps every thread that asks it busy until ``end`` is set; ``asked`` counts them."""

    max_body_bytes = 1_000

    def __init__(self):
        self.end = Event()
        self.asked = 0

    def knows(self, _token):
        """Wait, as where the store is locked."""
        self.asked += 1
        self.end.wait(60)
        return False
