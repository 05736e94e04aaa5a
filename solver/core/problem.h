// The problem as the search reads it: compact records built once from the arrays of solver/problem.py.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace field {

using Cost = std::int64_t;
using Time = std::int64_t;

inline constexpr Cost INFEASIBLE = std::numeric_limits<Cost>::max() / 4;
inline constexpr Time NEVER = std::int64_t{1} << 40;
inline constexpr int NONE = -1;

enum Eligibility : std::uint8_t { NOT_ELIGIBLE = 0, ELIGIBLE = 1, ELIGIBLE_NOT_PREFERRED = 2 };

struct Prices {
    Cost travel, distance, work_time, overtime, shift_used, preference;
    Cost agreed_buffer, agreed_broken, soft_due, tardiness;
    Time soft_due_cap_s, tardiness_cap_s;
};

struct Window {
    Time open_s, close_s;
};

struct Break {
    Time earliest_s, latest_s, duration_s;

    // The last moment at which the break can still begin; a route that has ended by then does not need it.
    Time last_start_s() const { return latest_s - duration_s; }
    // A route that departs from then on does not need the break.
    Time over_s() const { return earliest_s + duration_s; }
};

// A price that rises by `rate` for every second after `from_s`, at most `cap_s` of them.
struct Ramp {
    Time from_s = NEVER;
    Cost rate = 0;
    Time cap_s = 0;

    Cost operator()(Time moment) const { return moment <= from_s ? 0 : rate * std::min(moment - from_s, cap_s); }
};

// What the chance of a visit being late costs, by its planned start and end.
struct Risk {
    Ramp start, end;
};

struct Order {
    int location;
    int first_window, end_window;
    int lock_shift;
    // No time-dependent cost for a start up to `free_start_s` and an end up to `free_end_s`.
    Time free_start_s, free_end_s;
    Time buffer_from_s, broken_from_s, soft_due_s, due_s;
    Cost missed_cost, unassigned_cost;  // unassigned: what dropping the order from the published plan costs included
    std::uint64_t tools;
    Time moved_from_s = NEVER;
    Cost moved_cost = 0;
};

struct Shift {
    int profile;
    int start_location, end_location;  // end NONE: the route ends where its last visit ends
    int service_class;
    int max_visits;
    int first_break, n_breaks;
    Time departure_s, end_s, latest_s;
    Time max_duration_s;  // from departure to end; NEVER: no limit
    std::uint64_t tools;
    int kind = NONE;  // shifts of one kind can take over each other's tails: same travel, service, end
    int team = NONE;  // shifts of one team are alike in everything: one stands for all that are unused
};

// What a service takes for technicians of a service class.
inline std::int32_t with_permille(std::int64_t service_s, std::int32_t permille) {
    return static_cast<std::int32_t>((service_s * permille + 999) / 1000);
}

// Travel of one profile, seconds and metres, (size, size). `to_s` is the transpose of `from_s`, so that all legs into one
// place lie side by side; where travel is the same both ways, it is `from_s` itself, which spares the caches half of it.
class Travel {
public:
    Travel(const std::int32_t* seconds, const std::int32_t* metres, std::size_t size) : from_s(seconds), from_m(metres), to_s(seconds) {
        bool is_symmetric = true;
        for (std::size_t from = 0; from < size && is_symmetric; ++from)
            for (std::size_t to = from + 1; to < size && is_symmetric; ++to)
                is_symmetric = from_s[from * size + to] == from_s[to * size + from];
        if (is_symmetric) return;
        transpose_.resize(size * size);
        for (std::size_t from = 0; from < size; ++from)
            for (std::size_t to = 0; to < size; ++to) transpose_[to * size + from] = from_s[from * size + to];
        to_s = transpose_.data();
    }
    // Of tables that change; `to` is the transpose of `seconds`.
    Travel(const std::int32_t* seconds, const std::int32_t* metres, const std::int32_t* to) : from_s(seconds), from_m(metres), to_s(to) {}
    Travel(Travel&&) = default;
    Travel& operator=(Travel&&) = default;
    Travel(const Travel&) = delete;
    Travel& operator=(const Travel&) = delete;

    const std::int32_t* from_s;
    const std::int32_t* from_m;
    const std::int32_t* to_s;

private:
    std::vector<std::int32_t> transpose_;
};

struct Problem {
    int n_orders = 0, n_shifts = 0, n_locations = 0, n_parts = 0, n_teams = 0;
    bool has_stock = false;  // some order needs a part or a tool
    bool has_tools = false;  // some order needs a tool
    bool has_duration_limit = false;
    bool departure_keeps_end = false;
    bool is_plain = false;  // one window an order, no breaks, nothing costs by the hour: plain.h prices the routes
    Prices prices{};
    std::vector<Travel> travel;
    std::vector<Order> orders;
    std::vector<Shift> shifts;
    std::vector<Window> windows;
    std::vector<Break> breaks;
    std::vector<int> depots;                           // their locations
    std::vector<std::uint8_t> eligibility;             // (orders, shifts)
    std::vector<std::int32_t> disruption;              // (orders, shifts): what giving the order to the shift disturbs; or empty
    std::vector<Risk> risk;                            // by order; or empty
    std::vector<std::int32_t> class_permille;          // by service class
    std::vector<std::vector<std::int32_t>> service_s;  // (service classes, orders)
    std::vector<std::int32_t> order_parts;             // (orders, parts)
    std::vector<std::int32_t> shift_parts;             // (shifts, parts)
    std::vector<std::vector<int>> locked_routes;       // per shift, feasible as they stand

