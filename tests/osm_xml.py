"""Writes small OpenStreetMap files for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement

Tags = Mapping[str, str]


def write_osm(
    path: Path,
    *,
    nodes: Mapping[int, tuple[float, float]],
    ways: Sequence[tuple[Sequence[int], Tags]],
    node_tags: Mapping[int, Tags] | None = None,
) -> Path:
    """Write nodes (number: latitude, longitude) and ways (numbers of nodes, tags) as OSM XML."""
    root = Element("osm", version="0.6")
    for number, (lat, lon) in nodes.items():
        node = SubElement(root, "node", id=str(number), lat=str(lat), lon=str(lon), version="1")
        _add_tags(node, (node_tags or {}).get(number, {}))
    for number, (refs, tags) in enumerate(ways, 1):
        way = SubElement(root, "way", id=str(number), version="1")
        for ref in refs:
            SubElement(way, "nd", ref=str(ref))
        _add_tags(way, tags)
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
    return path


def _add_tags(element: Element, tags: Tags) -> None:
    for key, value in tags.items():
        SubElement(element, "tag", k=key, v=value)
