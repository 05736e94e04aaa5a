"""Solvers under test, each behind an adapter."""
