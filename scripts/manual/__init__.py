"""The manual, rendered."""
