"""Received mails: split, decoded and classified."""
