"""Webhooks: kept by people, told of events by what causes them, delivered in the background."""
