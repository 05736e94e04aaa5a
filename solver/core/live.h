// Routes that stand, kept ready to answer where one more order fits: for the running day.
//
// The search rebuilds its records for every problem. Here they stay, with room for orders that come later ("guests"), so
// that an answer costs one look at every gap: O(gaps + places worth pricing), a millisecond in a city.
#pragma once

#include <algorithm>
#include <vector>

#include "evaluator.h"

namespace field {

// An order that was not known when the routes were loaded. Travel of each profile, to and from every place known so far.
struct Guest {
    std::vector<const std::int32_t*> into_s, out_s, into_m, out_m;
    std::int32_t service_s = 0;
    std::vector<Window> windows;
    Time due_s = NEVER, soft_due_s = NEVER, buffer_from_s = NEVER, broken_from_s = NEVER;
    Cost missed_cost = 0, unassigned_cost = 0;
    std::vector<std::uint8_t> eligibility;  // by shift
    std::vector<std::int32_t> parts;
    std::uint64_t tools = 0;
};

// The cheapest place in a shift's route for an order: before visit number `at`, for `cost` more.
struct Insertion {
    Cost cost;
    int shift, at;
};

class LiveRoutes {
public:
    // Copies the problem, with room for `spare` guests; all routes are empty.
    LiveRoutes(const Problem& source, int spare)
        : problem_(without_travel(source)), evaluator_(problem_, !source.departure_keeps_end), routes_(source.n_shifts),
          shift_of_(source.n_orders, NONE), n_known_(source.n_locations), n_places_(source.n_locations), n_own_orders_(source.n_orders) {
        problem_.has_stock = problem_.has_tools = true;  // a guest may be the first to need something
        for (const Travel& travel : source.travel)
            tables_.push_back(Tables::copy_of(travel, source.n_locations, source.n_locations + spare));
        point_to_tables(source.n_locations + spare);
        for (int shift = 0; shift < source.n_shifts; ++shift) evaluator_.update(routes_[shift], shift);
    }
    LiveRoutes(const LiveRoutes&) = delete;
    LiveRoutes& operator=(const LiveRoutes&) = delete;

    const Problem& problem() const { return problem_; }
    const Route& route(int shift) const { return routes_[shift]; }
    int n_places() const { return n_places_; }
    int shift_of(int order) const { return shift_of_[order]; }
    bool is_known(int order) const {
        return order >= 0 && order < problem_.n_orders && (order < n_own_orders_ || is_present_[order - n_own_orders_]);
    }

    // Gives the shift's route these orders; false, and nothing is changed, if that breaks a rule.
    bool set_route(int shift, const std::vector<int>& orders) {
        if (!may_serve(shift, orders)) return false;
        const std::vector<int> before = routes_[shift].orders;
        routes_[shift].orders = orders;
        if (!evaluator_.update(routes_[shift], shift)) {
            routes_[shift].orders = before;
            evaluator_.update(routes_[shift], shift);
            return false;
        }
        for (int order : before) shift_of_[order] = NONE;
        for (int order : orders) shift_of_[order] = shift;
        return true;
    }

    // True if the shift may serve these orders, clock and stock apart.
    bool may_serve(int shift, const std::vector<int>& orders) const {
        if (static_cast<int>(orders.size()) > problem_.shifts[shift].max_visits) return false;
        for (int order : orders)
            if (problem_.eligible(shift, order) == NOT_ELIGIBLE) return false;
        return true;
    }

    // Number of a new order, in no route. Its place is the first that no guest has, at most number n_places().
    int add(const Guest& guest) {
        const int slot = free_slot();
        const int order = n_own_orders_ + slot, place = n_known_ + slot;
        if (place == problem_.n_locations) grow();
        write_travel(guest, place);
        n_places_ = std::max(n_places_, place + 1);
        write_order(guest, order, place);
        if (slot == static_cast<int>(is_present_.size())) is_present_.push_back(0);
        is_present_[slot] = 1;
        return order;
    }

    // Forgets a guest that is in no route: its number and place can be given again.
    void forget(int order) { is_present_[order - n_own_orders_] = 0; }
    bool is_guest(int order) const { return order >= n_own_orders_; }

    // What `call()` gives while the order has other windows than its own.
    template <class Call>
    auto with_windows(int order, const std::vector<Window>& windows, Call&& call) {
        const Order own = problem_.orders[order];
        const std::size_t n_windows = problem_.windows.size();
        problem_.windows.insert(problem_.windows.end(), windows.begin(), windows.end());
        problem_.orders[order].first_window = static_cast<int>(n_windows);
        problem_.orders[order].end_window = static_cast<int>(problem_.windows.size());
        auto answer = call();
        problem_.windows.resize(n_windows);
        problem_.orders[order] = own;
        return answer;
    }

