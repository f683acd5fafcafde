"""The files themselves: found, read, kept, watched and replaced whole."""
