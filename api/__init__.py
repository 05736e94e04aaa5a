"""The HTTP service over the use cases."""
