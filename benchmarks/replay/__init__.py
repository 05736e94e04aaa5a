"""Days replayed as they come: events, technicians who move, policies that answer."""
