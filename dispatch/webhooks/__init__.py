"""How webhook calls leave the house."""
