"""The network of Nano in plain torch: front end, encoder, decoder and generation."""
