"""What goes over the wire beside requests and plans, which are documents of the domain."""
