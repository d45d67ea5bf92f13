"""What a sound file holds by its own account: its streams, how long they are, what lies between."""
