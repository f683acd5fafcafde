"""What is kept of pictures and logos: their copies, who shows them, when they are looked at."""
