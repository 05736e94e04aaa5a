"""Single evaluations and slices of the search, timed by pytest-benchmark: `python -m benchmarks.micro`."""
