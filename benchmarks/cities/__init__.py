"""Synthetic cities: seeded planning requests of any tightness."""
