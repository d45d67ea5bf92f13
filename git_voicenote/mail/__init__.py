"""Patches as mails: written by `git format-patch`, read by `git mailinfo`, answered."""
