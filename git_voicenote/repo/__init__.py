"""Git: notes, covers, patches, mail and hooks."""
