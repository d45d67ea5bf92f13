"""Run git: its processes, the settings that they depend on, and the causes of failures."""
