"""A series of patches: format, apply and review it."""
