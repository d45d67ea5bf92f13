"""The arguments of commands: groups of commands, and usage errors."""
