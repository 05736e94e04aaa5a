"""Search, bounds and exact methods over integer arrays; knows no orders, clocks or files."""
