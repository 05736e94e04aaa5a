// Where a plan loses most: the orders that a search with little time looks at first.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "solution.h"

namespace field {

// Orders that cost much where they are: in no route, or in one that would cost much less without them, as where they are
// late, or make others late. A few such orders can be most of a plan's cost, and an iteration hits each of them only
// once in as many iterations as there are orders.
class Troubled {
public:
    static constexpr int EVERY = 500;  // iterations between two looks
    static constexpr int MOST = 64;

    // Looks at all routes and at the orders in none; O(visits) evaluations of a route. An order counts if it costs more
    // than `least`, and of those the `MOST` dearest.
    void look(const Problem& problem, const Solution& solution, Evaluator& evaluator, std::span<const int> unassigned,
              std::span<const char> is_servable, Cost least) {
        found_.clear();
        for (int order : unassigned)
            if (is_servable[order]) note(order, problem.orders[order].unassigned_cost, least);
        for (int shift = 0; shift < problem.n_shifts; ++shift) {
            const Route& route = solution.route(shift);
            if (route.cost <= least) continue;
            for (int k = 0; k < route.size(); ++k) {
                if (problem.orders[route.orders[k]].lock_shift != NONE) continue;
                const Span rest[] = {{route.orders.data() + k + 1, route.orders.data() + route.size()}};
                const Cost without = evaluator.cost_with(route, shift, k, rest);
                if (without < INFEASIBLE) note(route.orders[k], route.cost - without, least);
            }
        }
        std::ranges::sort(found_, [](const auto& a, const auto& b) {
            return a.first != b.first ? a.first > b.first : a.second < b.second;
        });
        if (found_.size() > MOST) found_.resize(MOST);
    }

    void forget() { found_.clear(); }
    bool empty() const { return found_.empty(); }
    int draw(Random& random) const { return found_[random.below(found_.size())].second; }

    // Of the orders `removed` in an iteration, keeps those that were in a route before and are in none now; returns the
    // dearest of them, NONE if it costs no more than `least`.
    static int dearest_displaced(const Problem& problem, const Solution& solution, std::vector<int>& removed,
                                 std::span<const int> unassigned_before, Cost least) {
        std::erase_if(removed, [&](int order) {
            return solution.shift_of(order) != NONE || std::ranges::find(unassigned_before, order) != unassigned_before.end();
        });
        const auto cost = [&](int order) { return problem.orders[order].unassigned_cost; };
        const auto dearest = std::ranges::max_element(removed, {}, cost);
        return dearest == removed.end() || cost(*dearest) <= least ? NONE : *dearest;
    }

private:
    void note(int order, Cost cost, Cost least) {
        if (cost > least) found_.emplace_back(cost, order);
    }

    std::vector<std::pair<Cost, int>> found_;  // dearest first
};

}  // namespace field
