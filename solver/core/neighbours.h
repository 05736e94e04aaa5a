// Which orders lie near which, and which teams of shifts start near: made once, shared by all threads.
#pragma once

#include <numeric>
#include <utility>
#include <vector>

#include "problem.h"

namespace field {

class Neighbours {
public:
    Neighbours(const Problem& problem, int n_adjacent, int n_insertion, int n_starts)
        : adjacent_(problem.n_orders), insertion_(problem.n_orders), starts_(problem.n_orders) {
        const int n = problem.n_orders;
        std::vector<std::pair<std::int64_t, int>> near, apt;
        for (int a = 0; a < n; ++a) {
            near.clear();
            apt.clear();
            for (int b = 0; b < n; ++b) {
                if (a == b) continue;
                const std::int64_t there = travel(problem, a, b), back = travel(problem, b, a);
                near.emplace_back(there + back, b);
                const std::int64_t gap = std::min(succession(problem, a, b, there), succession(problem, b, a, back));
                if (gap < NEVER) apt.emplace_back(gap, b);
            }
            adjacent_[a] = nearest(near, n_adjacent);
            adjacent_[a].insert(adjacent_[a].begin(), a);
            insertion_[a] = nearest(apt, n_insertion);
            near.clear();
            std::vector<char> is_seen(problem.n_teams, 0);
            for (int s = 0; s < problem.n_shifts; ++s) {
                const Shift& shift = problem.shifts[s];
                if (problem.eligible(s, a) == NOT_ELIGIBLE || std::exchange(is_seen[shift.team], 1)) continue;
                near.emplace_back(problem.travel_s(shift.profile, shift.start_location, problem.orders[a].location), shift.team);
            }
            starts_[a] = nearest(near, n_starts);
        }
    }

    // The order itself, then others by travel there and back: what a ruin round it removes.
    std::span<const int> adjacent(int order) const { return adjacent_[order]; }
    // Orders that can come directly before or after it, by travel and unavoidable waiting.
    std::span<const int> insertion(int order) const { return insertion_[order]; }
    // Teams of eligible shifts by travel from their start.
    std::span<const int> starts(int order) const { return starts_[order]; }

private:
    // By the fastest profile: what one cannot reach another may.
    static std::int64_t travel(const Problem& problem, int a, int b) {
        std::int32_t least = std::numeric_limits<std::int32_t>::max();
        for (int profile = 0; profile < static_cast<int>(problem.travel.size()); ++profile)
            least = std::min(least, problem.travel_s(profile, problem.orders[a].location, problem.orders[b].location));
        return least;
    }

    // Travel and a part of the waiting that b directly after a costs at least; NEVER if their windows forbid it.
    static std::int64_t succession(const Problem& problem, int a, int b, std::int64_t travel_s) {
        const Order &first = problem.orders[a], &second = problem.orders[b];
        if (first.first_window == first.end_window || second.first_window == second.end_window) return NEVER;
        const Time open = problem.windows[first.first_window].open_s, close = problem.windows[first.end_window - 1].close_s;
        const Time service = problem.service_s[0][a];
        const Time start = problem.earliest_start(second, open + service + travel_s);
        if (start == NEVER) return NEVER;
        const Time waiting = std::max<Time>(0, problem.windows[second.first_window].open_s - close - service - travel_s);
        return travel_s + waiting / 5;
    }

    static std::vector<int> nearest(std::vector<std::pair<std::int64_t, int>>& candidates, int count) {
        const auto end = candidates.begin() + std::min<std::ptrdiff_t>(count, std::ssize(candidates));
        if (end != candidates.end()) std::nth_element(candidates.begin(), end, candidates.end());
        std::sort(candidates.begin(), end);
        std::vector<int> result;
        for (auto it = candidates.begin(); it != end; ++it) result.push_back(it->second);
        return result;
    }

    std::vector<std::vector<int>> adjacent_, insertion_, starts_;
};

}  // namespace field
