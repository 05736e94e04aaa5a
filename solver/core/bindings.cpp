// Python's view of the core. Arrays cross here, once; solver/validate.py has checked their meaning.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <map>
#include <memory>

#include "bindings_live.h"
#include "bindings_pricing.h"
#include "bindings_risk.h"
#include "search.h"

namespace nb = nanobind;
using namespace field;

namespace {

template <class T, std::size_t N>
using Array = nb::ndarray<const T, nb::ndim<N>, nb::c_contig, nb::device::cpu>;

// A read-only view of one-dimensional data.
template <class T>
std::span<const T> view(const Array<T, 1>& array) {
    return {array.data(), array.shape(0)};
}

// Keeps the travel arrays alive, which the problem reads in place.
struct SharedProblem {
    SharedProblem() = default;
    SharedProblem(SharedProblem&&) = default;
    SharedProblem(const SharedProblem&) = delete;

    Array<std::int32_t, 3> travel_s, distance_m;
    Problem problem;
};

Prices prices_from(const nb::object& prices) {
    const auto get = [&](const char* name) { return nb::cast<std::int64_t>(prices.attr(name)); };
    return {get("travel"),        get("distance"),      get("work_time"), get("overtime"),
            get("shift_used"),    get("preference"),    get("agreed_buffer"), get("agreed_broken"),
            get("soft_due"),      get("tardiness"),     get("soft_due_cap_s"), get("tardiness_cap_s")};
}

template <class T, std::size_t N>
Array<T, N> array_of(const nb::object& problem, const char* name) {
    return nb::cast<Array<T, N>>(problem.attr(name));
}

std::vector<std::uint64_t> masks(const Array<bool, 2>& flags) {
    std::vector<std::uint64_t> result(flags.shape(0), 0);
    for (std::size_t row = 0; row < flags.shape(0); ++row)
        for (std::size_t tool = 0; tool < flags.shape(1); ++tool)
            if (flags(row, tool)) result[row] |= std::uint64_t{1} << tool;
    return result;
}

void read_travel(const nb::object& source, SharedProblem& shared) {
    Problem& p = shared.problem;
    shared.travel_s = array_of<std::int32_t, 3>(source, "travel_s");
    shared.distance_m = array_of<std::int32_t, 3>(source, "distance_m");
    const std::size_t size = shared.travel_s.shape(1), square = size * size;
    p.n_locations = static_cast<int>(size);
    for (std::size_t profile = 0; profile < shared.travel_s.shape(0); ++profile) {
        p.travel.emplace_back(shared.travel_s.data() + profile * square, shared.distance_m.data() + profile * square, size);
    }
}

void read_orders(const nb::object& source, Problem& p) {
    const auto location = array_of<std::int32_t, 1>(source, "order_location");
    const auto first_window = array_of<std::int32_t, 1>(source, "order_window_first");
    const auto open = array_of<std::int64_t, 1>(source, "window_open_s");
    const auto close = array_of<std::int64_t, 1>(source, "window_close_s");
    const auto due = array_of<std::int64_t, 1>(source, "order_due_s");
    const auto soft_due = array_of<std::int64_t, 1>(source, "order_soft_due_s");
    const auto buffer_from = array_of<std::int64_t, 1>(source, "order_buffer_from_s");
    const auto broken_from = array_of<std::int64_t, 1>(source, "order_broken_from_s");
    const auto missed = array_of<std::int64_t, 1>(source, "order_missed_cost");
    const auto unassigned = array_of<std::int64_t, 1>(source, "order_unassigned_cost");
    const auto lock = array_of<std::int32_t, 1>(source, "order_lock_shift");
    const auto parts = array_of<std::int32_t, 2>(source, "order_parts");
    const std::vector<std::uint64_t> tools = masks(array_of<bool, 2>(source, "order_tools"));
    p.n_orders = static_cast<int>(location.shape(0));
    p.n_parts = static_cast<int>(parts.shape(1));
    p.order_parts.assign(parts.data(), parts.data() + parts.size());
    p.has_tools = std::ranges::any_of(tools, [](auto mask) { return mask != 0; });
    p.has_stock = p.has_tools || std::ranges::any_of(p.order_parts, [](auto used) { return used > 0; });
    for (std::size_t w = 0; w < open.shape(0); ++w) p.windows.push_back({open(w), close(w)});
    for (int j = 0; j < p.n_orders; ++j)
        p.orders.push_back({location(j), first_window(j), first_window(j + 1), lock(j),
                            std::min(buffer_from(j), broken_from(j)), std::min(soft_due(j), due(j)), buffer_from(j),
                            broken_from(j), soft_due(j), due(j), missed(j), unassigned(j), tools[j]});
}

void read_shifts(const nb::object& source, Problem& p) {
    const auto profile = array_of<std::int32_t, 1>(source, "shift_profile");
    const auto start = array_of<std::int32_t, 1>(source, "shift_start_location");
    const auto end_at = array_of<std::int32_t, 1>(source, "shift_end_location");
    const auto departure = array_of<std::int64_t, 1>(source, "shift_departure_s");
    const auto end = array_of<std::int64_t, 1>(source, "shift_end_s");
    const auto latest = array_of<std::int64_t, 1>(source, "shift_latest_s");
    const auto max_visits = array_of<std::int32_t, 1>(source, "shift_max_visits");
    const auto permille = array_of<std::int32_t, 1>(source, "shift_service_permille");
    const auto first_break = array_of<std::int32_t, 1>(source, "shift_break_first");
    const auto earliest = array_of<std::int64_t, 1>(source, "break_earliest_s");
    const auto break_latest = array_of<std::int64_t, 1>(source, "break_latest_s");
    const auto duration = array_of<std::int64_t, 1>(source, "break_duration_s");
    const auto parts = array_of<std::int32_t, 2>(source, "shift_parts");
    const std::vector<std::uint64_t> tools = masks(array_of<bool, 2>(source, "shift_tools"));
    const auto service = array_of<std::int32_t, 1>(source, "order_service_s");
    const nb::object max_duration = source.attr("shift_max_duration_s");
    p.has_duration_limit = !max_duration.is_none();
    Array<std::int64_t, 1> longest;
    if (p.has_duration_limit) longest = nb::cast<Array<std::int64_t, 1>>(max_duration);
    p.n_shifts = static_cast<int>(profile.shape(0));
    p.shift_parts.assign(parts.data(), parts.data() + parts.size());
    for (std::size_t b = 0; b < earliest.shape(0); ++b) p.breaks.push_back({earliest(b), break_latest(b), duration(b)});
    std::map<std::int32_t, int> class_of;
    for (int s = 0; s < p.n_shifts; ++s) {
        const auto [entry, is_new] = class_of.try_emplace(permille(s), static_cast<int>(class_of.size()));
        if (is_new) {
            std::vector<std::int32_t>& seconds = p.service_s.emplace_back();
            for (std::int64_t base : view(service)) seconds.push_back(with_permille(base, permille(s)));
            p.class_permille.push_back(permille(s));
        }
        p.shifts.push_back({profile(s), start(s), end_at(s), entry->second, max_visits(s), first_break(s),
                            first_break(s + 1) - first_break(s), departure(s), end(s), latest(s),
                            p.has_duration_limit ? longest(s) : NEVER, tools[s]});
    }
    if (p.service_s.empty()) {
        p.service_s.emplace_back(view(service).begin(), view(service).end());
        p.class_permille.push_back(1000);
    }
}

// Eligibility, less what the clock forbids whatever the route: no window opens while the shift can serve.
void read_eligibility(const nb::object& source, Problem& p) {
    const auto eligibility = array_of<std::uint8_t, 2>(source, "eligibility");
    p.eligibility.assign(static_cast<std::size_t>(p.n_shifts) * p.n_orders, NOT_ELIGIBLE);
    for (int s = 0; s < p.n_shifts; ++s) {
        const Shift& shift = p.shifts[s];
        for (int j = 0; j < p.n_orders; ++j) {
            if (eligibility(j, s) == NOT_ELIGIBLE) continue;
            const Order& order = p.orders[j];
            if (order.lock_shift != NONE && order.lock_shift != s) continue;
            const Time start = p.earliest_start(order, shift.departure_s);
            if (start == NEVER || start + p.service(s, j) > shift.latest_s) continue;
            p.eligibility[static_cast<std::size_t>(j) * p.n_shifts + s] = eligibility(j, s);
        }
    }
}

// What changes to the published plan cost; leaving an order out costs that much more.
void read_disruption(const nb::object& source, Problem& p) {
    const nb::object disruption = source.attr("disruption");
    if (disruption.is_none()) return;
    const auto assignment = array_of<std::int32_t, 2>(disruption, "assignment_cost");
    const auto moved_from = array_of<std::int64_t, 1>(disruption, "moved_from_s");
    const auto moved = array_of<std::int64_t, 1>(disruption, "moved_cost");
    const auto dropped = array_of<std::int64_t, 1>(disruption, "dropped_cost");
    p.disruption.assign(assignment.data(), assignment.data() + assignment.size());
    for (int j = 0; j < p.n_orders; ++j) {
        Order& order = p.orders[j];
        order.moved_from_s = moved_from(j);
        order.moved_cost = moved(j);
        order.free_start_s = std::min(order.free_start_s, order.moved_from_s);
        order.unassigned_cost += dropped(j);
    }
}

// What the chance of breaking a promise costs.
void read_risk(const nb::object& source, Problem& p) {
    const nb::object risk = source.attr("risk");
    if (risk.is_none()) return;
    const auto values = [&](const char* name) { return array_of<std::int64_t, 1>(risk, name); };
    const auto start_from = values("start_from_s"), start_rate = values("start_rate"), start_cap = values("start_cap_s");
    const auto end_from = values("end_from_s"), end_rate = values("end_rate"), end_cap = values("end_cap_s");
    for (int j = 0; j < p.n_orders; ++j) {
        p.risk.push_back({{start_from(j), start_rate(j), start_cap(j)}, {end_from(j), end_rate(j), end_cap(j)}});
        p.orders[j].free_start_s = std::min(p.orders[j].free_start_s, start_from(j));
        p.orders[j].free_end_s = std::min(p.orders[j].free_end_s, end_from(j));
    }
}

void number_kinds(Problem& p) {
    std::map<std::tuple<int, int, int, Time, Time>, int> kind_of;
    for (Shift& shift : p.shifts) {
        const auto key = std::make_tuple(shift.profile, shift.service_class, shift.end_location, shift.end_s, shift.latest_s);
        shift.kind = kind_of.try_emplace(key, static_cast<int>(kind_of.size())).first->second;
    }
}

// Shifts that no rule and no price tells apart.
void number_teams(Problem& p) {
    using Key = std::vector<std::int64_t>;
    std::map<Key, int> team_of;
    for (int s = 0; s < p.n_shifts; ++s) {
        Shift& shift = p.shifts[s];
        Key key{shift.kind, shift.start_location, shift.departure_s, shift.max_duration_s, shift.max_visits,
                static_cast<std::int64_t>(shift.tools)};
        for (const Break& pause : p.breaks_of(shift)) key.insert(key.end(), {pause.earliest_s, pause.latest_s, pause.duration_s});
        key.insert(key.end(), p.shift_parts.begin() + static_cast<std::ptrdiff_t>(s) * p.n_parts,
                   p.shift_parts.begin() + static_cast<std::ptrdiff_t>(s + 1) * p.n_parts);
        for (int j = 0; j < p.n_orders; ++j) key.push_back(p.eligible(s, j));
        if (!p.disruption.empty())
            for (int j = 0; j < p.n_orders; ++j) key.push_back(p.disruption_cost(s, j));
        shift.team = team_of.try_emplace(std::move(key), static_cast<int>(team_of.size())).first->second;
    }
    p.n_teams = static_cast<int>(team_of.size());
}

bool is_plain(const Problem& p) {
    if (!p.breaks.empty() || !p.disruption.empty() || (p.prices.work_time && !p.departure_keeps_end)) return false;
    if (p.prices.preference && std::ranges::find(p.eligibility, ELIGIBLE_NOT_PREFERRED) != p.eligibility.end()) return false;
    Time latest = 0;
    for (const Shift& shift : p.shifts) {
        if (p.prices.overtime && shift.latest_s > shift.end_s) return false;
        latest = std::max(latest, shift.latest_s);
    }
    return std::ranges::all_of(p.orders, [&](const Order& order) {
        if (order.end_window - order.first_window > 1) return false;
        return order.free_start_s >= latest && order.free_end_s >= latest;
    });
}

std::unique_ptr<SharedProblem> read_problem(const nb::object& source) {
    auto shared = std::make_unique<SharedProblem>();
    Problem& p = shared->problem;
    p.prices = prices_from(source.attr("prices"));
    read_travel(source, *shared);
    read_orders(source, p);
    read_shifts(source, p);
    for (std::int32_t depot : view(array_of<std::int32_t, 1>(source, "depot_location"))) p.depots.push_back(depot);
    read_eligibility(source, p);
    read_disruption(source, p);
    read_risk(source, p);
    number_kinds(p);
    number_teams(p);
    p.departure_keeps_end = nb::cast<bool>(source.attr("departure_keeps_end"));
    p.is_plain = is_plain(p);
    p.locked_routes = nb::cast<std::vector<std::vector<int>>>(source.attr("locked_routes"));
    return shared;
}

Params params_from(const nb::object& source) {
    Params params;
    const auto read = [&](const char* name, auto& value) {
        value = nb::cast<std::remove_reference_t<decltype(value)>>(source.attr(name));
    };
    read("mean_removed", params.mean_removed);
    read("max_string", params.max_string);
    read("split_string", params.split_string);
    read("keep_more", params.keep_more);
    read("blink", params.blink);
    read("whole_route", params.whole_route);
    read("retried", params.retried);
    read("full_retry", params.full_retry);
    read("eager", params.eager);
    read("full_scan", params.full_scan);
    read("moves", params.moves);
    read("ejections", params.ejections);
    read("focus", params.focus);
    read("trouble", params.trouble);
    read("move_neighbours", params.move_neighbours);
    read("max_segment", params.max_segment);
    read("tails", params.tails);
    read("start_temperature", params.start_temperature);
    read("end_temperature", params.end_temperature);
    read("short_run", params.short_run);
    read("n_adjacent", params.n_adjacent);
    read("n_insertion", params.n_insertion);
    read("n_starts", params.n_starts);
    read("n_empty", params.n_empty);
    read("opening", params.opening);
    return params;
}

}  // namespace

