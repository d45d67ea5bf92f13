"""A series of patches: sent, applied and reviewed."""
