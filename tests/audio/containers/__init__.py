"""Tests of what a file says it holds."""
