"""What is found out about an article after it was stored: its page, its pictures, its publisher's logo."""
