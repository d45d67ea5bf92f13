"""Tests of the embedded engine, on its real weights."""
