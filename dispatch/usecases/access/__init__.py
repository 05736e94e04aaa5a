"""Who may use the service: API keys, users and their sessions, links for people without a login."""
