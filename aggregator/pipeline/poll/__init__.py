"""One poll: a source is asked, its answer read, judged and stored."""
