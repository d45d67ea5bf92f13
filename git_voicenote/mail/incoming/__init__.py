"""Mails from anybody: split, decoded, and told apart."""
