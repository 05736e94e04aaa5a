"""SQL storage behind the ports."""
