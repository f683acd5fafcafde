"""Commands on the published tree and the store as a whole: write, check, upload, back up."""
