"""Routes: each turns HTTP into a call of a use case."""
