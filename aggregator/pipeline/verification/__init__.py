"""Whether a site is as it always should be: its store, and the tree beside what the store says of it.

store and tree ─► violations ─► mended: rows, marks ─► the tree made anew ─► what is left
"""

from aggregator.pipeline.verification.repair import repair_site
from aggregator.pipeline.verification.site import find_violations

__all__ = ["find_violations", "repair_site"]
