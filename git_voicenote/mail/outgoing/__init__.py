"""Mails to send: a series from git format-patch, and answers to patches."""
