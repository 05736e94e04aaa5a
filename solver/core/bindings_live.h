// Python's view of the routes of the running day (solver/live.py), which has checked what comes here.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <tuple>
#include <vector>

#include "bindings_timing.h"
#include "live.h"

namespace field {

namespace nb = nanobind;

inline std::vector<Window> windows_from(const std::vector<std::tuple<Time, Time>>& source) {
    std::vector<Window> windows;
    for (const auto& [opens, closes] : source) windows.push_back({opens, closes});
    return windows;
}

// The arrays stay where they are while `add` is called.
inline int add_guest(LiveRoutes& live, const nb::object& source) {
    using Rows = nb::ndarray<const std::int32_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
    Guest guest;
    const auto rows = [&](const char* name, std::vector<const std::int32_t*>& of_profile) {
        const Rows array = nb::cast<Rows>(source.attr(name));
        for (std::size_t p = 0; p < array.shape(0); ++p) of_profile.push_back(array.data() + p * array.shape(1));
    };
    rows("into_s", guest.into_s);
    rows("out_s", guest.out_s);
    rows("into_m", guest.into_m);
    rows("out_m", guest.out_m);
    const auto read = [&](const char* name, auto& value) {
        value = nb::cast<std::remove_reference_t<decltype(value)>>(source.attr(name));
    };
    read("service_s", guest.service_s);
    guest.windows = windows_from(nb::cast<std::vector<std::tuple<Time, Time>>>(source.attr("windows")));
    read("due_s", guest.due_s);
    read("soft_due_s", guest.soft_due_s);
    read("buffer_from_s", guest.buffer_from_s);
    read("broken_from_s", guest.broken_from_s);
    read("missed_cost", guest.missed_cost);
    read("unassigned_cost", guest.unassigned_cost);
    const auto eligibility = nb::cast<nb::ndarray<const std::uint8_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>>(source.attr("eligibility"));
    guest.eligibility.assign(eligibility.data(), eligibility.data() + eligibility.shape(0));
    const auto parts = nb::cast<nb::ndarray<const std::int32_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>>(source.attr("parts"));
    guest.parts.assign(parts.data(), parts.data() + parts.shape(0));
    const auto tools = nb::cast<nb::ndarray<const bool, nb::ndim<1>, nb::c_contig, nb::device::cpu>>(source.attr("tools"));
    for (std::size_t tool = 0; tool < tools.shape(0); ++tool)
        if (tools(tool)) guest.tools |= std::uint64_t{1} << tool;
    return live.add(guest);
}

inline nb::list told(const std::vector<Insertion>& insertions) {
    nb::list rows;
    for (const Insertion& i : insertions) rows.append(nb::make_tuple(i.cost, i.shift, i.at));
    return rows;
}

// `Shared` holds a Problem as `problem`.
template <class Shared>
void bind_live(nb::module_& m) {
    nb::class_<LiveRoutes>(m, "LiveRoutes")
        .def("__init__", [](LiveRoutes* self, const Shared& shared, int spare) { new (self) LiveRoutes(shared.problem, spare); })
        .def("set_route", &LiveRoutes::set_route)
        .def("add", &add_guest)
        .def("forget", &LiveRoutes::forget)
        .def("is_known", &LiveRoutes::is_known)
        .def("is_guest", &LiveRoutes::is_guest)
        .def("shift_of", &LiveRoutes::shift_of)
        .def("insertions", [](LiveRoutes& live, int order, int most) { return told(live.cheapest(order, most)); })
        .def("insertions_within",
             [](LiveRoutes& live, int order, const std::vector<std::vector<std::tuple<Time, Time>>>& window_sets, int most) {
                 nb::list answers;
                 for (const auto& windows : window_sets)
                     answers.append(told(live.with_windows(order, windows_from(windows), [&] { return live.cheapest(order, most); })));
                 return answers;
             })
        .def("insert", &LiveRoutes::insert)
        .def("remove", &LiveRoutes::remove)
        .def("orders", [](const LiveRoutes& live, int shift) { return live.route(shift).orders; })
        .def("time_route",
             [](const LiveRoutes& live, int shift, const std::vector<int>& orders) -> nb::object {
                 if (!live.may_serve(shift, orders)) return nb::none();
                 return time_route(live.problem(), shift, orders);
             })
        .def("time_route_within",
             [](LiveRoutes& live, int shift, const std::vector<int>& orders, int order, const std::vector<std::tuple<Time, Time>>& windows) -> nb::object {
                 if (!live.may_serve(shift, orders)) return nb::none();
                 return live.with_windows(order, windows_from(windows), [&] { return time_route(live.problem(), shift, orders); });
             })
        .def_prop_ro("n_places", &LiveRoutes::n_places);
}

}  // namespace field
