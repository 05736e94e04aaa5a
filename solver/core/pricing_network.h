// One shift as the pricing problem sees it: its orders side by side, and how a label gets from one to the next.
//
// Times and costs are those of schedule.h, exactly: every choice of breaks that may be cheapest is tried. Depot stops are
// tried before every visit up to the first one that has to have one, also where nothing turns out to be missing: more
// than the model allows, never less, so that no route is priced above its true cost. Where routes depart as late as keeps
// their end, limits of duration are left out and the time between departure and end counts without its waits.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "schedule.h"

namespace field {

// One way to get from a place to an order.
struct Way {
    Time travel_s;
    Cost cost;
    bool by_depot;
};

class PricingNetwork {
public:
    // Parts are counted in the bytes of one word, up to 126 of a kind; kinds beyond that are not counted (a relaxation).
    static constexpr int MAX_KINDS = 8, MAX_STOCK = 126;
    static constexpr std::uint64_t HIGH_BITS = 0x8080808080808080ull;

    PricingNetwork(const Problem& problem, int shift)
        : problem_(problem), shift_(problem.shifts[shift]), breaks_(problem.breaks_of(shift_)) {
        for (int j = 0; j < problem.n_orders; ++j)
            if (problem.eligible(shift, j) != NOT_ELIGIBLE) orders_.push_back(j);
        const int n = size();
        for (int j : orders_) {
            service_s_.push_back(problem.service(shift, j));
            assignment_cost_.push_back(problem.assignment_cost(shift, j));
            lacks_tools_.push_back((problem.orders[j].tools & ~shift_.tools) != 0);
        }
        count_parts(shift);
        const bool may_restock = runs_short_ && !problem.depots.empty();
        ways_.resize(static_cast<std::size_t>(n + 1) * n);
        for (int from = 0; from <= n; ++from)
            for (int to = 0; to < n; ++to) {
                std::vector<Way>& ways = ways_[static_cast<std::size_t>(from) * n + to];
                ways.push_back({travel(place(from), place(to)), leg_cost(place(from), place(to)), false});
                if (may_restock) add_ways_by_depot(place(from), place(to), ways);
            }
    }

    int size() const { return static_cast<int>(orders_.size()); }
    int order(int local) const { return orders_[local]; }
    const std::vector<int>& orders() const { return orders_; }
    const Shift& shift() const { return shift_; }
    const Problem& problem() const { return problem_; }
    const Break& pause(int number) const { return breaks_[number]; }
    int n_breaks() const { return static_cast<int>(breaks_.size()); }
    Time service_s(int local) const { return service_s_[local]; }
    std::span<const Way> ways(int from, int to) const { return ways_[static_cast<std::size_t>(from) * size() + to]; }

    // What is used up after one more visit; false if the stock does not last for it, or a tool is missing.
    bool stock_lasts(std::uint64_t used, int to, std::uint64_t& after) const {
        if (lacks_tools_[to] || is_too_much_[to]) return false;
        after = used + parts_[to];
        return (((stock_ | HIGH_BITS) - after) & HIGH_BITS) == HIGH_BITS;
    }
    static bool uses_no_more(std::uint64_t a, std::uint64_t b) { return (((b | HIGH_BITS) - a) & HIGH_BITS) == HIGH_BITS; }

    // Calls `out(end_s, cost, breaks)` for each way to begin with order `to`; see Schedule::begin.
    template <class Out>
    void begin(const Way& way, int to, Out&& out) const {
        const Cost work_time = problem_.departure_keeps_end ? 0 : problem_.prices.work_time;
        for (std::size_t late = 0; late <= breaks_.size(); ++late) {
            const Time leave = late ? std::max(shift_.departure_s, breaks_[late - 1].over_s()) : shift_.departure_s;
            Leg leg(leave, way.travel_s);
            Time last_departure = NEVER, breaks_total = 0;
            for (std::size_t next = late;; ++next) {
                const Served visit = serve(to, leg.ready_s);
                if (visit.end_s == NEVER) break;  // a break makes it later still
                const Time departure = std::min(last_departure, visit.start_s - way.travel_s - breaks_total);
                std::size_t settled = next;
                if (next == late)
                    while (settled < breaks_.size() && breaks_[settled].over_s() <= departure) ++settled;
                if (is_alive(visit.end_s, settled))
                    out(visit.end_s, way.cost + busy_cost(way.travel_s + service_s_[to]) + visit.cost - work_time * departure,
                        static_cast<int>(settled));
                if (next == breaks_.size() || waits_for(breaks_[next], visit.end_s)) break;
                last_departure = std::min(last_departure, breaks_[next].last_start_s() - breaks_total);
                breaks_total += breaks_[next].duration_s;
                if (!leg.take(breaks_[next])) break;
            }
        }
    }

    // Calls `out(end_s, cost, breaks)` for each way to go on from `time_s` to order `to`; see Schedule::extend.
    template <class Out>
    void extend(Time time_s, int breaks, const Way& way, int to, Out&& out) const {
        Leg leg(time_s, way.travel_s);
        for (std::size_t next = static_cast<std::size_t>(breaks);; ++next) {
            const Served visit = serve(to, leg.ready_s);
            if (visit.end_s == NEVER) return;
            if (is_alive(visit.end_s, next)) out(visit.end_s, way.cost + busy_cost(way.travel_s + service_s_[to]) + visit.cost, static_cast<int>(next));
            if (next == breaks_.size() || waits_for(breaks_[next], visit.end_s) || !leg.take(breaks_[next])) return;
        }
    }

