"""Notes and covers: their form, where git keeps them, and how they are merged and exchanged."""
