"""Random streams by name, so that a change in one aspect of a city does not shift the others."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.random import PCG64, Generator, SeedSequence


@dataclass(frozen=True)
class Streams:
    """Independent random generators of one seed.

    A stream is found by its name and index, not by how many were made before it: adding a stream, or one more order,
    leaves every other stream as it was.
    """

    seed: int

    def of(self, aspect: str, index: int = 0) -> Generator:
        """Return the generator of an aspect, for the item `index` of it.

        Parameters
        ----------
        aspect
            ASCII name, e.g. "orders.bookings".
        index
            Number of the item, from 0.
        """
        return Generator(PCG64(SeedSequence(self.seed, spawn_key=(*aspect.encode("ascii"), index))))
