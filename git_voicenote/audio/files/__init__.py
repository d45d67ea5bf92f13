"""Sound files: found, checked, decoded, compressed, and WAVs of our own."""
