// Ruin: take strings of neighbouring visits out of several routes (Christiaens & Vanden Berghe 2020, "Slack induction
// by string removals"), or empty whole routes.
#pragma once

#include "neighbours.h"
#include "params.h"
#include "random.h"
#include "solution.h"

namespace field {

class Ruin {
public:
    Ruin(const Neighbours& neighbours, const Params& params) : neighbours_(neighbours), params_(params) {}

    // Takes visits round the order `seed` out of `solution` and appends them to `removed`. False if a route became infeasible by that, which
    // can happen where travel times break the triangle inequality.
    bool operator()(Solution& solution, Evaluator& evaluator, Random& random, int seed, double mean_size, std::vector<int>& removed) {
        is_feasible_ = true;
        if (random.chance(params_.whole_route))
            empty_routes(solution, evaluator, random, seed, mean_size, removed);
        else
            remove_strings(solution, evaluator, random, seed, mean_size, removed);
        return is_feasible_;
    }

    // Makes room for the order `seed`: takes it out of its route, and short strings out of one to three routes that may have
    // it, half of them near by, half anywhere. False as above.
    bool make_room(const Problem& problem, Solution& solution, Evaluator& evaluator, Random& random, int seed, std::vector<int>& removed) {
        is_feasible_ = true;
        const int own = solution.shift_of(seed);
        if (own != NONE) remove_string(solution, evaluator, random, own, solution.position(seed), 1, removed);
        const auto near = neighbours_.insertion(seed);
        const int wanted = 1 + random.below(MOST_ROUTES);
        for (int found = 0, tries = 0; found < wanted && tries < MOST_TRIES && is_feasible_; ++tries) {
            const int beside = near.empty() || random.chance(0.5) ? NONE : near[random.below(near.size())];
            const int shift = beside == NONE ? random.below(problem.n_shifts) : solution.shift_of(beside);
            if (shift == NONE || solution.is_touched(shift) || problem.eligible(shift, seed) == NOT_ELIGIBLE) continue;
            const int size = solution.route(shift).size();
            if (size == 0) continue;
            const int at = beside == NONE ? random.below(size) : solution.position(beside);
            const int length = std::min(size, 1 + random.below(LONGEST));
            remove_string(solution, evaluator, random, shift, at, length, removed);
            ++found;
        }
        return is_feasible_;
    }

private:
    static constexpr int MOST_ROUTES = 3, LONGEST = 4, MOST_TRIES = 24;

    // Equations 5 to 9 of the paper: number of strings, then the length of each.
    void remove_strings(Solution& solution, Evaluator& evaluator, Random& random, int seed, double mean_size,
                        std::vector<int>& removed) {
        const double longest = std::min<double>(params_.max_string, mean_size);
        const double most_strings = 4 * params_.mean_removed / (1 + longest) - 1;
        int strings = static_cast<int>(random.unit() * most_strings + 1);
        for (int order : neighbours_.adjacent(seed)) {
            if (strings == 0 || !is_feasible_) return;
            const int shift = solution.shift_of(order);
            if (shift == NONE || solution.is_touched(shift)) continue;
            const int size = solution.route(shift).size();
            const int length = std::min(size, static_cast<int>(random.unit() * std::min<double>(size, longest) + 1));
            remove_string(solution, evaluator, random, shift, solution.position(order), length, removed);
            --strings;
        }
    }

    // Removes `length` visits about number `at`, sometimes around some that stay.
    void remove_string(Solution& solution, Evaluator& evaluator, Random& random, int shift, int at, int length,
                       std::vector<int>& removed) {
        const int size = solution.route(shift).size();
        int kept = 0;
        if (length > 1 && length < size && random.chance(params_.split_string))
            for (kept = 1; length + kept < size && random.chance(params_.keep_more);) ++kept;
        const int reach = length + kept;
        const int lowest = std::max(0, at - reach + 1), highest = std::min(at, size - reach);
        const int first = lowest + random.below(static_cast<std::size_t>(highest - lowest) + 1);
        const int kept_from = first + (kept ? 1 + random.below(static_cast<std::size_t>(length) - 1) : reach);
        take_out(solution, evaluator, shift, first, removed, [&](int k) {
            return k < first || k >= first + reach || (k >= kept_from && k < kept_from + kept);
        });
    }

    void empty_routes(Solution& solution, Evaluator& evaluator, Random& random, int seed, double mean_size,
                      std::vector<int>& removed) {
        int budget = static_cast<int>(params_.mean_removed * (0.5 + random.unit())) - static_cast<int>(mean_size) / 2;
        for (int order : neighbours_.adjacent(seed)) {
            const int shift = solution.shift_of(order);
            if (shift == NONE || solution.is_touched(shift)) continue;
            if (solution.route(shift).size() > 2 * params_.mean_removed) continue;
            budget -= solution.route(shift).size();
            take_out(solution, evaluator, shift, 0, removed, [](int) { return false; });
            if (budget <= 0 || !is_feasible_) return;
        }
    }

    template <class Stays>
    void take_out(Solution& solution, Evaluator& evaluator, int shift, int from, std::vector<int>& removed, Stays&& stays) {
        solution.touch(shift);
        is_feasible_ &= solution.change(shift, from, evaluator, [&](std::vector<int>& orders) {
            int kept = 0;
            for (int k = 0; k < static_cast<int>(orders.size()); ++k) {
                if (stays(k))
                    orders[kept++] = orders[k];
                else
                    removed.push_back(orders[k]);
            }
            orders.resize(kept);
        });
    }

    const Neighbours& neighbours_;
    const Params& params_;
    bool is_feasible_ = true;
};

}  // namespace field
