"""Speech to text in a separate process, and the messages to and from it."""
