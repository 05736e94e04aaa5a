// Exact costs of routes as they are and as they would be.
#pragma once

#include <utility>
#include <vector>

#include "plain.h"

namespace field {

// A first look at the places for an order, in constant time.
//
// An insertion makes nothing else earlier, so it costs no less than its detour and its technician. (Not exact where a depot stop can move,
// where a departure can be postponed at a price of work time, or without the triangle inequality: there a place that pays
// may be overlooked.)
class Look {
public:
    Look(const Problem& problem, int order)
        : problem_(problem), order_(problem.orders[order]), travel_(problem.travel.data()), shifts_(problem.shifts.data()),
          eligible_(problem.eligibility.data() + static_cast<std::size_t>(order) * problem.n_shifts),
          disruption_(problem.disruption.empty() ? nullptr : problem.disruption.data() + static_cast<std::size_t>(order) * problem.n_shifts),
          index_(order),
          row_(static_cast<std::size_t>(order_.location) * problem.n_locations), travel_price_(problem.prices.travel),
          distance_price_(problem.prices.distance), preference_(problem.prices.preference) {
        if (order_.end_window - order_.first_window != 1) return;
        only_ = problem.windows[order_.first_window];
    }

    bool is_eligible(int shift) const { return eligible_[shift] != NOT_ELIGIBLE; }

    // Price of the detour and of the technician; INFEASIBLE if that is not below `bound`, or not even the earliest label gets to the order, and
    // from it to the next visit, in time.
    Cost detour(const Gap& gap, int shift, Cost bound) const {
        const Shift& s = shifts_[shift];
        const Travel& travel = travel_[s.profile];
        const Time there = travel.to_s[row_ + gap.from];
        const Time onward = gap.to == NONE ? 0 : travel.from_s[row_ + gap.to];
        Cost cost = travel_price_ * (there + onward) - gap.leg_cost;
        if (distance_price_) {
            cost += distance_price_ * problem_.distance_m(s.profile, gap.from, order_.location);
            if (gap.to != NONE) cost += distance_price_ * travel.from_m[row_ + gap.to];
        }
        if (preference_ && eligible_[shift] == ELIGIBLE_NOT_PREFERRED) cost += preference_;
        if (disruption_) cost += disruption_[shift];
        if (cost >= bound) return INFEASIBLE;
        const Time ready = gap.leave_s + there;
        Time start;
        if (only_.open_s != NEVER)
            start = ready > only_.close_s ? NEVER : std::max(ready, only_.open_s);
        else
            start = problem_.earliest_start(order_, ready);
        if (start == NEVER || start + problem_.service_s[s.service_class][index_] + onward > gap.latest_ready_s) return INFEASIBLE;
        return cost;
    }

private:
    const Problem& problem_;
    const Order& order_;
    const Travel* travel_;
    const Shift* shifts_;
    const std::uint8_t* eligible_;
    const std::int32_t* disruption_;  // null: there is none
    const int index_;
    const std::size_t row_;
    const Cost travel_price_, distance_price_, preference_;
    Window only_{NEVER, NEVER};
};

// Costs of sequences, exact, from the labels of routes as they are; reusable scratch space.
class Evaluator {
public:
    // `with_labels`: routes get their labels in a plain problem too, as timing them in full needs.
    explicit Evaluator(const Problem& problem, bool with_labels = false)
        : problem_(problem), plain_(problem), is_plain_(problem.is_plain && !with_labels) {}

    // Number of the first visit that cannot be served from the shift's own stock; the size if all can.
    int restock_by(int shift, std::span<const int> orders) {
        if (!problem_.has_stock) return static_cast<int>(orders.size());
        used_.assign(problem_.n_parts, 0);
        for (std::size_t k = 0; k < orders.size(); ++k) {
            if (!problem_.stock_suffices(shift, used_, orders[k])) return static_cast<int>(k);
            for (int p = 0; p < problem_.n_parts; ++p)
                used_[p] += problem_.order_parts[static_cast<std::size_t>(orders[k]) * problem_.n_parts + p];
        }
        return static_cast<int>(orders.size());
    }

