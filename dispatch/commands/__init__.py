"""One module a command: each has `register(app)`, and imports what is heavy only when its command runs."""