    // The shifts with the cheapest places for an order, at most `most`, cheapest first. Exact, as far as a look is (see
    // Look).
    std::vector<Insertion> cheapest(int order, int most) {
        std::vector<Insertion> found;
        if (most <= 0) return found;
        const Look look(problem_, order);
        const auto [opens, closes] = span_of_windows(problem_.orders[order]);
        for (int shift = 0; shift < problem_.n_shifts; ++shift) {
            const Shift& s = problem_.shifts[shift];
            if (!look.is_eligible(shift) || routes_[shift].size() >= s.max_visits) continue;
            if (opens > s.latest_s || closes < s.departure_s) continue;
            const bool is_full = static_cast<int>(found.size()) == most;
            const Insertion best = cheapest_in(look, order, shift, is_full ? found.back().cost : INFEASIBLE);
            if (best.shift == NONE) continue;
            const auto after = std::upper_bound(found.begin(), found.end(), best.cost, [](Cost cost, const Insertion& i) { return cost < i.cost; });
            found.insert(after, best);
            if (static_cast<int>(found.size()) > most) found.pop_back();
        }
        return found;
    }

    // Puts an order that is in no route before visit number `at`; false, and nothing is changed, if that breaks a rule.
    bool insert(int order, int shift, int at) {
        Route& route = routes_[shift];
        if (problem_.eligible(shift, order) == NOT_ELIGIBLE || route.size() >= problem_.shifts[shift].max_visits) return false;
        route.orders.insert(route.orders.begin() + at, order);
        if (!evaluator_.update(route, shift, at)) {
            route.orders.erase(route.orders.begin() + at);
            evaluator_.update(route, shift);
            return false;
        }
        shift_of_[order] = shift;
        return true;
    }

    // Takes an order out of its route; false, and nothing is changed, if the others cannot do without it (where a detour
    // is shorter than the direct way).
    bool remove(int order) {
        const int shift = shift_of_[order];
        std::vector<int> others = routes_[shift].orders;
        std::erase(others, order);
        return set_route(shift, others);
    }

private:
    struct Tables {
        std::vector<std::int32_t> from_s, to_s, from_m;

        static Tables copy_of(const Travel& travel, int size, int room) {
            Tables tables;
            const std::size_t n = size, stride = room;
            for (auto* table : {&tables.from_s, &tables.to_s, &tables.from_m}) table->resize(stride * stride);
            for (std::size_t row = 0; row < n; ++row) {
                std::copy_n(travel.from_s + row * n, n, tables.from_s.begin() + static_cast<std::ptrdiff_t>(row * stride));
                std::copy_n(travel.to_s + row * n, n, tables.to_s.begin() + static_cast<std::ptrdiff_t>(row * stride));
                std::copy_n(travel.from_m + row * n, n, tables.from_m.begin() + static_cast<std::ptrdiff_t>(row * stride));
            }
            return tables;
        }
    };

    static Problem without_travel(const Problem& source) {
        Problem copy;
        copy.n_orders = source.n_orders, copy.n_shifts = source.n_shifts, copy.n_parts = source.n_parts, copy.n_teams = source.n_teams;
        copy.has_duration_limit = source.has_duration_limit, copy.departure_keeps_end = source.departure_keeps_end;
        copy.is_plain = source.is_plain;
        copy.prices = source.prices;
        copy.orders = source.orders, copy.shifts = source.shifts, copy.windows = source.windows, copy.breaks = source.breaks;
        copy.disruption = source.disruption;
        copy.risk = source.risk;
        copy.depots = source.depots, copy.eligibility = source.eligibility, copy.service_s = source.service_s;
        copy.class_permille = source.class_permille;
        copy.order_parts = source.order_parts, copy.shift_parts = source.shift_parts, copy.locked_routes = source.locked_routes;
        return copy;
    }

    void point_to_tables(int room) {
        problem_.n_locations = room;
        problem_.travel.clear();
        for (const Tables& t : tables_) problem_.travel.emplace_back(t.from_s.data(), t.from_m.data(), t.to_s.data());
    }

    // Twice the room for guests.
    void grow() {
        const int size = problem_.n_locations, room = size + std::max(64, size - n_known_);
        for (std::size_t p = 0; p < tables_.size(); ++p) tables_[p] = Tables::copy_of(problem_.travel[p], size, room);
        point_to_tables(room);
    }

