// Costs of routes in plain problems: one window an order, no breaks, nothing that costs by the hour (Problem::is_plain).
//
// A route's cost is that of its legs and, at a price, its duration; both are known for every beginning and every end of a
// route as it stands, so that inserting an order or exchanging tails is priced without walking along the route.
#pragma once

#include <vector>

#include "route.h"

namespace field {

class Plain {
public:
    explicit Plain(const Problem& problem) : problem_(problem), is_timed_(problem.prices.work_time || problem.has_duration_limit) {}

    // As Evaluator::update.
    bool update(Route& route, int shift, int from) {
        const Shift& s = problem_.shifts[shift];
        const int n = route.size();
        if (route.needs_depot) from = 0;
        const int restock = count_parts(route, shift, from);
        route.needs_depot = restock < n;
        route.gaps.resize(n + 1);
        route.sides.resize(n + 1);
        link(route, s, from);
        if (route.needs_depot) {
            route.cost = restock_of(shift, route.orders, restock).cost;
            for (Gap& gap : route.gaps) gap.leave_s = s.departure_s, gap.latest_ready_s = NEVER;
            return route.cost < INFEASIBLE;
        }
        if (from == 0) route.sides[0].before = {0, s.departure_s, NEVER};
        for (int k = from; k < n; ++k) {
            const Segment visit = visit_of(shift, route.orders[k]);
            const Time travel = problem_.travel_s(s.profile, route.gaps[k].from, route.gaps[k].to);
            if (!can_follow(route.sides[k].before, travel, visit)) return infeasible(route);
            route.sides[k + 1].before = join(route.sides[k].before, travel, visit);
        }
        route.sides[n].after = end_of(s);
        for (int k = n - 1; k >= 0; --k)
            route.sides[k].after = join(visit_of(shift, route.orders[k]), travel_after(s, route.gaps[k + 1]), route.sides[k + 1].after);
        for (int k = 0; k <= n; ++k) {
            route.gaps[k].leave_s = route.sides[k].before.end_s;
            route.gaps[k].latest_ready_s = route.sides[k].after.latest_s;
        }
        if (n == 0) {
            route.cost = 0;
            return true;
        }
        const Time travel = travel_after(s, route.gaps[n]);
        if (!can_follow(route.sides[n].before, travel, route.sides[n].after)) return infeasible(route);
        route.cost = cost_of(s, route.gaps[n].cost_before + route.gaps[n].leg_cost,
                             join(route.sides[n].before, travel, route.sides[n].after));
        return route.cost < INFEASIBLE;
    }

    // As Evaluator::cost_with.
    Cost cost_with(const Route& route, int shift, int keep, std::span<const Span> spans) {
        if (problem_.has_stock && (route.needs_depot || !stock_lasts(route, shift, keep, spans))) {
            if (problem_.depots.empty()) return INFEASIBLE;
            assemble(route, keep, spans);
            return cost_from_scratch(shift);
        }
        const Shift& s = problem_.shifts[shift];
        Segment done = keep ? route.sides[keep].before : Segment{0, s.departure_s, NEVER};
        Cost legs = keep ? route.gaps[keep].cost_before : 0;
        int at = keep ? route.gaps[keep].from : s.start_location;
        bool is_empty = keep == 0;
        while (!spans.empty() && spans.back().size() == 0) spans = spans.first(spans.size() - 1);
        for (const Span& span : spans) {
            if (span.size() == 0) continue;
            is_empty = false;
            const bool is_known_tail = span.route && &span == &spans.back() && problem_.shifts[span.shift].kind == s.kind;
            if (is_known_tail && !span.route->needs_depot) {
                const int first = span.route->size() - static_cast<int>(span.size());
                const Route& other = *span.route;
                const int to = problem_.orders[*span.first].location;
                const Time travel = problem_.travel_s(s.profile, at, to);
                if (!can_follow(done, travel, other.sides[first].after)) return INFEASIBLE;
                const Gap& last = other.gaps[other.size()];
                legs += problem_.leg_cost(s.profile, at, to) + last.cost_before + last.leg_cost - other.gaps[first + 1].cost_before;
                return cost_of(s, legs, join(done, travel, other.sides[first].after));
            }
            for (const int* order = span.first; order != span.last; ++order) {
                const Segment visit = visit_of(shift, *order);
                const int to = problem_.orders[*order].location;
                const Time travel = problem_.travel_s(s.profile, at, to);
                if (!can_follow(done, travel, visit)) return INFEASIBLE;
                done = join(done, travel, visit);
                legs += problem_.leg_cost(s.profile, at, to);
                at = to;
            }
        }
        if (is_empty) return 0;
        return close(s, legs, done, at);
    }

