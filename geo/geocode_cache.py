"""Answers of geocoding services on disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from geo.errors import GeocodingError
from geo.point import Point

_SCHEMA: Final = """
    CREATE TABLE IF NOT EXISTS answer (
        service TEXT NOT NULL, address TEXT NOT NULL,
        lat REAL, lon REAL,  -- WGS-84; NULL = the service does not know the address
        PRIMARY KEY (service, address)
    ) WITHOUT ROWID
"""
BUSY_WAIT_S: Final = 10.0
"""How long to wait while another process writes."""


@dataclass(frozen=True)
class Answer:
    """What a service said of an address.

    Attributes
    ----------
    point
        Where it is; None = the service does not know it.
    """

    point: Point | None


class GeocodeCache:
    """SQLite file of answers, keyed by service and address.

    Each answer is one transaction: a crash while writing loses at most that answer, and other processes may read and
    write at the same time. A connection lives for one call, so threads may share the object.

    Parameters
    ----------
    path
        The file; it and its folder are made when first used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def find(self, service: str, address: str) -> Answer | None:
        """Return the answer kept for an address; None if it was never asked.

        Raises
        ------
        GeocodingError
            If the file cannot be used.
        """
        with self._connection() as connection:
            row = connection.execute(
                "SELECT lat, lon FROM answer WHERE service = ? AND address = ?", (service, address)
            ).fetchone()
        if row is None:
            return None
        lat, lon = row
        return Answer(None if lat is None else Point(lat, lon))

    def add(self, service: str, address: str, point: Point | None) -> None:
        """Keep an answer on disk; replaces an older one.

        Raises
        ------
        GeocodingError
            If the file cannot be used.
        """
        lat, lon = (None, None) if point is None else (point.lat, point.lon)
        with self._connection() as connection, connection:
            connection.execute("INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?)", (service, address, lat, lon))

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=BUSY_WAIT_S)) as connection:
                connection.execute(_SCHEMA)
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise GeocodingError(
                f"the cache of geocoded addresses {self._path} cannot be used: {error}\n"
                "Maybe the disk is full, or the file is damaged: then delete it, it is only a cache."
            ) from error
