"""Moonshine, the engine that comes with the install: its weights are in a wheel."""
