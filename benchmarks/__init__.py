"""Synthetic cities and experiments."""
