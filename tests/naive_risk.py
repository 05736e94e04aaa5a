"""The Monte Carlo of solver/risk.py in plain Python: one route, one scenario, one visit after the other."""

from __future__ import annotations

from collections.abc import Iterator

from solver.risk import FACTOR_ONE, TABLE_SIZE, ChanceTables, Distributions, SimulatedRoutes

WORD = 2**64
DAY_STREAM = 0x6A09E667F3BCC909


def mixed(z: int) -> int:
    """The finalizer of splitmix64."""
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % WORD
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB % WORD
    return z ^ (z >> 31)


def rotated(x: int, by: int) -> int:
    return (x << by | x >> (64 - by)) % WORD


def random_bits(seed: int) -> Iterator[int]:
    """xoshiro256**, seeded through splitmix64."""
    state = [mixed((seed + k * 0x9E3779B97F4A7C15) % WORD) for k in (1, 2, 3, 4)]
    while True:
        yield rotated(state[1] * 5 % WORD, 7) * 9 % WORD
        shifted = (state[1] << 17) % WORD
        state[2] ^= state[0]
        state[3] ^= state[1]
        state[1] ^= state[2]
        state[0] ^= state[3]
        state[2] ^= shifted
        state[3] = rotated(state[3], 45)


def product(value: int, factor: int) -> int:
    return (value * factor + FACTOR_ONE // 2) // FACTOR_ONE


class NaiveSimulation:
    """Outcomes of every scenario, to be counted."""

    def __init__(self, routes: SimulatedRoutes, distributions: Distributions, *, scenarios: int, seed: int) -> None:
        self.routes = routes
        self.tables: ChanceTables = distributions.tables
        self.arrivals: list[list[int]] = [[] for _ in range(routes.n_visits)]
        self.on_time = [0] * routes.n_visits
        self.promise_kept = [0] * routes.n_visits
        self.overtime = [0] * routes.n_routes
        for route in range(routes.n_routes):
            stream = mixed((mixed(seed) + route) % WORD)
            for scenario in range(scenarios):
                day_bits = next(random_bits((mixed(mixed(seed) ^ DAY_STREAM) + scenario) % WORD)) >> 32
                self._drive(route, self._pick(self.tables.day, day_bits), random_bits((stream + scenario) % WORD))

    def _pick(self, table, bits: int) -> int:
        return int(table[bits * TABLE_SIZE >> 32])

    def _drive(self, route: int, day: int, random: Iterator[int]) -> None:
        routes, tables = self.routes, self.tables
        technician = self._pick(tables.technician_day, next(random) >> 32)
        now = int(routes.departure_s[route])
        first, last = int(routes.route_first[route]), int(routes.route_first[route + 1])
        for position, visit in enumerate(range(first, last)):
            bits = next(random)
            travel = self._travel(int(routes.leg_s[visit]), now, day, bits % 2**32)
            arrival = self._ready(route, position, now, travel)
            start = max(arrival, int(routes.open_s[visit]))
            noise = self._pick(tables.service_of_kind[routes.service_kind[visit]], bits >> 32)
            now = start + product(int(routes.service_s[visit]), product(noise, technician))
            self.arrivals[visit].append(arrival)
            self.on_time[visit] += start <= routes.close_s[visit]
            self.promise_kept[visit] += now <= routes.due_s[visit]
        home = self._travel(int(routes.end_leg_s[route]), now, day, next(random) >> 32)
        self.overtime[route] += self._ready(route, last - first, now, home) > routes.shift_end_s[route]

    def _travel(self, leg_s: int, leave_s: int, day: int, bits: int) -> int:
        hour = int(self.tables.travel_of_hour[(leave_s - self.tables.midnight_s) // 3600 % 24])
        return product(leg_s, product(product(self._pick(self.tables.travel, bits), hour), day))

    def _ready(self, route: int, position: int, leave_s: int, travel_s: int) -> int:
        ready = leave_s + travel_s
        for pause in range(self.routes.break_first[route], self.routes.break_first[route + 1]):
            if self.routes.break_before[pause] == position:
                ready = max(ready, int(self.routes.break_earliest_s[pause]))
                ready += int(self.routes.break_duration_s[pause])
        return ready
