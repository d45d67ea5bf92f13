"""Find the data of git-voicenote on this machine, and remove the chosen parts."""
