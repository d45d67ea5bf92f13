"""Nano's network in plain torch: front end, encoder, decoder and generation."""
