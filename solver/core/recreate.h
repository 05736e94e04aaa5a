// Recreate: insert orders one after another where it is cheapest, overlooking a place now and then (greedy insertion
// with blinks, Christiaens & Vanden Berghe 2020).
#pragma once

#include "neighbours.h"
#include "params.h"
#include "random.h"
#include "solution.h"

namespace field {

struct Place {
    Cost rank = INFEASIBLE;  // what places are compared by
    int shift = NONE;
    int at = 0;
    Cost delta = INFEASIBLE;
};

class Recreate {
public:
    Recreate(const Problem& problem, const Neighbours& neighbours, const Params& params)
        : problem_(problem), neighbours_(neighbours), params_(params), seen_(problem.n_orders + problem.n_shifts, 0),
          until_blink_(params.blink > 0 ? 1 : NEVER), eligible_shifts_(problem.n_orders, 0), openness_(problem.n_orders, 0) {
        for (int j = 0; j < problem.n_orders; ++j) {
            for (int s = 0; s < problem.n_shifts; ++s) eligible_shifts_[j] += problem.eligible(s, j) != NOT_ELIGIBLE;
            const Order& order = problem.orders[j];
            for (int w = order.first_window; w < order.end_window; ++w)
                openness_[j] += problem.windows[w].close_s - problem.windows[w].open_s;
        }
    }

