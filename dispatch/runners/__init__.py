"""Who executes queued runs: child processes or threads of the service, or worker processes on any machine."""
