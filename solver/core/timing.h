// A route's times in full, for people and plans: departure, arrivals, breaks, depot stop, cost by term.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "solution.h"

namespace field {

// In the order of CostTerms in solver/solution.py; `unassigned` is none of a route's business.
enum Term { TRAVEL, DISTANCE, WORK_TIME, OVERTIME, SHIFT_USED, PREFERENCE, AGREED_BUFFER, SOFT_DUE, TARDINESS,
            PROMISE_MISSED, AGREED_BROKEN, DISRUPTION, RISK, N_TERMS };

struct TimedVisit {
    int order;
    Time arrival_s, start_s, end_s;
    std::int32_t travel_s, distance_m;
};
struct TimedBreak {
    int before;
    Time start_s, end_s;
};
struct TimedDepot {
    int before, depot;
    Time arrival_s;
    std::int32_t travel_s, distance_m;
};
struct TimedRoute {
    Time departure_s = 0, end_s = 0;
    std::vector<TimedVisit> visits;
    std::vector<TimedBreak> breaks;
    std::optional<TimedDepot> depot;
    std::int32_t end_travel_s = 0, end_distance_m = 0;
    std::array<Cost, N_TERMS> terms{};
};

// Times of a feasible route in full.
class Timing {
public:
    Timing(const Problem& problem, int shift) : problem_(problem), schedule_(problem, shift) {}

    // Replays the cheapest labels.
    TimedRoute cheapest(const Route& route) {
        TimedRoute timed;
        const int n = route.size();
        if (n == 0) return timed;
        const std::vector<Label> chain = cheapest_chain(route);
        const Shift& shift = schedule_.shift();
        int at = shift.start_location;
        Time leave = 0;
        for (int k = 0; k < n; ++k) {
            const Label& label = chain[k];
            const int order = route.orders[k], location = problem_.orders[order].location;
            const Time start = label.time_s - schedule_.service_s(order);
            const int from = label.depot == NONE ? at : problem_.depots[label.depot];
            const std::int32_t last_leg = problem_.travel_s(shift.profile, from, location);
            const std::int32_t first_leg = label.depot == NONE ? 0 : problem_.travel_s(shift.profile, at, from);
            const std::size_t first_break = k ? chain[k - 1].breaks : (label.taken ? label.breaks - label.taken : 0);
            if (k == 0) {
                leave = schedule_.departure_s(start, Time{first_leg} + last_leg, first_break, label.taken);
                timed.departure_s = leave;
            }
            const Time arrival = travel(timed, k, leave, Time{first_leg} + last_leg, first_break, label.taken);
            if (label.depot != NONE) {
                timed.depot = TimedDepot{k, label.depot, depot_arrival(timed, k, leave + first_leg), first_leg,
                                         problem_.distance_m(shift.profile, at, from)};
                pay_leg(timed, first_leg, timed.depot->distance_m);
            }
            const std::int32_t metres = problem_.distance_m(shift.profile, from, location);
            timed.visits.push_back({order, arrival, start, label.time_s, last_leg, metres});
            pay_leg(timed, last_leg, metres);
            pay_visit(timed, order, start, label.time_s);
            at = location;
            leave = label.time_s;
        }
        finish(timed, route, chain.back(), at);
        return timed;
    }

    // Departs as late as keeps the earliest end (Problem::departure_keeps_end); the route has no labels.
    TimedRoute latest(const Route& route) {
        TimedRoute timed;
        if (route.empty()) return timed;
        Plain::Restock stop;
        Segment whole;
        if (route.needs_depot) {
            stop = Plain(problem_).restock_of(schedule_.index(), route.orders, first_out_of_stock(route));
            whole = stop.whole;
        } else {
            const Gap& last = route.gaps[route.size()];
            const Time home = last.to == NONE ? 0 : problem_.travel_s(schedule_.shift().profile, last.from, last.to);
            whole = join(route.sides[route.size()].before, home, route.sides[route.size()].after);
        }
        timed.departure_s = whole.latest_start_s();
        const int profile = schedule_.shift().profile;
        Time now = timed.departure_s;
        int at = schedule_.shift().start_location;
        for (int k = 0; k < route.size(); ++k) {
            const int order = route.orders[k], to = problem_.orders[order].location;
            if (k == stop.before) {
                const int depot = problem_.depots[stop.depot];
                const std::int32_t leg_s = problem_.travel_s(profile, at, depot), leg_m = problem_.distance_m(profile, at, depot);
                now += leg_s;
                timed.depot = TimedDepot{k, stop.depot, now, leg_s, leg_m};
                pay_leg(timed, leg_s, leg_m);
                at = depot;
            }
            const std::int32_t leg_s = problem_.travel_s(profile, at, to), leg_m = problem_.distance_m(profile, at, to);
            const Time arrival = now + leg_s, start = problem_.earliest_start(problem_.orders[order], arrival);
            now = start + schedule_.service_s(order);
            timed.visits.push_back({order, arrival, start, now, leg_s, leg_m});
            pay_leg(timed, leg_s, leg_m);
            pay_visit(timed, order, start, now);
            at = to;
        }
        go_home(timed, at, [&] { return now + timed.end_travel_s; });
        return timed;
    }

private:
    int first_out_of_stock(const Route& route) const {
        const std::size_t kinds = problem_.n_parts;
        for (int k = 0; k < route.size(); ++k)
            if (!problem_.stock_suffices(schedule_.index(), {route.parts_before.data() + k * kinds, kinds}, route.orders[k])) return k;
        return route.size();
    }

