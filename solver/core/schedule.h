// Timing of a route: forward propagation of labels (docs/model.md, "Timing of a route").
//
// A label is one way to have served the visits so far: it knows when the technician is free, what it cost, how many of
// the shift's breaks are dealt with and whether the depot has been visited. All costs are non-decreasing in time and the
// travel of a leg does not depend on the hour, so a label that is no later, no dearer and no further behind with breaks
// and stock dominates another (dynamic programming with dominance, Desrochers & Soumis 1988). Most routes carry one
// label per visit; a lunch break makes it two or three.
#pragma once

#include <array>
#include <vector>

#include "problem.h"

namespace field {

struct Label {
    Time time_s;             // end of service
    Cost cost;               // all of it up to here; the work time's departure is subtracted already
    std::int16_t parent;     // label of the visit before that this one comes from
    std::int16_t depot;      // depot visited on the leg to this visit, or NONE
    std::uint8_t breaks;     // dealt with so far: taken, or not needed because of a late departure
    std::uint8_t taken;      // of those, taken on the leg to this visit
    bool restocked;
};

// A small set of labels none of which dominates another.
class LabelSet {
public:
    static constexpr int CAPACITY = 32;

    void clear() { size_ = 0; }
    bool empty() const { return size_ == 0; }
    std::span<const Label> view() const { return {items_.data(), static_cast<std::size_t>(size_)}; }

    void add(const Label& label) {
        int kept = 0;
        for (int i = 0; i < size_; ++i) {
            if (dominates(items_[i], label)) return;  // nothing was dropped so far: dominance is transitive
            if (!dominates(label, items_[i])) {
                if (kept != i) items_[kept] = items_[i];
                ++kept;
            }
        }
        size_ = kept;
        if (size_ < CAPACITY)
            items_[size_++] = label;
        else  // more than a shift's breaks and depots can explain: give up the latest, a feasible choice all the same
            *std::max_element(items_.begin(), items_.end(),
                              [](const Label& a, const Label& b) { return a.time_s < b.time_s; }) = label;
    }

private:
    static bool dominates(const Label& a, const Label& b) {
        return a.time_s <= b.time_s && a.cost <= b.cost && a.breaks >= b.breaks && a.restocked >= b.restocked;
    }

    int size_ = 0;
    std::array<Label, CAPACITY> items_;
};

// Where the way to the end leads to.
struct Finish {
    Cost cost = INFEASIBLE;  // of the whole route
    Time end_s = NEVER;
    int label = NONE;        // label of the last visit
    int taken = 0;           // breaks taken on the way to the end
};

// A leg with breaks on the way: from leaving until ready at its other end.
struct Leg {
    Time leave_s;  // free to begin the next break
    Time ready_s;

    Leg(Time leave, Time travel) : leave_s(leave), ready_s(leave + travel) {}

    // Take the break as early as it can be; false if that is too late.
    bool take(const Break& pause) {
        const Time start = std::max(leave_s, pause.earliest_s);
        if (start > pause.last_start_s()) return false;
        ready_s = std::max(ready_s, pause.earliest_s) + pause.duration_s;
        leave_s = start + pause.duration_s;
        return true;
    }
};

// Timing of the routes of one shift. Cheap to make; holds references only.
class Schedule {
public:
    Schedule(const Problem& problem, int shift)
        : problem_(problem),
          index_(shift),
          shift_(problem.shifts[shift]),
          breaks_(problem.breaks_of(shift_)),
          service_s_(problem.service_s[shift_.service_class].data()) {}

    // Labels of the first visit. `may_restock`: a depot stop may be made on the way; `must_restock`: it has to be.
    void begin(int order, bool may_restock, bool must_restock, LabelSet& out) const {
        out.clear();
        for_each_leg(shift_.start_location, order, may_restock, must_restock, [&](Time travel, Cost leg_cost, int depot) {
            for (std::size_t late = 0; late <= breaks_.size(); ++late) {
                const Time leave = late ? std::max(shift_.departure_s, breaks_[late - 1].over_s()) : shift_.departure_s;
                begin_after(late, leave, travel, leg_cost, depot, order, out);
            }
        });
    }

    // Labels of the visit of `order` from those of the visit before it.
    void extend(std::span<const Label> from, int from_location, int order, bool may_restock, bool must_restock,
                LabelSet& out) const {
        out.clear();
        for (std::size_t i = 0; i < from.size(); ++i) {
            const Label& label = from[i];
            for_each_leg(from_location, order, may_restock && !label.restocked, must_restock && !label.restocked,
                         [&](Time travel, Cost leg_cost, int depot) {
                             extend_along(label, static_cast<int>(i), travel, leg_cost, depot, order, out);
                         });
        }
    }

    Finish finish(std::span<const Label> from, int from_location) const {
        Finish best;
        const bool goes_on = shift_.end_location != NONE;
        const Time travel = goes_on ? problem_.travel_s(shift_.profile, from_location, shift_.end_location) : 0;
        const Cost leg_cost = goes_on ? problem_.leg_cost(shift_.profile, from_location, shift_.end_location) : 0;
        for (std::size_t i = 0; i < from.size(); ++i) {
            Leg leg(from[i].time_s, travel);
            for (std::size_t next = from[i].breaks;; ++next) {
                if (leg.ready_s > shift_.latest_s) break;
                if (none_needed(next, leg.ready_s)) {
                    const Cost cost = from[i].cost + leg_cost + problem_.prices.shift_used +
                                      problem_.prices.work_time * leg.ready_s +
                                      problem_.prices.overtime * std::max<Time>(0, leg.ready_s - shift_.end_s);
                    if (cost < best.cost || (cost == best.cost && leg.ready_s < best.end_s))
                        best = {cost, leg.ready_s, static_cast<int>(i), static_cast<int>(next - from[i].breaks)};
                    break;
                }
                if (!goes_on || !leg.take(breaks_[next])) break;
            }
        }
        return best;
    }

