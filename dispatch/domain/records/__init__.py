"""What the service keeps: records with a version, each belonging to one dispatch centre."""
