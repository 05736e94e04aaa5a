"""What the service plans by itself: snapshots, nights, the running day, offers."""