    int free_slot() const {
        return static_cast<int>(std::ranges::find(is_present_, 0) - is_present_.begin());
    }

    void write_travel(const Guest& guest, int place) {
        const std::size_t stride = problem_.n_locations, own = place;
        for (std::size_t p = 0; p < tables_.size(); ++p) {
            Tables& t = tables_[p];
            for (std::size_t other = 0; other < static_cast<std::size_t>(n_places_); ++other) {
                t.from_s[other * stride + own] = t.to_s[own * stride + other] = guest.into_s[p][other];
                t.from_s[own * stride + other] = t.to_s[other * stride + own] = guest.out_s[p][other];
                t.from_m[other * stride + own] = guest.into_m[p][other];
                t.from_m[own * stride + other] = guest.out_m[p][other];
            }
            t.from_s[own * stride + own] = t.to_s[own * stride + own] = t.from_m[own * stride + own] = 0;
        }
    }

    void write_order(const Guest& guest, int order, int place) {
        if (order == problem_.n_orders) {
            ++problem_.n_orders;
            problem_.orders.emplace_back();
            problem_.eligibility.resize(problem_.eligibility.size() + problem_.n_shifts);
            problem_.order_parts.resize(problem_.order_parts.size() + problem_.n_parts);
            if (!problem_.risk.empty()) problem_.risk.emplace_back();
            if (!problem_.disruption.empty()) problem_.disruption.resize(problem_.disruption.size() + problem_.n_shifts);
            for (std::vector<std::int32_t>& seconds : problem_.service_s) seconds.push_back(0);
            shift_of_.push_back(NONE);
        }
        Order& o = problem_.orders[order];
        const int n_windows = static_cast<int>(guest.windows.size());
        int first_window = o.first_window;
        if (n_windows > o.end_window - o.first_window) {
            first_window = static_cast<int>(problem_.windows.size());
            problem_.windows.resize(first_window + n_windows);
        }
        std::ranges::copy(guest.windows, problem_.windows.begin() + first_window);
        o = Order{};
        o.location = place;
        o.first_window = first_window, o.end_window = first_window + n_windows;
        o.lock_shift = NONE;
        o.free_start_s = std::min(guest.buffer_from_s, guest.broken_from_s), o.free_end_s = std::min(guest.soft_due_s, guest.due_s);
        o.buffer_from_s = guest.buffer_from_s, o.broken_from_s = guest.broken_from_s;
        o.soft_due_s = guest.soft_due_s, o.due_s = guest.due_s;
        o.missed_cost = guest.missed_cost, o.unassigned_cost = guest.unassigned_cost;
        o.tools = guest.tools;
        std::ranges::copy(guest.eligibility, problem_.eligibility.begin() + static_cast<std::ptrdiff_t>(order) * problem_.n_shifts);
        std::ranges::copy(guest.parts, problem_.order_parts.begin() + static_cast<std::ptrdiff_t>(order) * problem_.n_parts);
        for (std::size_t c = 0; c < problem_.service_s.size(); ++c)
            problem_.service_s[c][order] = with_permille(guest.service_s, problem_.class_permille[c]);
    }

    std::pair<Time, Time> span_of_windows(const Order& order) const {
        if (order.first_window == order.end_window) return {NEVER, LONG_AGO};
        return {problem_.windows[order.first_window].open_s, problem_.windows[order.end_window - 1].close_s};
    }

    Insertion cheapest_in(const Look& look, int order, int shift, Cost bound) {
        const Route& route = routes_[shift];
        Insertion best{bound, NONE, 0};
        // Where a detour is no lower bound, every place is priced.
        const bool moves_depot = route.needs_depot || !problem_.stock_suffices(shift, route.parts_used, order);
        const bool is_bounded = !problem_.prices.work_time && !moves_depot;
        for (int at = route.size(); at >= 0; --at) {  // of equals the last one, which delays the fewest
            const Gap& gap = route.gaps[at];
            const Cost limit = is_bounded ? best.cost : INFEASIBLE;
            const Cost detour = look.detour(gap, shift, limit);
            if (detour >= limit) continue;
            const Cost cost = evaluator_.insertion_delta(route, gap, shift, at, order, detour, limit);
            if (cost < best.cost) best = {cost, shift, at};
        }
        return best;
    }

    Problem problem_;
    std::vector<Tables> tables_;
    Evaluator evaluator_;
    std::vector<Route> routes_;
    std::vector<int> shift_of_;  // by order; NONE = in no route
    std::vector<char> is_present_;  // by guest
    const int n_known_;  // places of the problem
    int n_places_;       // with those of guests
    const int n_own_orders_;
};

}  // namespace field