    std::vector<Label> cheapest_chain(const Route& route) const {
        const int n = route.size();
        std::vector<Label> chain(n);
        int label = schedule_.finish(route.labels_of(n - 1), problem_.orders[route.orders[n - 1]].location).label;
        for (int k = n - 1; k >= 0; --k) {
            chain[k] = route.labels_of(k)[label];
            label = chain[k].parent;
        }
        return chain;
    }

    // Ready at the far end of the leg; notes the breaks on the way.
    Time travel(TimedRoute& timed, int before, Time leave, Time travel_s, std::size_t first_break, int taken) const {
        Leg leg(leave, travel_s);
        for (std::size_t b = first_break; b < first_break + taken; ++b) {
            const Break& pause = schedule_.breaks()[b];
            leg.take(pause);
            timed.breaks.push_back({before, leg.leave_s - pause.duration_s, leg.leave_s});
        }
        return leg.ready_s;
    }

    // Breaks that begin before the depot is reached delay it.
    static Time depot_arrival(const TimedRoute& timed, int before, Time arrival) {
        for (const TimedBreak& pause : timed.breaks)
            if (pause.before == before && pause.start_s < arrival) arrival += pause.end_s - pause.start_s;
        return arrival;
    }

    void finish(TimedRoute& timed, const Route& route, const Label& last, int at) const {
        const Finish end = schedule_.finish(route.labels_of(route.size() - 1), at);
        go_home(timed, at, [&] { return travel(timed, route.size(), last.time_s, timed.end_travel_s, last.breaks, end.taken); });
    }

    // The last leg, and what depends on the end; `end_s` tells when that is, once the leg is known.
    template <class End>
    void go_home(TimedRoute& timed, int at, End&& end_s) const {
        const Shift& shift = schedule_.shift();
        if (shift.end_location != NONE) {
            timed.end_travel_s = problem_.travel_s(shift.profile, at, shift.end_location);
            timed.end_distance_m = problem_.distance_m(shift.profile, at, shift.end_location);
        }
        timed.end_s = end_s();
        pay_leg(timed, timed.end_travel_s, timed.end_distance_m);
        timed.terms[WORK_TIME] = problem_.prices.work_time * (timed.end_s - timed.departure_s);
        timed.terms[OVERTIME] = problem_.prices.overtime * std::max<Time>(0, timed.end_s - shift.end_s);
        timed.terms[SHIFT_USED] = problem_.prices.shift_used;
    }

    void pay_leg(TimedRoute& timed, std::int32_t travel_s, std::int32_t distance_m) const {
        timed.terms[TRAVEL] += problem_.prices.travel * travel_s;
        timed.terms[DISTANCE] += problem_.prices.distance * distance_m;
    }

    void pay_visit(TimedRoute& timed, int order, Time start, Time end) const {
        const Order& o = problem_.orders[order];
        const Prices& prices = problem_.prices;
        if (schedule_.eligible(order) == ELIGIBLE_NOT_PREFERRED) timed.terms[PREFERENCE] += prices.preference;
        timed.terms[AGREED_BUFFER] += prices.agreed_buffer * std::max<Time>(0, start - o.buffer_from_s);
        if (start > o.broken_from_s) timed.terms[AGREED_BROKEN] += prices.agreed_broken;
        timed.terms[DISRUPTION] += problem_.disruption_cost(schedule_.index(), order) + (start > o.moved_from_s ? o.moved_cost : 0);
        timed.terms[RISK] += problem_.risk_cost(o, start, end);
        timed.terms[SOFT_DUE] += prices.soft_due * std::clamp<Time>(end - o.soft_due_s, 0, prices.soft_due_cap_s);
        if (end > o.due_s) {
            timed.terms[TARDINESS] += prices.tardiness * std::min(end - o.due_s, prices.tardiness_cap_s);
            timed.terms[PROMISE_MISSED] += o.missed_cost;
        }
    }

    const Problem& problem_;
    const Schedule schedule_;
};

}  // namespace field
