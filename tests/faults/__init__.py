"""Faults of the machine under a running service: nothing is lost or doubled, it comes back, operators are told."""
