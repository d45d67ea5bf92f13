"""Spoken English numbers, dates, versions, paths and flags."""
