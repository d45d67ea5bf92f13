"""What clients get: errors, streams of events, files and sound."""
