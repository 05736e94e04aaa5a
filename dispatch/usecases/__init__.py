"""What the service can be asked to do, each against ports only."""
