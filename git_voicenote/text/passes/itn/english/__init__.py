"""English numbers, dates, versions, paths and flags, as developers say them."""