    // As Evaluator::insertion_delta, whose first look has found the detour and that the order can be reached in time.
    Cost insertion_delta(const Route& route, int shift, int at, int order, Cost detour, std::span<const std::int32_t> used) {
        if (route.needs_depot || (problem_.has_stock && !problem_.stock_suffices(shift, used, order))) {
            if (problem_.depots.empty()) return INFEASIBLE;
            const Span spans[] = {{&order, &order + 1}, {route.orders.data() + at, route.orders.data() + route.size()}};
            assemble(route, at, spans);
            const Cost cost = cost_from_scratch(shift);
            return cost >= INFEASIBLE ? INFEASIBLE : cost - route.cost;
        }
        const Shift& s = problem_.shifts[shift];
        const Cost legs = route.empty() ? detour : route.gaps[route.size()].cost_before + route.gaps[route.size()].leg_cost + detour;
        if (!is_timed_) return legs + problem_.prices.shift_used - route.cost;
        const Gap& gap = route.gaps[at];
        const Segment visit = visit_of(shift, order);
        const Segment there = join(route.sides[at].before, problem_.travel_s(s.profile, gap.from, problem_.orders[order].location), visit);
        const Time onward = gap.to == NONE ? 0 : problem_.travel_s(s.profile, problem_.orders[order].location, gap.to);
        const Cost cost = cost_of(s, legs, join(there, onward, route.sides[at].after));
        return cost >= INFEASIBLE ? INFEASIBLE : cost - route.cost;
    }

    struct Restock {
        Cost cost = INFEASIBLE;  // of the whole route
        int before = NONE;       // visit that the depot stop comes before
        int depot = NONE;
        Segment whole{};
    };

    // The cheapest depot stop of a route of which visit number `by` is the first that cannot do without.
    Restock restock_of(int shift, std::span<const int> orders, int by) {
        const Shift& s = problem_.shifts[shift];
        const int n = static_cast<int>(orders.size());
        Restock best;
        afters_.resize(n + 1);
        tail_legs_.resize(n + 1);
        afters_[n] = end_of(s);
        tail_legs_[n] = 0;
        for (int k = n - 1; k >= 0; --k) {
            const int from = problem_.orders[orders[k]].location, to = k + 1 < n ? problem_.orders[orders[k + 1]].location : s.end_location;
            const Time travel = to == NONE ? 0 : problem_.travel_s(s.profile, from, to);
            const Segment visit = visit_of(shift, orders[k]);
            afters_[k] = can_follow(visit, travel, afters_[k + 1]) ? join(visit, travel, afters_[k + 1]) : IMPOSSIBLE;
            tail_legs_[k] = tail_legs_[k + 1] + (to == NONE ? 0 : problem_.leg_cost(s.profile, from, to));
        }
        Segment done{0, s.departure_s, NEVER};
        Cost legs = 0;
        int at = s.start_location;
        for (int k = 0; k <= by; ++k) {
            const int to = problem_.orders[orders[k]].location;
            for (int d = 0; d < static_cast<int>(problem_.depots.size()); ++d) {
                const int depot = problem_.depots[d];
                const Time travel = Time{problem_.travel_s(s.profile, at, depot)} + problem_.travel_s(s.profile, depot, to);
                if (!can_follow(done, travel, afters_[k])) continue;
                const Segment whole = join(done, travel, afters_[k]);
                const Cost cost = cost_of(s, legs + problem_.leg_cost(s.profile, at, depot) + problem_.leg_cost(s.profile, depot, to) + tail_legs_[k], whole);
                if (cost < best.cost || (cost == best.cost && cost < INFEASIBLE && whole.end_s < best.whole.end_s)) best = {cost, k, d, whole};
            }
            const Segment visit = visit_of(shift, orders[k]);
            const Time travel = problem_.travel_s(s.profile, at, to);
            if (!can_follow(done, travel, visit)) break;
            done = join(done, travel, visit);
            legs += problem_.leg_cost(s.profile, at, to);
            at = to;
        }
        return best;
    }

private:
    static bool infeasible(Route& route) {
        route.cost = INFEASIBLE;
        return false;
    }

    Segment visit_of(int shift, int order) const {
        const Order& o = problem_.orders[order];
        if (o.first_window == o.end_window) return IMPOSSIBLE;
        const Window& window = problem_.windows[o.first_window];
        const Time service = problem_.service(shift, order);
        return {service, window.open_s + service, window.close_s};
    }

    static Segment end_of(const Shift& shift) { return {0, LONG_AGO, shift.latest_s}; }