    // Brings the orders into one of several sequences: hardest first, by different meanings of hard, or at random.
    void sort(std::vector<int>& orders, Random& random) {
        const int rule = random.below(16);
        keyed_.clear();
        for (int j : orders) keyed_.emplace_back(key(rule, j, random), j);
        std::stable_sort(keyed_.begin(), keyed_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        for (std::size_t i = 0; i < orders.size(); ++i) orders[i] = keyed_[i].second;
    }

    // Eager: insert whatever fits, even if leaving it out is cheaper. An order may pay only once another is beside it.
    void set_eager(bool eager) { is_eager_ = eager; }

    // Count only this share of what it costs to open a route.
    void set_opening(double share) { opening_ = share; }

    // The cheapest place near the order's neighbours, in an unused shift, or (now and then, if there is none) anywhere.
    Place find(const Solution& solution, Evaluator& evaluator, Random& random, int order) {
        Place best = none_for(order);
        const int lock = problem_.orders[order].lock_shift;
        if (lock != NONE) {
            try_route(solution, evaluator, order, lock, best);
            return best;
        }
        const Look look(problem_, order);
        for (int neighbour : neighbours_.insertion(order)) {
            const Stop& stop = solution.stop(neighbour);
            if (stop.shift == NONE || stop.is_full || !look.is_eligible(stop.shift)) continue;
            if (is_new(neighbour, random)) try_gap(look, evaluator, solution, stop.after, order, stop.shift, stop.position + 1, best);
            if (stop.previous != NONE) {
                if (is_new(stop.previous, random))
                    try_gap(look, evaluator, solution, solution.stop(stop.previous).after, order, stop.shift, stop.position, best);
            } else if (is_new(problem_.n_orders + stop.shift, random)) {
                try_gap(look, evaluator, solution, solution.route(stop.shift).gaps[0], order, stop.shift, 0, best);
            }
        }
        int left = params_.n_empty;
        for (int team : neighbours_.starts(order)) {
            const int shift = solution.unused_of(team);
            if (shift == NONE || problem_.shifts[shift].max_visits == 0) continue;
            if (is_new(problem_.n_orders + shift, random))
                try_gap(look, evaluator, solution, solution.route(shift).gaps[0], order, shift, 0, best);
            if (--left == 0) break;
        }
        if (best.shift == NONE && random.chance(params_.full_scan)) best = find_anywhere(solution, evaluator, order);
        return best;
    }

    Place find_anywhere(const Solution& solution, Evaluator& evaluator, int order) {
        Place best = none_for(order);
        for (int shift = 0; shift < problem_.n_shifts; ++shift) {
            const bool is_unused = solution.route(shift).empty();
            if (is_unused && solution.unused_of(problem_.shifts[shift].team) != shift) continue;  // one stands for all
            try_route(solution, evaluator, order, shift, best);
        }
        return best;
    }

    // Only in the routes that the current iteration has changed: an order that found no place elsewhere before will
    // find none now.
    Place find_in_touched(const Solution& solution, Evaluator& evaluator, int order) {
        Place best = none_for(order);
        for (int shift : solution.touched()) try_route(solution, evaluator, order, shift, best);
        return best;
    }

private:
    // Nothing found yet: whatever is to be taken must cost less than leaving the order out.
    Place none_for(int order) {
        ++stamp_;
        const Order& o = problem_.orders[order];
        return {is_eager_ || o.lock_shift != NONE ? INFEASIBLE : o.unassigned_cost, NONE, 0};
    }

    double key(int rule, int order, Random& random) const {
        const Order& o = problem_.orders[order];
        switch (rule) {
            case 0: case 1: case 2: return -static_cast<double>(o.unassigned_cost);
            case 3: case 4: return eligible_shifts_[order];
            case 5: case 6: return static_cast<double>(openness_[order]);
            case 7: return static_cast<double>(std::min(o.due_s, o.soft_due_s));
            case 8: case 9: return -problem_.service_s[0][order];
            case 10: return o.first_window < o.end_window ? static_cast<double>(problem_.windows[o.first_window].open_s) : 0;
            case 11: return o.first_window < o.end_window ? -static_cast<double>(problem_.windows[o.end_window - 1].close_s) : 0;
            default: return random.unit();
        }
    }

    bool accepts(const Solution& solution, int shift, int order) const {
        return problem_.eligible(shift, order) != NOT_ELIGIBLE &&
               solution.route(shift).size() < problem_.shifts[shift].max_visits;
    }

    void try_route(const Solution& solution, Evaluator& evaluator, int order, int shift, Place& best) {
        if (!accepts(solution, shift, order)) return;
        const Look look(problem_, order);
        for (int at = 0; at <= solution.route(shift).size(); ++at)
            try_gap(look, evaluator, solution, solution.route(shift).gaps[at], order, shift, at, best);
    }

    // Each gap is tried once, or now and then not at all. It is known by the order before it, the first of a route by its
    // shift.
    bool is_new(int gap, Random& random) {
        if (seen_[gap] == stamp_) return false;
        seen_[gap] = stamp_;
        if (--until_blink_ > 0) return true;
        until_blink_ = 1 + static_cast<std::int64_t>(random.exponential() / -std::log1p(-params_.blink));
        return false;
    }

    void try_gap(const Look& look, Evaluator& evaluator, const Solution& solution, const Gap& gap, int order, int shift, int at,
                 Place& best) {
        const Route& route = solution.route(shift);
        const bool is_opening = opening_ < 1 && route.empty();
        const Cost bound = is_opening ? INFEASIBLE : best.rank;
        const Cost detour = look.detour(gap, shift, bound);
        if (detour >= bound) return;
        const Cost delta = evaluator.insertion_delta(route, gap, shift, at, order, detour, bound);
        if (delta >= bound) return;
        const Cost rank = is_opening ? static_cast<Cost>(static_cast<double>(delta) * opening_) : delta;
        if (rank < best.rank) best = {rank, shift, at, delta};
    }

    const Problem& problem_;
    const Neighbours& neighbours_;
    const Params& params_;
    std::vector<std::uint64_t> seen_;
    std::uint64_t stamp_ = 0;
    std::int64_t until_blink_;  // gaps until the next one that is overlooked
    bool is_eager_ = false;
    double opening_ = 1;
    std::vector<int> eligible_shifts_;
    std::vector<Time> openness_;
    std::vector<std::pair<double, int>> keyed_;
};

}  // namespace field
