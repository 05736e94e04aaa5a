"""Request to arrays, arrays to plan: where dispatch meets geo and solver."""