    // Bring everything that is known about the route up to date with its orders; visits before `from` are as they were.
    // False if the route is infeasible (its cost is then INFEASIBLE).
    bool update(Route& route, int shift, int from = 0) {
        if (is_plain_) return plain_.update(route, shift, from);
        const int n = route.size();
        const int restock = restock_by(shift, route.orders);
        const bool needs_depot = restock < n;
        if (needs_depot || route.needs_depot) from = 0;
        route.needs_depot = needs_depot;
        route.parts_used = used_;
        route.first_label.resize(n + 1);
        route.gaps.resize(n + 1);
        const Schedule schedule(problem_, shift);
        if (n == 0) {
            const Shift& unused = schedule.shift();
            route.labels.clear();
            route.gaps[0] = {unused.start_location, unused.end_location, 0, 0, unused.departure_s, unused.latest_s};
            route.cost = 0;
            return true;
        }
        route.first_label[0] = 0;
        route.labels.resize(route.first_label[from]);
        for (int k = from; k < n; ++k) {
            const bool may = needs_depot && k <= restock, must = k == restock && needs_depot;
            if (k == 0)
                schedule.begin(route.orders[0], may, must, next_);
            else
                schedule.extend(route.labels_of(k - 1), problem_.orders[route.orders[k - 1]].location, route.orders[k],
                                may, must, next_);
            if (next_.empty()) {
                route.cost = INFEASIBLE;
                return false;
            }
            route.labels.insert(route.labels.end(), next_.view().begin(), next_.view().end());
            route.first_label[k + 1] = static_cast<int>(route.labels.size());
        }
        route.cost = schedule.finish(route.labels_of(n - 1), problem_.orders[route.orders[n - 1]].location).cost;
        if (route.cost >= INFEASIBLE) return false;
        update_gaps(route, schedule, from);
        return true;
    }

    // Cost of the shift's route if its visits after the first `keep` were replaced by those of `spans`; INFEASIBLE if
    // that cannot be done. Eligibility and the number of visits are the caller's to check.
    Cost cost_with(const Route& route, int shift, int keep, std::span<const Span> spans) {
        if (is_plain_) return plain_.cost_with(route, shift, keep, spans);
        if (problem_.has_stock && stock_matters(route, shift, keep, spans)) return cost_from_scratch(shift);
        const Schedule schedule(problem_, shift);
        std::span<const Label> labels;
        int at = NONE;
        if (keep > 0) {
            labels = route.labels_of(keep - 1);
            at = route.orders[keep - 1];
        }
        for (const Span& span : spans)
            for (const int* order = span.first; order != span.last; ++order) {
                LabelSet& next = labels.data() == next_.view().data() ? other_ : next_;
                if (at == NONE)
                    schedule.begin(*order, false, false, next);
                else
                    schedule.extend(labels, problem_.orders[at].location, *order, false, false, next);
                if (next.empty()) return INFEASIBLE;
                labels = next.view();
                at = *order;
            }
        if (at == NONE) return 0;
        return schedule.finish(labels, problem_.orders[at].location).cost;
    }

    // Increase in cost by `order` before visit number `at`, exact; INFEASIBLE if impossible or not below `bound`. `gap` is
    // that of the route there, `detour` what a look has found.
    Cost insertion_delta(const Route& route, const Gap& gap, int shift, int at, int order, Cost detour, Cost bound) {
        const Order& o = problem_.orders[order];
        const int p = problem_.shifts[shift].profile;
        if (is_plain_) return below(plain_.insertion_delta(route, shift, at, order, detour, used_of(route)), bound);
        const int n = route.size();
        const bool lasts = !problem_.has_stock ||
                           (!route.needs_depot && problem_.stock_suffices(shift, used_of(route), order));
        if (!lasts) {
            const Span spans[] = {{&order, &order + 1}, {route.orders.data() + at, route.orders.data() + n}};
            assemble(route, at, spans);
            const Cost cost = cost_from_scratch(shift);
            return cost >= INFEASIBLE ? INFEASIBLE : below(cost - route.cost, bound);
        }
        const Schedule schedule(problem_, shift);
        if (at == 0)
            schedule.begin(order, false, false, next_);
        else
            schedule.extend(route.labels_of(at - 1), gap.from, order, false, false, next_);
        LabelSet *now = &next_, *then = &other_;
        int at_location = o.location;
        for (int k = at; k < n; ++k) {
            if (now->empty() || too_late(now->view(), at_location, p, route, k)) return INFEASIBLE;
            schedule.extend(now->view(), at_location, route.orders[k], false, false, *then);
            std::swap(now, then);
            Cost offset;
            if (same_but_for_cost(now->view(), route.labels_of(k), offset)) return below(offset, bound);
            at_location = problem_.orders[route.orders[k]].location;
        }
        if (now->empty()) return INFEASIBLE;
        const Cost cost = schedule.finish(now->view(), at_location).cost;
        return cost >= INFEASIBLE ? INFEASIBLE : below(cost - route.cost, bound);
    }

private:
    static Cost below(Cost delta, Cost bound) { return delta < bound ? delta : INFEASIBLE; }