    Time travel_after(const Shift& shift, const Gap& gap) const {
        return gap.to == NONE ? 0 : problem_.travel_s(shift.profile, gap.from, gap.to);
    }

    Cost cost_of(const Shift& shift, Cost legs, const Segment& whole) const {
        if (!is_timed_) return legs + problem_.prices.shift_used;
        const Time duration = whole.duration_s();
        if (duration > shift.max_duration_s) return INFEASIBLE;
        return legs + problem_.prices.shift_used + problem_.prices.work_time * duration;
    }

    Cost close(const Shift& shift, Cost legs, const Segment& done, int at) const {
        const Time travel = shift.end_location == NONE ? 0 : problem_.travel_s(shift.profile, at, shift.end_location);
        if (!can_follow(done, travel, end_of(shift))) return INFEASIBLE;
        if (shift.end_location != NONE) legs += problem_.leg_cost(shift.profile, at, shift.end_location);
        return cost_of(shift, legs, join(done, travel, end_of(shift)));
    }

    // Places and legs of the gaps from number `from` on.
    void link(Route& route, const Shift& shift, int from) const {
        const int n = route.size();
        for (int k = from; k <= n; ++k) {
            Gap& gap = route.gaps[k];
            gap.from = k ? problem_.orders[route.orders[k - 1]].location : shift.start_location;
            gap.to = k < n ? problem_.orders[route.orders[k]].location : shift.end_location;
            gap.leg_cost = gap.to == NONE || n == 0 ? 0 : problem_.leg_cost(shift.profile, gap.from, gap.to);
            gap.cost_before = k ? route.gaps[k - 1].cost_before + route.gaps[k - 1].leg_cost : 0;
        }
    }

    // Parts used before each visit; number of the first visit that the shift's own stock does not allow.
    int count_parts(Route& route, int shift, int from) const {
        const int n = route.size(), kinds = problem_.n_parts;
        if (!problem_.has_stock) return n;
        route.parts_before.resize(static_cast<std::size_t>(n + 1) * kinds);
        if (from == 0) std::fill_n(route.parts_before.begin(), kinds, 0);
        int restock = n;
        for (int k = from; k < n; ++k) {
            const std::int32_t* used = route.parts_before.data() + static_cast<std::size_t>(k) * kinds;
            if (restock == n && !problem_.stock_suffices(shift, {used, static_cast<std::size_t>(kinds)}, route.orders[k])) restock = k;
            for (int p = 0; p < kinds; ++p)
                route.parts_before[static_cast<std::size_t>(k + 1) * kinds + p] =
                    used[p] + problem_.order_parts[static_cast<std::size_t>(route.orders[k]) * kinds + p];
        }
        route.parts_used.assign(route.parts_before.end() - kinds, route.parts_before.end());
        return restock;
    }

    // True if the sequence needs no depot stop.
    bool stock_lasts(const Route& route, int shift, int keep, std::span<const Span> spans) {
        const int kinds = problem_.n_parts;
        const std::uint64_t tools = problem_.shifts[shift].tools;
        used_.assign(kinds, 0);
        if (keep) std::copy_n(route.parts_before.begin() + static_cast<std::ptrdiff_t>(keep) * kinds, kinds, used_.begin());
        for (const Span& span : spans) {
            if (span.route && !problem_.has_tools) {
                const Route& other = *span.route;
                const std::size_t first = (static_cast<std::size_t>(other.size()) - span.size()) * kinds;
                for (int p = 0; p < kinds; ++p) used_[p] += other.parts_used[p] - other.parts_before[first + p];
                continue;
            }
            for (const int* order = span.first; order != span.last; ++order) {
                if (problem_.orders[*order].tools & ~tools) return false;
                for (int p = 0; p < kinds; ++p) used_[p] += problem_.order_parts[static_cast<std::size_t>(*order) * kinds + p];
            }
        }
        for (int p = 0; p < kinds; ++p)
            if (used_[p] > problem_.shift_parts[static_cast<std::size_t>(shift) * kinds + p]) return false;
        return true;
    }

    void assemble(const Route& route, int keep, std::span<const Span> spans) {
        scratch_.orders.assign(route.orders.begin(), route.orders.begin() + keep);
        for (const Span& span : spans) scratch_.orders.insert(scratch_.orders.end(), span.first, span.last);
    }

    Cost cost_from_scratch(int shift) {
        update(scratch_, shift, 0);
        return scratch_.cost;
    }

    const Problem& problem_;
    const bool is_timed_;  // the duration has a price or a limit
    std::vector<std::int32_t> used_;
    std::vector<Segment> afters_;
    std::vector<Cost> tail_legs_;
    Route scratch_;
};

}  // namespace field
