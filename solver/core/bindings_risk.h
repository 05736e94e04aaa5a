// Python's view of the Monte Carlo of routes (solver/risk.py), which has checked the arrays.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include "risk.h"

namespace field {

namespace nb = nanobind;

// A view of data that Python owns; never of a converted copy.
template <class T>
std::span<T> borrowed(const nb::object& source, const char* name) {
    const auto array = nb::cast<nb::ndarray<T, nb::c_contig, nb::device::cpu>>(source.attr(name), false);
    return {array.data(), array.size()};
}

inline DrivenRoutes driven_routes_from(const nb::object& source) {
    const auto index = [&](const char* name) { return borrowed<const std::int32_t>(source, name); };
    const auto time = [&](const char* name) { return borrowed<const std::int64_t>(source, name); };
    return {index("route_first"),      index("break_first"), index("break_before"), index("service_kind"),
            time("departure_s"),       time("leg_s"),        time("service_s"),     time("open_s"),
            time("close_s"),           time("due_s"),        time("end_leg_s"),     time("shift_end_s"),
            time("break_earliest_s"),  time("break_duration_s")};
}

inline Chances chances_from(const nb::object& source) {
    const auto table = [&](const char* name) { return borrowed<const std::int32_t>(source, name); };
    Chances chances{{}, table("technician_day"), table("day"), table("travel"), table("travel_of_hour"),
                    nb::cast<Time>(source.attr("midnight_s"))};
    const FactorTable service = table("service_of_kind");
    const std::size_t size = chances.travel.size();
    for (std::size_t begin = 0; begin < service.size(); begin += size) chances.service_of_kind.push_back(service.subspan(begin, size));
    return chances;
}

// Writes the outcomes of the routes first .. last - 1.
inline void simulate_routes(const nb::object& routes, const nb::object& chances, const nb::object& outcomes,
                            std::uint64_t seed, std::size_t scenarios, std::size_t first, std::size_t last) {
    const auto counts = [&](const char* name) { return borrowed<std::int64_t>(outcomes, name); };
    const DrivenRoutes driven = driven_routes_from(routes);
    const Chances drawn = chances_from(chances);
    const Outcomes written{counts("on_time"), counts("promise_kept"), counts("overtime"), counts("arrival_s")};
    nb::gil_scoped_release unlocked;
    RouteSimulation simulation(driven, drawn, seed, scenarios);
    for (std::size_t route = first; route < last; ++route) simulation.simulate(route, written);
}

inline void bind_risk(nb::module_& m) {
    m.def("check_routes", [](const nb::object& routes, int kinds) { check(driven_routes_from(routes), kinds); });
    m.def("simulate_routes", &simulate_routes);
}

}  // namespace field
