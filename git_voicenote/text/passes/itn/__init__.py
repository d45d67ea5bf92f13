"""Inverse text normalisation: what is said in words and written in digits and signs."""
