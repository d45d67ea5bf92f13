"""A received series: `git am`, keeping the notes and the cover."""
