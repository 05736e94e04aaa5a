"""The service's side of worker processes: it executes nothing, and looks after what they leave behind."""

from __future__ import annotations

from dispatch.runners.heart import Heart


class DistantRunners:
    """Leaves queued runs to `dispatch worker` processes; a `dispatch.ports.Runners`.

    The store tells the workers of each queued run in the transaction that queues it, so there is nobody to wake here.
    """

    def __init__(self, heart: Heart) -> None:
        self._heart = heart

    def start(self) -> None:
        """Begin to look for runs whose worker died."""
        self._heart.start()

    def wake(self) -> None:
        """Do nothing: the workers know already."""

    def stop(self, *, grace_s: float) -> bool:  # noqa: ARG002 - the port's: there is nothing to wait for
        """Stop looking; always in time."""
        self._heart.stop()
        return True
