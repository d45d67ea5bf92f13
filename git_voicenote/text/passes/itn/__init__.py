"""Inverse text normalisation: write spoken words as digits and symbols."""
