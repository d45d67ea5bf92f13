"""Find what git-voicenote has put on this machine, and remove what the person chooses."""
