"""What concerns the store as a whole: backups, copies, moves to another database, damage and repair."""