    // Cost of ending the route after order `from`; INFEASIBLE if it cannot end there. See Schedule::finish.
    Cost finish(Time time_s, int breaks, int from) const {
        const bool goes_on = shift_.end_location != NONE;
        const Time way = goes_on ? travel(place(from), shift_.end_location) : 0;
        Leg leg(time_s, way);
        for (std::size_t next = static_cast<std::size_t>(breaks);; ++next) {
            if (leg.ready_s > shift_.latest_s) return INFEASIBLE;
            if (none_needed(next, leg.ready_s))
                return (goes_on ? leg_cost(place(from), shift_.end_location) : 0) + problem_.prices.shift_used +
                       (problem_.departure_keeps_end ? busy_cost(way) : problem_.prices.work_time * leg.ready_s) +
                       problem_.prices.overtime * std::max<Time>(0, leg.ready_s - shift_.end_s);
            if (!goes_on || !leg.take(breaks_[next])) return INFEASIBLE;
        }
    }

    // Least price of the times of a visit that is reached at `ready_s` or later; NEVER as its end if there is none.
    struct Served {
        Time start_s, end_s;
        Cost cost;
    };
    Served serve(int to, Time ready_s) const {
        const Order& order = problem_.orders[orders_[to]];
        const Time start = problem_.earliest_start(order, ready_s);
        if (start == NEVER || start + service_s_[to] > shift_.latest_s) return {NEVER, NEVER, 0};
        const Time end = start + service_s_[to];
        return {start, end, problem_.visit_cost(order, start, end) + assignment_cost_[to]};
    }

private:
    Cost busy_cost(Time busy_s) const { return problem_.departure_keeps_end ? problem_.prices.work_time * busy_s : 0; }
    int place(int local) const {
        return local == size() ? shift_.start_location : problem_.orders[orders_[local]].location;
    }
    Time travel(int from, int to) const { return problem_.travel_s(shift_.profile, from, to); }
    Cost leg_cost(int from, int to) const { return problem_.leg_cost(shift_.profile, from, to); }

    void count_parts(int shift) {
        parts_.assign(orders_.size(), 0);
        is_too_much_.assign(orders_.size(), false);
        runs_short_ = std::ranges::any_of(lacks_tools_, [](char lacks) { return lacks != 0; });
        int byte = 0;
        for (int kind = 0; kind < problem_.n_parts; ++kind) {
            const std::int64_t stock = problem_.shift_parts[static_cast<std::size_t>(shift) * problem_.n_parts + kind];
            std::int64_t wanted = 0;
            for (int j : orders_) wanted += part(j, kind);
            if (wanted <= stock) continue;
            runs_short_ = true;
            for (int i = 0; i < size(); ++i)
                if (part(orders_[i], kind) > stock) is_too_much_[i] = true;
            if (byte == MAX_KINDS || stock > MAX_STOCK / 2) continue;
            stock_ |= static_cast<std::uint64_t>(stock) << (8 * byte);
            for (int i = 0; i < size(); ++i)
                if (!is_too_much_[i]) parts_[i] |= static_cast<std::uint64_t>(part(orders_[i], kind)) << (8 * byte);
            ++byte;
        }
    }
    std::int64_t part(int order, int kind) const {
        return problem_.order_parts[static_cast<std::size_t>(order) * problem_.n_parts + kind];
    }

    // The ways round by a depot of which none is both longer and dearer than another.
    void add_ways_by_depot(int from, int to, std::vector<Way>& ways) const {
        std::vector<Way> rounds;
        for (int depot : problem_.depots)
            rounds.push_back({travel(from, depot) + travel(depot, to), leg_cost(from, depot) + leg_cost(depot, to), true});
        for (std::size_t a = 0; a < rounds.size(); ++a) {
            bool is_worse = false;
            for (std::size_t b = 0; b < rounds.size() && !is_worse; ++b) {
                const bool no_worse = rounds[b].travel_s <= rounds[a].travel_s && rounds[b].cost <= rounds[a].cost;
                const bool same = rounds[b].travel_s == rounds[a].travel_s && rounds[b].cost == rounds[a].cost;
                is_worse = b != a && no_worse && (!same || b < a);
            }
            if (!is_worse) ways.push_back(rounds[a]);
        }
    }

    bool none_needed(std::size_t first, Time end) const {
        for (std::size_t b = first; b < breaks_.size(); ++b)
            if (end > breaks_[b].last_start_s()) return false;
        return true;
    }
    bool waits_for(const Break& next, Time end_s) const {
        return end_s <= next.earliest_s && problem_.prices.work_time == 0;
    }
    bool is_alive(Time end_s, std::size_t next) const {
        return next >= breaks_.size() || end_s <= breaks_[next].last_start_s();
    }

    const Problem& problem_;
    const Shift& shift_;
    std::span<const Break> breaks_;
    std::vector<int> orders_;
    std::vector<Time> service_s_;
    std::vector<Cost> assignment_cost_;
    std::vector<char> lacks_tools_, is_too_much_;
    std::vector<std::uint64_t> parts_;
    std::uint64_t stock_ = 0;
    bool runs_short_ = false;
    std::vector<std::vector<Way>> ways_;
};

}  // namespace field
