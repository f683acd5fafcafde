"""Editing the operator's files by command, with every other line and comment left."""
