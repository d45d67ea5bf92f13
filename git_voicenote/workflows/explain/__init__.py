"""Explain a commit or a series: speak or edit, and save."""
