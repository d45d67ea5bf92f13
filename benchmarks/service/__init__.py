"""What the local service costs and withstands: `python -m benchmarks.service`."""
