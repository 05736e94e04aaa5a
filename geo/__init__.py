"""Travel times and distances from coordinates; knows no orders."""