    std::span<const std::int32_t> used_of(const Route& route) {
        if (static_cast<int>(route.parts_used.size()) == problem_.n_parts) return route.parts_used;
        used_.assign(problem_.n_parts, 0);
        return used_;
    }

    void update_gaps(Route& route, const Schedule& schedule, int from) {
        const Shift& shift = schedule.shift();
        const int n = route.size();
        for (int k = from; k <= n; ++k) {
            Gap& gap = route.gaps[k];
            gap.from = k ? problem_.orders[route.orders[k - 1]].location : shift.start_location;
            gap.to = k < n ? problem_.orders[route.orders[k]].location : shift.end_location;
            gap.leg_cost = gap.to == NONE ? 0 : problem_.leg_cost(shift.profile, gap.from, gap.to);
            gap.cost_before = k ? route.gaps[k - 1].cost_before + route.gaps[k - 1].leg_cost : 0;
            gap.leave_s = k ? earliest(route.labels_of(k - 1)) : shift.departure_s;
        }
        Time latest = shift.latest_s;
        route.gaps[n].latest_ready_s = latest;
        for (int k = n - 1; k >= 0; --k) {
            const Gap& after = route.gaps[k + 1];
            const Time travel = after.to == NONE ? 0 : problem_.travel_s(shift.profile, after.from, after.to);
            const int order = route.orders[k];
            latest = problem_.latest_ready(problem_.orders[order], latest - travel - schedule.service_s(order));
            route.gaps[k].latest_ready_s = latest;
        }
    }

    static Time earliest(std::span<const Label> labels) {
        Time time = NEVER;
        for (const Label& label : labels) time = std::min(time, label.time_s);
        return time;
    }

    // True if not even the earliest label reaches visit number k in time.
    bool too_late(std::span<const Label> labels, int location, int profile, const Route& route, int k) const {
        const int to = problem_.orders[route.orders[k]].location;
        return earliest(labels) + problem_.travel_s(profile, location, to) > route.gaps[k].latest_ready_s;
    }

    // True if from here on everything is as in the stored route, at a constant difference in cost.
    static bool same_but_for_cost(std::span<const Label> a, std::span<const Label> b, Cost& offset) {
        if (a.size() != b.size() || a.empty()) return false;
        offset = a[0].cost - b[0].cost;
        for (std::size_t i = 0; i < a.size(); ++i)
            if (a[i].time_s != b[i].time_s || a[i].breaks != b[i].breaks || a[i].cost - b[i].cost != offset) return false;
        return true;
    }

    void assemble(const Route& route, int keep, std::span<const Span> spans) {
        sequence_.assign(route.orders.begin(), route.orders.begin() + keep);
        for (const Span& span : spans) sequence_.insert(sequence_.end(), span.first, span.last);
    }

    // Leaves the candidate sequence in sequence_.
    bool stock_matters(const Route& route, int shift, int keep, std::span<const Span> spans) {
        assemble(route, keep, spans);
        return route.needs_depot || restock_by(shift, sequence_) < static_cast<int>(sequence_.size());
    }

    Cost cost_from_scratch(int shift) {
        scratch_.orders.assign(sequence_.begin(), sequence_.end());
        update(scratch_, shift);
        return scratch_.cost;
    }

    const Problem& problem_;
    Plain plain_;
    const bool is_plain_;
    LabelSet next_, other_;
    std::vector<std::int32_t> used_;
    std::vector<int> sequence_;
    Route scratch_;
};

}  // namespace field
