"""Ways between one place and many: one search from it, one towards it, whatever the number of places."""

from __future__ import annotations

import numpy as np

from geo.road_graph import F64
from geo.road_network import I64, RoadNetwork
from geo.road_search import RoadEnds, along_segment, search, weights_at, without_far


def outward_weights(network: RoadNetwork, hub: RoadEnds, rim: RoadEnds) -> F64:
    """Return the weight of the shortest way from the hub (one place) to each place of the rim, (k,); inf = none."""
    places, hubs, rims = _places(hub, rim)
    around = _weights(network, places)
    return without_far(network, np.minimum(around, along_segment(network, places, hubs, rims)))


def inward_weights(network: RoadNetwork, turned: RoadNetwork, hub: RoadEnds, rim: RoadEnds) -> F64:
    """Return the weight of the shortest way from each place of the rim to the hub, (k,); inf = none.

    Parameters
    ----------
    turned
        The network with its arcs turned round: a way from the hub there is a way to it here.
    """
    places, hubs, rims = _places(hub, rim)
    around = _weights(turned, places.turned_round())
    return without_far(network, np.minimum(around, along_segment(network, places, rims, hubs)))


def _places(hub: RoadEnds, rim: RoadEnds) -> tuple[RoadEnds, I64, I64]:
    """Return the hub and the rim in one list, and for each spoke the number of the hub and of its place."""
    rims = np.arange(1, len(rim.segment) + 1)
    return hub.joined(rim), np.zeros_like(rims), rims


def _weights(network: RoadNetwork, places: RoadEnds) -> F64:
    """Return the weights from place 0 to the others through the ends of their segments."""
    found = search(network, places, np.zeros(1, np.int64), network.longest_ms)
    rims = np.arange(1, len(places.segment))
    nearest: F64 = weights_at(found, np.zeros_like(rims), places, rims).min(axis=1)
    return nearest
