"""Who executes queued runs: threads of the service's own process, or worker processes on any machine."""
