// Python's view of the pricing of routes (solver/bounds.py).
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/vector.h>

#include <utility>

#include "pricing.h"

namespace field {

namespace nb = nanobind;

inline PricingTask pricing_task_from(const nb::object& source) {
    PricingTask task;
    const auto read = [&](const char* name, auto& value) {
        value = nb::cast<std::remove_reference_t<decltype(value)>>(source.attr(name));
    };
    read("duals", task.duals);
    read("neighbours", task.neighbours);
    read("scale", task.scale);
    read("threshold", task.threshold);
    read("max_routes", task.max_routes);
    read("heuristic", task.heuristic);
    read("max_arcs", task.max_arcs);
    read("max_labels", task.max_labels);
    for (const nb::handle cut : source.attr("cuts"))
        task.cuts.push_back({nb::cast<std::vector<int>>(cut.attr("orders")), nb::cast<std::vector<int>>(cut.attr("memory")),
                             nb::cast<Cost>(cut.attr("price"))});
    if (task.cuts.size() > MAX_CUTS) throw nb::value_error("cuts are more than 256");
    return task;
}

// `Shared` holds a Problem as `problem`.
template <class Shared>
void bind_pricing(nb::module_& m) {
    nb::class_<Pricer>(m, "Pricer")
        .def("__init__", [](Pricer* self, const Shared& shared, int shift) { new (self) Pricer(shared.problem, shift); },
             nb::keep_alive<1, 2>())
        .def("price",
             [](Pricer& pricer, const nb::object& source) {
                 const PricingTask task = pricing_task_from(source);
                 PricingResult found;
                 {
                     nb::gil_scoped_release unlocked;
                     found = pricer.price(task);
                 }
                 std::vector<std::pair<Cost, std::vector<int>>> routes;
                 for (PricedRoute& route : found.routes) routes.emplace_back(route.cost, std::move(route.orders));
                 return nb::make_tuple(found.least, found.complete, found.n_labels, nb::cast(routes));
             })
        .def("cancel", &Pricer::cancel)
        .def_prop_ro("orders", &Pricer::orders);
}

}  // namespace field
