"""Fun-ASR-Nano-2512 on the person's own machine. The one owner of torch."""
