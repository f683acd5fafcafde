"""What feeds show: places, items, what was written last, and corrections."""
