"""How fast the service answers: a load generator over loopback and what it drives."""
