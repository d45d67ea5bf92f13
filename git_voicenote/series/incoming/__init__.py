"""A series that comes in: `git am`, with the notes and the cover kept."""
