"""Messages to customers and technicians: queued with their cause, sent in the background, answered for."""
