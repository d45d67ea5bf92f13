"""What is said, what is missing, what is unfinished, and what would be sent."""
