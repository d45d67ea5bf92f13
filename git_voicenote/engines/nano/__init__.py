"""Fun-ASR-Nano-2512 on the local machine. The only package that uses torch."""