NB_MODULE(_core, m) {
    nb::class_<SharedProblem>(m, "Problem")
        .def("__init__", [](SharedProblem* self, const nb::object& source) { new (self) SharedProblem(std::move(*read_problem(source))); })
        .def("time_route", [](const SharedProblem& shared, int shift, const std::vector<int>& orders) {
            return time_route(shared.problem, shift, orders);
        })
        .def_prop_ro("teams", [](const SharedProblem& shared) {
            std::vector<int> teams;
            for (const Shift& shift : shared.problem.shifts) teams.push_back(shift.team);
            return teams;
        })
        .def_prop_ro("is_plain", [](const SharedProblem& shared) { return shared.problem.is_plain; });
    nb::class_<Neighbours>(m, "Neighbours")
        .def("__init__", [](Neighbours* self, const SharedProblem& shared, const nb::object& params) {
            const Params p = params_from(params);
            nb::gil_scoped_release unlocked;
            new (self) Neighbours(shared.problem, p.n_adjacent, p.n_insertion, p.n_starts);
        });
    nb::class_<Search>(m, "Search")
        .def("__init__",
             [](Search* self, const SharedProblem& shared, const Neighbours& neighbours, const nb::object& params,
                std::uint64_t seed, const std::vector<std::vector<int>>& initial) {
                 const Params p = params_from(params);
                 nb::gil_scoped_release unlocked;
                 new (self) Search(shared.problem, neighbours, p, seed, initial);
             },
             nb::keep_alive<1, 2>(), nb::keep_alive<1, 3>())
        .def("run", &Search::run, nb::call_guard<nb::gil_scoped_release>())
        .def("adopt", &Search::adopt)
        .def("take_part", &Search::take_part, nb::call_guard<nb::gil_scoped_release>())
        .def("current", &Search::current)
        .def("best", &Search::best)
        .def_prop_ro("best_cost", &Search::best_cost)
        .def_prop_ro("iterations", &Search::iterations)
        .def_prop_ro("is_trivial", &Search::is_trivial);
    bind_live<SharedProblem>(m);
    bind_pricing<SharedProblem>(m);
    bind_risk(m);
}
