// What a route can still earn: a bound on the reduced cost of every completion of a label.
//
// From a moment on, a shift has so many seconds left, less the breaks that it still has to take. Each order takes at least
// its service and its shortest way in, costs at least its cheapest way in and what its times cost if it came next, and
// earns its dual price, at most once. The linear relaxation of this knapsack (Dantzig 1957) is priced by a worth of each
// second, `worth`: no completion earns more than worth x seconds left + the surplus gain - worth x seconds of every order
// that it may still visit. That holds for every worth >= 0; the best one is taken for each slot of time. Orders that
// the label remembers are left out. (Knapsack bounds in pricing: Feillet, Dejax, Gendreau & Gueguen 2004.)
#pragma once

#include <cmath>

#include "pricing_network.h"

namespace field {

class CompletionBound {
public:
    CompletionBound(const PricingNetwork& network, std::span<const Cost> duals, Cost scale)
        : network_(network), first_s_(network.shift().departure_s) {
        const Time span = std::max<Time>(0, network.shift().latest_s - first_s_);
        slot_s_ = std::max(SLOT_S, span / MAX_SLOTS + 1);
        n_slots_ = static_cast<std::size_t>(span / slot_s_) + 1;
        finish_ = scale * read_ways();
        states_.resize(n_slots_ * (network.n_breaks() + 1));
        surplus_.resize(states_.size() * network.size());
        items_.resize(network.size());
        for (std::size_t slot = 0; slot < n_slots_; ++slot) {
            const Time time_s = first_s_ + static_cast<Time>(slot) * slot_s_;
            read_items(time_s, duals, scale);
            for (int breaks = 0; breaks <= network.n_breaks(); ++breaks) price_slot(slot, time_s, breaks, scale);
        }
    }

    // No completion from `time_s` on, the way to the end included, has a lower reduced cost, if it visits none of the
    // orders that `for_each_remembered` calls back with.
    template <class ForEach>
    Cost from(Time time_s, int breaks, ForEach&& for_each_remembered) const {
        const Time since = time_s - first_s_;
        const std::size_t slot = static_cast<std::size_t>(since / slot_s_);
        const std::size_t at = static_cast<std::size_t>(breaks) * n_slots_ + slot;
        const State& state = states_[at];
        Cost least = state.least + static_cast<Cost>(state.worth * static_cast<double>(since - static_cast<Time>(slot) * slot_s_));
        const Cost* surplus = surplus_.data() + at * network_.size();
        for_each_remembered([&](int order) { least += surplus[order]; });
        return least;
    }

private:
    static constexpr Time SLOT_S = 300, MAX_SLOTS = 1024;

    struct State {
        Cost least = 0;
        double worth = 0;
    };
    struct Item {
        double gain, seconds;
    };

    // Shortest and cheapest ways into each order and to the end; returns the least cost of ending a route.
    Cost read_ways() {
        const int n = network_.size();
        const Shift& shift = network_.shift();
        const bool goes_on = shift.end_location != NONE && n > 0;
        Cost finish = goes_on ? INFEASIBLE : 0;
        way_home_s_ = goes_on ? NEVER : 0;
        for (int to = 0; to < n; ++to) {
            Way least{NEVER, INFEASIBLE, false};
            for (int from = 0; from <= n; ++from)
                for (const Way& way : network_.ways(from, to)) {
                    if (from == to) continue;
                    least.travel_s = std::min(least.travel_s, way.travel_s);
                    least.cost = std::min(least.cost, way.cost);
                }
            ways_in_.push_back(least);
            if (!goes_on) continue;
            const int at = network_.problem().orders[network_.order(to)].location;
            finish = std::min(finish, network_.problem().leg_cost(shift.profile, at, shift.end_location));
            way_home_s_ = std::min<Time>(way_home_s_, network_.problem().travel_s(shift.profile, at, shift.end_location));
        }
        return finish + network_.problem().prices.shift_used;
    }

    // What each order earns and takes at least if a route comes to it after `time_s`.
    void read_items(Time time_s, std::span<const Cost> duals, Cost scale) {
        for (int to = 0; to < network_.size(); ++to) {
            const PricingNetwork::Served visit = network_.serve(to, time_s + ways_in_[to].travel_s);
            const Cost gain = visit.end_s == NEVER ? 0 : duals[network_.order(to)] - scale * (ways_in_[to].cost + visit.cost);
            items_[to] = {static_cast<double>(std::max<Cost>(0, gain)),
                          static_cast<double>(network_.service_s(to) + ways_in_[to].travel_s)};
        }
    }

    // Seconds left for services and ways: the breaks are taken, or the route ends in time not to need them.
    Time seconds_left(Time time_s, int breaks) const {
        Time taken_s = 0, most = 0;
        for (int next = breaks;; ++next) {
            const bool is_last = next == network_.n_breaks();
            const Time end_s = is_last ? network_.shift().latest_s
                                       : std::min(network_.shift().latest_s, network_.pause(next).last_start_s());
            most = std::max(most, end_s - time_s - taken_s - way_home_s_);
            if (is_last) return most;
            taken_s += network_.pause(next).duration_s;
        }
    }

    void price_slot(std::size_t slot, Time time_s, int breaks, Cost scale) {
        const Time left_s = seconds_left(time_s, breaks);
        const std::size_t at = static_cast<std::size_t>(breaks) * n_slots_ + slot;
        State& state = states_[at];
        state.worth = best_worth(static_cast<double>(left_s));
        Cost* surplus = surplus_.data() + at * network_.size();
        // Rounded against the bound; a unit more for what doubles cannot hold.
        const Cost work_time = network_.problem().departure_keeps_end ? 0 : network_.problem().prices.work_time;
        state.least = finish_ + scale * work_time * time_s -
                      static_cast<Cost>(std::ceil(state.worth * static_cast<double>(left_s) * (1 + 1e-12))) - 1;
        for (int to = 0; to < network_.size(); ++to) {
            const double more = items_[to].gain - state.worth * items_[to].seconds;
            surplus[to] = more + 1 > 0 && items_[to].gain > 0 ? static_cast<Cost>(std::ceil(std::max(0.0, more) + 1e-12 * items_[to].gain)) + 1 : 0;
            state.least -= surplus[to];
        }
    }

    // The dual price of the knapsack: gain by second of the order that does not fit as a whole.
    double best_worth(double left_s) {
        ranked_.clear();
        for (const Item& item : items_)
            if (item.gain > 0) ranked_.push_back(item);
        std::ranges::sort(ranked_, [](const Item& a, const Item& b) { return a.gain * b.seconds > b.gain * a.seconds; });
        for (const Item& item : ranked_) {
            if (item.seconds > left_s) return item.gain / item.seconds;
            left_s -= item.seconds;
        }
        return 0;
    }

    const PricingNetwork& network_;
    Time first_s_, slot_s_ = SLOT_S, way_home_s_ = 0;
    std::size_t n_slots_ = 0;
    Cost finish_ = 0;
    std::vector<Way> ways_in_;
    std::vector<Item> items_, ranked_;
    std::vector<State> states_;     // (breaks dealt with, slots)
    std::vector<Cost> surplus_;     // (breaks dealt with, slots, orders)
};

}  // namespace field
