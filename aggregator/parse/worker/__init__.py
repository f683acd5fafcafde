"""Documents read in a process of its own, which has bounded memory and time and dies alone.

``job`` is what goes in and what runs there, ``worker_process`` starts and ends such a process.
"""
