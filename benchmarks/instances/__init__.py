"""Benchmark instances: readers of published formats and synthetic field days, all as the solver's problem."""
