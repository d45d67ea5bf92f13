"""Speech to text in a process of its own, and what is said to it and by it."""
