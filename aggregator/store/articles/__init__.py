"""Articles as they are stored: found by address, id or words, changed, withdrawn, removed."""
