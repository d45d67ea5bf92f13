"""Make one file that installs git-voicenote, and models, on a machine without a network."""
