"""Subscribers of a site that lives long: each story is seen once, nothing comes twice, corrections arrive."""
