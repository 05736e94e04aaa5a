"""A plan as one self-contained HTML page: figures, schedule, map and tables, for people who look at it."""