    // The latest departure that keeps the first visit's start, with `taken` breaks from number `first` on on the way.
    Time departure_s(Time start, Time travel, std::size_t first, std::size_t taken) const {
        Time latest = NEVER, breaks_total = 0;
        for (std::size_t b = first; b < first + taken; ++b) {
            latest = std::min(latest, breaks_[b].last_start_s() - breaks_total);
            breaks_total += breaks_[b].duration_s;
        }
        return std::min(latest, start - travel - breaks_total);
    }

    const Shift& shift() const { return shift_; }
    int index() const { return index_; }
    std::span<const Break> breaks() const { return breaks_; }
    const Problem& problem() const { return problem_; }
    int service_s(int order) const { return service_s_[order]; }
    std::uint8_t eligible(int order) const { return problem_.eligible(index_, order); }

private:
    bool none_needed(std::size_t first, Time end) const {
        for (std::size_t b = first; b < breaks_.size(); ++b)
            if (end > breaks_[b].last_start_s()) return false;
        return true;
    }

    // Calls `leg(travel, cost, depot)` for the direct leg and, where allowed, for the way round by each depot.
    template <class Call>
    void for_each_leg(int from, int order, bool may_restock, bool must_restock, Call&& leg) const {
        const int to = problem_.orders[order].location;
        const int p = shift_.profile;
        if (!must_restock) leg(problem_.travel_s(p, from, to), problem_.leg_cost(p, from, to), NONE);
        if (!may_restock) return;
        for (std::size_t d = 0; d < problem_.depots.size(); ++d) {
            const int depot = problem_.depots[d];
            leg(Time{problem_.travel_s(p, from, depot)} + problem_.travel_s(p, depot, to),
                problem_.leg_cost(p, from, depot) + problem_.leg_cost(p, depot, to), static_cast<int>(d));
        }
    }

    // Every number of breaks on the first leg, after the first `late` of them were made needless by leaving at `leave`.
    void begin_after(std::size_t late, Time leave, Time travel, Cost leg_cost, int depot, int order,
                     LabelSet& out) const {
        const Cost work_time = problem_.prices.work_time;
        Leg leg(leave, travel);
        for (std::size_t taken = 0;; ++taken) {
            const Visit visit = serve(order, leg.ready_s);
            if (visit.start_s < NEVER) {
                const Time departure = departure_s(visit.start_s, travel, late, taken);
                std::size_t dealt_with = late + taken;
                if (taken == 0)
                    while (dealt_with < breaks_.size() && breaks_[dealt_with].over_s() <= departure) ++dealt_with;
                keep({visit.end_s, leg_cost + visit.cost - work_time * departure, NONE, static_cast<std::int16_t>(depot),
                      static_cast<std::uint8_t>(dealt_with), static_cast<std::uint8_t>(taken), depot != NONE},
                     out);
            }
            const std::size_t next = late + taken;
            if (next == breaks_.size() || waits_for(breaks_[next], visit) || !leg.take(breaks_[next])) return;
        }
    }

    void extend_along(const Label& label, int parent, Time travel, Cost leg_cost, int depot, int order,
                      LabelSet& out) const {
        Leg leg(label.time_s, travel);
        for (std::size_t next = label.breaks;; ++next) {
            const Visit visit = serve(order, leg.ready_s);
            if (visit.start_s < NEVER)
                keep({visit.end_s, label.cost + leg_cost + visit.cost, static_cast<std::int16_t>(parent),
                      static_cast<std::int16_t>(depot), static_cast<std::uint8_t>(next),
                      static_cast<std::uint8_t>(next - label.breaks), label.restocked || depot != NONE},
                     out);
            if (next == breaks_.size() || waits_for(breaks_[next], visit) || !leg.take(breaks_[next])) return;
        }
    }

    // True if taking the break before this visit is dominated: the visit ends before the break can begin, so taking it
    // afterwards is no later and no dearer. With a price on work time a late departure may still pay.
    bool waits_for(const Break& next, const auto& visit) const {
        return visit.end_s <= next.earliest_s && problem_.prices.work_time == 0;
    }

    // A label that is too late for its next break is dead: a route that ends early enough not to need it has ended.
    void keep(const Label& label, LabelSet& out) const {
        if (label.breaks < breaks_.size() && label.time_s > breaks_[label.breaks].last_start_s()) return;
        out.add(label);
    }

    struct Visit {
        Time start_s, end_s;
        Cost cost;
    };
    Visit serve(int order, Time ready) const {
        const Order& o = problem_.orders[order];
        const Time start = problem_.earliest_start(o, ready);
        if (start == NEVER) return {NEVER, NEVER, 0};
        const Time end = start + service_s_[order];
        if (end > shift_.latest_s) return {NEVER, NEVER, 0};
        return {start, end, problem_.visit_cost(o, start, end) + problem_.assignment_cost(index_, order)};
    }

    const Problem& problem_;
    int index_;
    const Shift& shift_;
    std::span<const Break> breaks_;
    const std::int32_t* service_s_;
};

}  // namespace field