    std::int32_t travel_s(int profile, int from, int to) const {
        return travel[profile].from_s[static_cast<std::size_t>(from) * n_locations + to];
    }
    // The same number read from the transpose: cheaper when many legs into one place are asked for.
    std::int32_t travel_into_s(int profile, int to, int from) const {
        return travel[profile].to_s[static_cast<std::size_t>(to) * n_locations + from];
    }
    // Brings the travel into and out of a place near the processor while it does something else.
    void prefetch_travel(int location) const {
        constexpr std::size_t per_line = 64 / sizeof(std::int32_t);
        const std::size_t row = static_cast<std::size_t>(location) * n_locations, size = n_locations;
        for (const Travel& t : travel)
            for (std::size_t i = 0; i < size; i += per_line) {
                __builtin_prefetch(t.to_s + row + i);
                if (t.to_s != t.from_s) __builtin_prefetch(t.from_s + row + i);
            }
    }
    std::int32_t distance_m(int profile, int from, int to) const {
        return travel[profile].from_m[static_cast<std::size_t>(from) * n_locations + to];
    }
    Cost leg_cost(int profile, int from, int to) const {
        Cost cost = prices.travel * travel_s(profile, from, to);
        if (prices.distance) cost += prices.distance * distance_m(profile, from, to);
        return cost;
    }
    std::uint8_t eligible(int shift, int order) const {
        return eligibility[static_cast<std::size_t>(order) * n_shifts + shift];
    }
    // Price of this shift's technician going at all: not preferred, not the one whom the published plan names.
    Cost assignment_cost(int shift, int order) const {
        const Cost preference = eligible(shift, order) == ELIGIBLE_NOT_PREFERRED ? prices.preference : 0;
        return preference + disruption_cost(shift, order);
    }
    Cost disruption_cost(int shift, int order) const {
        return disruption.empty() ? 0 : disruption[static_cast<std::size_t>(order) * n_shifts + shift];
    }
    std::int32_t service(int shift, int order) const { return service_s[shifts[shift].service_class][order]; }
    std::span<const Break> breaks_of(const Shift& shift) const {
        return {breaks.data() + shift.first_break, static_cast<std::size_t>(shift.n_breaks)};
    }

    // Earliest moment from `ready` on at which the order's service may start; NEVER if there is none.
    Time earliest_start(const Order& order, Time ready) const {
        for (int w = order.first_window; w < order.end_window; ++w)
            if (ready <= windows[w].close_s) return std::max(ready, windows[w].open_s);
        return NEVER;
    }
    // Latest moment to be ready such that service starts at or before `limit`; -1 if there is none.
    Time latest_ready(const Order& order, Time limit) const {
        for (int w = order.end_window - 1; w >= order.first_window; --w)
            if (windows[w].open_s <= limit) return std::min(windows[w].close_s, limit);
        return -1;
    }
    // `order` is one of `orders`.
    Cost risk_cost(const Order& order, Time start, Time end) const {
        if (risk.empty()) return 0;
        const Risk& priced = risk[&order - orders.data()];
        return priced.start(start) + priced.end(end);
    }
    // Price of the times of a visit: agreed time, soft due time, due time, published time, risk.
    Cost visit_cost(const Order& order, Time start, Time end) const {
        if (start <= order.free_start_s && end <= order.free_end_s) return 0;
        Cost cost = 0;
        if (start > order.buffer_from_s) cost += prices.agreed_buffer * (start - order.buffer_from_s);
        if (start > order.broken_from_s) cost += prices.agreed_broken;
        if (start > order.moved_from_s) cost += order.moved_cost;
        cost += risk_cost(order, start, end);
        if (end > order.soft_due_s) cost += prices.soft_due * std::min(end - order.soft_due_s, prices.soft_due_cap_s);
        if (end > order.due_s)
            cost += order.missed_cost + prices.tardiness * std::min(end - order.due_s, prices.tardiness_cap_s);
        return cost;
    }
    // True if parts and tools of `used` and the order together are what the shift starts with.
    bool stock_suffices(int shift, std::span<const std::int32_t> used, int order) const {
        if (orders[order].tools & ~shifts[shift].tools) return false;
        for (int k = 0; k < n_parts; ++k)
            if (used[k] + order_parts[static_cast<std::size_t>(order) * n_parts + k] >
                shift_parts[static_cast<std::size_t>(shift) * n_parts + k])
                return false;
        return true;
    }
};

}  // namespace field
