"""Notes and covers that grew apart, merged into one."""
