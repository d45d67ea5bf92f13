"""Measurements: peer and ours in one run, as ratios. See RESULTS.md."""
