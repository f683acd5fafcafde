"""How much polling costs, measured beside others; run by hand, not by pytest."""
