// The one exchange move: a stretch of one route against a stretch of another, either of which may be empty or reach to
// the end. It contains relocation, swap, 2-opt* (two tails) and the split of a route (a tail against an unused shift).
// Inside a route it exchanges two stretches that follow each other: a visit or a few move to another place (Or-opt).
#pragma once

#include "neighbours.h"
#include "params.h"
#include "random.h"
#include "solution.h"

namespace field {

struct Exchange {
    int a, a_first, a_last;  // visits [first, last) of route a
    int b, b_first, b_last;  // in the same route: b_first = a_last
};

class Exchanges {
public:
    Exchanges(const Problem& problem, const Neighbours& neighbours, const Params& params)
        : problem_(problem), neighbours_(neighbours), params_(params) {}

    // A random exchange that brings `u` and a neighbour together. False if the draw gives none.
    bool draw(const Solution& solution, Random& random, int u, Exchange& move) const {
        const int a = solution.shift_of(u);
        if (a == NONE) return false;
        const int a_size = solution.route(a).size();
        const bool is_tail = random.chance(params_.tails);
        int a_first = solution.position(u);
        if (is_tail && random.chance(0.2)) {  // split: the tail from u on moves to an unused shift
            const auto starts = neighbours_.starts(u);
            if (starts.empty() || a_first == 0) return false;
            const int b = solution.unused_of(starts[random.below(starts.size())]);
            if (b == NONE) return false;
            move = {a, a_first, a_size, b, 0, 0};
            return true;
        }
        auto near = neighbours_.insertion(u);
        near = near.first(std::min<std::size_t>(near.size(), params_.move_neighbours));
        if (near.empty()) return false;
        const int v = near[random.below(near.size())];
        const int b = solution.shift_of(v);
        if (b == NONE) return false;
        if (b == a) return draw_inside(solution.route(a), random, a, a_first, solution.position(v), move);
        const int b_first = solution.position(v), b_size = solution.route(b).size();
        if (random.chance(0.5)) ++a_first;  // v comes after u, or in its place
        if (is_tail) {
            move = {a, a_first, a_size, b, b_first, b_size};
        } else {
            const int a_length = random.below(params_.max_segment + 1), b_length = 1 + random.below(params_.max_segment);
            move = {a, a_first, std::min(a_size, a_first + a_length), b, b_first, std::min(b_size, b_first + b_length)};
        }
        return true;
    }

    // Exact change in cost; INFEASIBLE if the move is not allowed or cannot be below `bound`.
    Cost delta(const Solution& solution, Evaluator& evaluator, const Exchange& move, Cost bound) const {
        if (move.a == move.b) return delta_inside(solution.route(move.a), evaluator, move, bound);
        const Route &a = solution.route(move.a), &b = solution.route(move.b);
        const int grown = (move.b_last - move.b_first) - (move.a_last - move.a_first);
        if (a.size() + grown > problem_.shifts[move.a].max_visits) return INFEASIBLE;
        if (b.size() - grown > problem_.shifts[move.b].max_visits) return INFEASIBLE;
        if (!all_accepted(b, move.b_first, move.b_last, move.a) || !all_accepted(a, move.a_first, move.a_last, move.b))
            return INFEASIBLE;
        const Cost before = a.cost + b.cost;
        if (legs_after(move, a, b) >= bound + before) return INFEASIBLE;
        const Span a_new[] = {stretch(b, move.b, move.b_first, move.b_last), stretch(a, move.a, move.a_last, a.size())};
        const Cost a_cost = evaluator.cost_with(a, move.a, move.a_first, a_new);
        if (a_cost >= INFEASIBLE || a_cost - before >= bound) return INFEASIBLE;
        const Span b_new[] = {stretch(a, move.a, move.a_first, move.a_last), stretch(b, move.b, move.b_last, b.size())};
        const Cost b_cost = evaluator.cost_with(b, move.b, move.b_first, b_new);
        if (b_cost >= INFEASIBLE) return INFEASIBLE;
        return a_cost + b_cost - before;
    }

