"""What commands print and draw: tables, progress, times, the log."""
