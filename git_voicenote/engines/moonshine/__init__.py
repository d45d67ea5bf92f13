"""Moonshine, the embedded engine; its weights are in a wheel."""
