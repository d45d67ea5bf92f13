"""Attacks on the program: what a stranger may send is made at random, and what follows is counted.

    python -m benchmarks.attack [NAME …] [--count N] [--seed N]

Each attack is a module with `run(count, seed)`, which returns a `Tally`.
"""
