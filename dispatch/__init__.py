"""Field dispatch: orders, promises, plans and the service around them."""
