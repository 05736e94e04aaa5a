// Python's view of a timed route (solver/cost.py).
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/stl/vector.h>

#include <vector>

#include "timing.h"

namespace field {

namespace nb = nanobind;

// All that timing.h tells of a route; None if it is infeasible.
inline nb::object time_route(const Problem& problem, int shift, const std::vector<int>& orders) {
    const bool is_late = problem.departure_keeps_end;
    Evaluator evaluator(problem, !is_late);
    Route route;
    route.orders = orders;
    if (!evaluator.update(route, shift)) return nb::none();
    Timing timing(problem, shift);
    const TimedRoute timed = is_late ? timing.latest(route) : timing.cheapest(route);
    nb::list visits, breaks;
    for (const TimedVisit& v : timed.visits)
        visits.append(nb::make_tuple(v.order, v.arrival_s, v.start_s, v.end_s, v.travel_s, v.distance_m));
    for (const TimedBreak& b : timed.breaks) breaks.append(nb::make_tuple(b.before, b.start_s, b.end_s));
    nb::object depot = nb::none();
    if (const auto& d = timed.depot) depot = nb::make_tuple(d->before, d->depot, d->arrival_s, d->travel_s, d->distance_m);
    return nb::make_tuple(timed.departure_s, visits, breaks, depot, timed.end_s, timed.end_travel_s, timed.end_distance_m,
                          std::vector<Cost>(timed.terms.begin(), timed.terms.end()), route.cost);
}

}  // namespace field
