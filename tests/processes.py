"""What the system tells of processes."""

from pathlib import Path


def resident_bytes(pid: int | str = "self") -> int:
    """Return how much memory a process has, by default this one."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) * 1024
