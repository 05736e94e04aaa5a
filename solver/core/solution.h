// All routes of a plan, changed tentatively.
#pragma once

#include <utility>
#include <vector>

#include "evaluator.h"

namespace field {

// What is known of an order that is in a route: its place and the gap after it, side by side in memory, since looking
// for the cheapest place of another order asks for little else.
struct alignas(64) Stop {
    int shift = NONE;  // NONE = in no route
    int position = 0;
    int previous = NONE;  // the order before it; NONE = it is the first
    bool is_full = false;  // the shift takes no more visits
    Gap after{};
};

// A solution that can be changed tentatively: `touch` a route before changing it, then `commit` or `restore` all.
class Solution {
public:
    explicit Solution(const Problem& problem)
        : problem_(problem), routes_(problem.n_shifts), saved_(problem.n_shifts), is_touched_(problem.n_shifts, 0),
          stops_(problem.n_orders), unused_(problem.n_teams), rank_(problem.n_shifts) {
        for (int s = 0; s < problem.n_shifts; ++s) note_unused(s);
    }

    const Route& route(int shift) const { return routes_[shift]; }
    int shift_of(int order) const { return stops_[order].shift; }  // NONE = unassigned
    int position(int order) const { return stops_[order].position; }
    const Stop& stop(int order) const { return stops_[order]; }
    Cost cost() const { return now_.cost; }
    int n_used_routes() const { return now_.used_routes; }
    // An unused shift of the team; NONE if all are in use.
    int unused_of(int team) const { return unused_[team].empty() ? NONE : unused_[team].back(); }
    std::span<const int> touched() const { return touched_; }
    bool is_touched(int shift) const { return is_touched_[shift] != 0; }

    // While all routes are empty: only these shifts can be used from now on.
    void make_available(std::span<const int> shifts) {
        for (std::vector<int>& unused : unused_) unused.clear();
        for (int shift : shifts) note_unused(shift);
    }

    void touch(int shift) {
        if (is_touched_[shift]) return;
        is_touched_[shift] = 1;
        touched_.push_back(shift);
        saved_[shift] = routes_[shift];
    }

    // Changes the orders of a touched route by `edit`; visits before `from` stay. False if it became infeasible.
    template <class Edit>
    bool change(int shift, int from, Evaluator& evaluator, Edit&& edit) {
        Route& route = routes_[shift];
        const bool was_used = !route.empty();
        now_.cost -= route.cost;
        now_.used_routes -= was_used;
        for (int k = from; k < route.size(); ++k)  // some may have moved to another route already
            if (stops_[route.orders[k]].shift == shift) stops_[route.orders[k]].shift = NONE;
        edit(route.orders);
        const bool feasible = evaluator.update(route, shift, from);
        now_.cost += route.cost;
        now_.used_routes += !route.empty();
        note_use(shift, was_used);
        index(shift);
        return feasible;
    }

    // Adds to the cost what lies outside the routes: the price of orders left out.
    void charge(Cost cost) { now_.cost += cost; }

    void commit() {
        for (int shift : touched_) is_touched_[shift] = 0;
        touched_.clear();
        committed_ = now_;
    }

    // Back to the last commit.
    void restore() {
        for (int shift : touched_)
            for (int order : routes_[shift].orders) stops_[order].shift = NONE;
        for (int shift : touched_) {
            const bool was_used = !routes_[shift].empty();
            std::swap(routes_[shift], saved_[shift]);
            note_use(shift, was_used);
            index(shift);
            is_touched_[shift] = 0;
        }
        touched_.clear();
        now_ = committed_;
    }

private:
    struct Totals {
        Cost cost = 0;
        int used_routes = 0;
    };

    void index(int shift) {
        const Route& route = routes_[shift];
        const bool is_full = route.size() >= problem_.shifts[shift].max_visits;
        int previous = NONE;
        for (int k = 0; k < route.size(); ++k) {
            const int order = route.orders[k];
            stops_[order] = {shift, k, previous, is_full, route.gaps[k + 1]};
            previous = order;
        }
    }

    void note_use(int shift, bool was_used) {
        const bool is_used = !routes_[shift].empty();
        if (is_used && !was_used) note_used(shift);
        if (!is_used && was_used) note_unused(shift);
    }
    void note_unused(int shift) {
        std::vector<int>& unused = unused_[problem_.shifts[shift].team];
        rank_[shift] = static_cast<int>(unused.size());
        unused.push_back(shift);
    }
    void note_used(int shift) {
        std::vector<int>& unused = unused_[problem_.shifts[shift].team];
        rank_[unused.back()] = rank_[shift];
        unused[rank_[shift]] = unused.back();
        unused.pop_back();
    }

    const Problem& problem_;
    std::vector<Route> routes_, saved_;
    std::vector<int> touched_;
    std::vector<char> is_touched_;
    std::vector<Stop> stops_;
    std::vector<std::vector<int>> unused_;  // by team
    std::vector<int> rank_;                 // of an unused shift in its team's list
    Totals now_, committed_;
};

}  // namespace field