    void apply(Solution& solution, Evaluator& evaluator, const Exchange& move) {
        solution.touch(move.a);
        if (move.a == move.b) {
            solution.change(move.a, move.a_first, evaluator, [&](std::vector<int>& orders) {
                std::rotate(orders.begin() + move.a_first, orders.begin() + move.a_last, orders.begin() + move.b_last);
            });
            return;
        }
        solution.touch(move.b);
        const auto &a = solution.route(move.a).orders, &b = solution.route(move.b).orders;
        new_a_.assign(a.begin(), a.begin() + move.a_first);
        new_a_.insert(new_a_.end(), b.begin() + move.b_first, b.begin() + move.b_last);
        new_a_.insert(new_a_.end(), a.begin() + move.a_last, a.end());
        new_b_.assign(b.begin(), b.begin() + move.b_first);
        new_b_.insert(new_b_.end(), a.begin() + move.a_first, a.begin() + move.a_last);
        new_b_.insert(new_b_.end(), b.begin() + move.b_last, b.end());
        solution.change(move.a, move.a_first, evaluator, [&](std::vector<int>& orders) { orders.swap(new_a_); });
        solution.change(move.b, move.b_first, evaluator, [&](std::vector<int>& orders) { orders.swap(new_b_); });
    }

private:
    // Brings the visit at number `to`, and up to a few after it, before or behind the one at `at`.
    bool draw_inside(const Route& route, Random& random, int shift, int at, int to, Exchange& move) const {
        const int length = 1 + random.below(params_.max_segment), last = std::min(route.size(), to + length);
        if (random.chance(0.5)) ++at;
        if (at < to)
            move = {shift, at, to, shift, to, last};
        else if (at > last)
            move = {shift, to, last, shift, last, at};
        else
            return false;
        return true;
    }

    Cost delta_inside(const Route& route, Evaluator& evaluator, const Exchange& m, Cost bound) const {
        const bool is_first_moved = m.a_last - m.a_first < m.b_last - m.b_first;  // the shorter one; the other stays
        const int first = is_first_moved ? m.a_first : m.b_first, last = is_first_moved ? m.a_last : m.b_last;
        for (int k = first; k < last; ++k)
            if (problem_.orders[route.orders[k]].lock_shift != NONE) return INFEASIBLE;
        const Shift& s = problem_.shifts[m.a];
        const auto leg = [&](int from, int to) { return to == NONE ? 0 : problem_.leg_cost(s.profile, from, to); };
        const Gap &before = route.gaps[m.a_first], &middle = route.gaps[m.a_last], &after = route.gaps[m.b_last];
        const Cost legs = leg(before.from, middle.to) + leg(after.from, before.to) + leg(middle.from, after.to) -
                          before.leg_cost - middle.leg_cost - after.leg_cost;
        const Gap& end = route.gaps[route.size()];
        if (end.cost_before + end.leg_cost + legs >= bound + route.cost) return INFEASIBLE;
        const Span spans[] = {stretch(route, m.b, m.b_first, m.b_last), stretch(route, m.a, m.a_first, m.a_last),
                              stretch(route, m.a, m.b_last, route.size())};
        const Cost cost = evaluator.cost_with(route, m.a, m.a_first, spans);
        return cost >= INFEASIBLE ? INFEASIBLE : cost - route.cost;
    }

    static Span stretch(const Route& route, int shift, int first, int last) {
        const bool is_tail = last == route.size();
        return {route.orders.data() + first, route.orders.data() + last, is_tail ? &route : nullptr, shift};
    }

    bool all_accepted(const Route& route, int first, int last, int shift) const {
        for (int k = first; k < last; ++k) {
            const int order = route.orders[k];
            if (problem_.eligible(shift, order) == NOT_ELIGIBLE || problem_.orders[order].lock_shift != NONE) return false;
        }
        return true;
    }

    // Price of the travel of both routes after the move: never more than their cost.
    Cost legs_after(const Exchange& m, const Route& a, const Route& b) const {
        return legs(m.a, a, m.a_first, m.a_last, b, m.b_first, m.b_last) +
               legs(m.b, b, m.b_first, m.b_last, a, m.a_first, m.a_last);
    }

    // Of route `r` of `shift` with its visits [first, last) replaced by [from, to) of `other`.
    Cost legs(int shift, const Route& r, int first, int last, const Route& other, int from, int to) const {
        const Shift& s = problem_.shifts[shift];
        Cost total = r.gaps[first].cost_before;
        int at = first ? problem_.orders[r.orders[first - 1]].location : s.start_location;
        for (int k = from; k < to; ++k) {
            const int next = problem_.orders[other.orders[k]].location;
            total += problem_.leg_cost(s.profile, at, next);
            at = next;
        }
        if (last < r.size()) {
            const Gap& end = r.gaps[r.size()];
            total += problem_.leg_cost(s.profile, at, problem_.orders[r.orders[last]].location);
            total += end.cost_before + end.leg_cost - r.gaps[last + 1].cost_before;
        } else if (first || from < to) {
            if (s.end_location != NONE) total += problem_.leg_cost(s.profile, at, s.end_location);
        }
        return total;
    }

    const Problem& problem_;
    const Neighbours& neighbours_;
    const Params& params_;
    std::vector<int> new_a_, new_b_;
};

}  // namespace field
