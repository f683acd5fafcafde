"""Dates as feeds write them, in many languages and calendars of words, to UTC."""
