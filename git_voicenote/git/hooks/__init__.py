"""The hooks that git runs, ours beside those of others."""
