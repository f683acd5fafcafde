"""What workers of one service share: parts of the publishers, pauses, the queue, the lock."""
