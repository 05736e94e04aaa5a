"""Synthetic cities, reproducible byte for byte from a seed."""
