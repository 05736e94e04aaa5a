// The search: ruin and recreate under simulated annealing, with cheap exchanges after each iteration.
#pragma once

#include <iterator>
#include <stdexcept>
#include <string>

#include "moves.h"
#include "recreate.h"
#include "ruin.h"
#include "troubled.h"

namespace field {

class Search {
public:
    // `initial`: visits of each shift; what does not fit is left out and inserted like any other order.
    Search(const Problem& problem, const Neighbours& neighbours, const Params& params, std::uint64_t seed,
           const std::vector<std::vector<int>>& initial)
        : problem_(problem), neighbours_(neighbours), params_(params), random_(seed), solution_(problem), evaluator_(problem),
          ruin_(neighbours, params_), recreate_(problem, neighbours, params_),
          exchanges_(problem, neighbours, params_), is_retried_(problem.n_orders, 0), is_dirty_(problem.n_shifts, 1),
          best_(problem.n_shifts) {
        orders_.resize(problem.n_orders);
        std::iota(orders_.begin(), orders_.end(), 0);
        load(initial);
        construct();
        leg_scale_ = mean_leg_cost();
        save_best();
    }

    // Runs `iterations` more. The temperature falls from `progress_begin` to `progress_end` (shares of the whole run);
    // with `total_iterations` > 0 it follows the count of iterations, however they are sliced, unless something else (a
    // time limit) is further.
    void run(std::int64_t iterations, double progress_begin, double progress_end, std::int64_t total_iterations) {
        if (is_trivial_) return;
        if (orders_.empty()) {  // a part without orders only keeps time
            iteration_ += iterations;
            return;
        }
        start_temperature_ = params_.start_temperature * share_of_long_run(progress_begin, total_iterations);
        for (std::int64_t i = 0; i < iterations; ++i, ++iteration_) {
            if (total_iterations > 0)
                cool(std::max(progress_begin, static_cast<double>(iteration_) / static_cast<double>(total_iterations)));
            else if (i % 64 == 0)
                cool(progress_begin + (progress_end - progress_begin) * static_cast<double>(i) / static_cast<double>(iterations));
            if (params_.focus > 0 && iteration_ % Troubled::EVERY == 0)
                troubled_.look(problem_, solution_, evaluator_, unassigned_, servable_, least_trouble());
            iterate();
            for (int move = 0; move < params_.moves; ++move) try_exchange();
            for (int move = 0; move < params_.ejections && !unassigned_.empty(); ++move) try_ejection();
        }
    }

    // Continue from other routes if they are better than the current ones.
    void adopt(const std::vector<std::vector<int>>& routes, Cost cost) {
        if (cost >= solution_.cost()) return;
        load(routes);
        if (solution_.cost() < best_cost_) save_best();
    }

    // Continue with a part of the problem: these shifts, the orders in their routes and those of `unassigned`. Costs and
    // routes are those of the part from now on, the best one is the best since.
    void take_part(const std::vector<std::vector<int>>& routes, const std::vector<int>& shifts, const std::vector<int>& unassigned) {
        orders_ = unassigned;
        for (int shift : shifts) orders_.insert(orders_.end(), routes[shift].begin(), routes[shift].end());
        load(routes, shifts);
        save_best();
    }

    std::vector<std::vector<int>> current() const {
        std::vector<std::vector<int>> routes;
        for (int s = 0; s < problem_.n_shifts; ++s) routes.push_back(solution_.route(s).orders);
        return routes;
    }
    const std::vector<std::vector<int>>& best() const { return best_; }
    Cost best_cost() const { return best_cost_; }
    std::int64_t iterations() const { return iteration_; }
    bool is_trivial() const { return is_trivial_; }  // no order can be planned: there is nothing to search

private:
    static constexpr int LINKS = 3;  // of a chain of orders that make room for each other

    // ---- one iteration

    void iterate() {
        const Cost before = solution_.cost();
        removed_.clear();
        const bool is_eager = random_.chance(params_.eager);
        recreate_.set_eager(is_eager);
        kept_unassigned_ = unassigned_;
        const bool is_focused = !troubled_.empty() && random_.chance(params_.focus);
        const int seed = is_focused ? troubled_.draw(random_) : orders_[random_.below(orders_.size())];
        bool feasible = is_focused ? ruin_.make_room(problem_, solution_, evaluator_, random_, seed, removed_)
                                   : ruin_(solution_, evaluator_, random_, seed, mean_size(), removed_);
        for (int order : removed_) leave_out(order);
        if (feasible && is_focused) feasible = insert_first(seed);
        feasible = feasible && insert_again(is_eager);
        for (int link = 1; is_focused && feasible && link < LINKS && solution_.cost() >= before; ++link) {
            const int next = troubled_.dearest_displaced(problem_, solution_, removed_, kept_unassigned_, least_trouble());
            if (next == NONE) break;
            feasible = displace_for(next) && insert_again(is_eager);
        }
        if (feasible && is_eager) take_out_unpaid();
        if (feasible && solution_.cost() < before + threshold()) {
            accept();
            return;
        }
        solution_.restore();
        unassigned_ = kept_unassigned_;
    }

    // Inserts an order for which room was made: there, or near its neighbours if that is cheaper. False if it must be
    // served and found no place.
    bool insert_first(int order) {
        std::erase(removed_, order);
        const Place here = recreate_.find_in_touched(solution_, evaluator_, order);
        const Place near = recreate_.find(solution_, evaluator_, random_, order);
        return insert(order, near.rank < here.rank ? near : here) || problem_.orders[order].lock_shift == NONE;
    }

    // Makes room for an order that is in no route, in routes that this iteration has not changed yet.
    bool displace_for(int order) {
        const std::size_t before = removed_.size();
        const bool feasible = ruin_.make_room(problem_, solution_, evaluator_, random_, order, removed_);
        for (std::size_t i = before; i < removed_.size(); ++i) leave_out(removed_[i]);
        return feasible && insert_first(order);
    }

    // Inserts the removed orders and, mixed with them, some that had no place before: those mostly in the routes that
    // this iteration changed, for elsewhere nothing is new. False if an order that must be served found no place.
    bool insert_again(bool is_eager) {
        const std::size_t n = kept_unassigned_.size(), tries = std::min<std::size_t>(n, params_.retried);
        const std::size_t first = n <= tries ? 0 : random_.below(n);
        const std::size_t n_removed = removed_.size();
        for (std::size_t i = 0; i < tries; ++i) {
            const int order = kept_unassigned_[(first + i) % n];
            if (servable_[order] && solution_.shift_of(order) == NONE) removed_.push_back(order);
        }
        for (std::size_t i = n_removed; i < removed_.size(); ++i) is_retried_[removed_[i]] = 1;
        recreate_.sort(removed_, random_);
        bool all_served = true;
        for (std::size_t i = 0; i < removed_.size(); ++i) {
            const int order = removed_[i];
            if (i + 1 < removed_.size()) problem_.prefetch_travel(problem_.orders[removed_[i + 1]].location);
            const bool nearby_only = is_retried_[order] && !is_eager && !random_.chance(params_.full_retry);
            is_retried_[order] = 0;
            const Place place = nearby_only ? recreate_.find_in_touched(solution_, evaluator_, order)
                                            : recreate_.find(solution_, evaluator_, random_, order);
            all_served &= insert(order, place) || problem_.orders[order].lock_shift == NONE;
        }
        return all_served;
    }

    // After an eager iteration: takes each visit that costs more than leaving it out from the routes it changed.
    void take_out_unpaid() {
        for (int shift : solution_.touched())
            for (int k = solution_.route(shift).size() - 1; k >= 0; --k) {
                const Route& route = solution_.route(shift);
                const int order = route.orders[k];
                const Span rest[] = {{route.orders.data() + k + 1, route.orders.data() + route.size()}};
                if (problem_.orders[order].lock_shift != NONE) continue;
                if (evaluator_.cost_with(route, shift, k, rest) + problem_.orders[order].unassigned_cost >= route.cost) continue;
                solution_.change(shift, k, evaluator_, [&](std::vector<int>& orders) { orders.erase(orders.begin() + k); });
                leave_out(order);
            }
    }

    bool insert(int order, const Place& place) {
        if (place.shift == NONE) return false;
        const Cost before = solution_.cost();
        solution_.touch(place.shift);
        solution_.change(place.shift, place.at, evaluator_,
                         [&](std::vector<int>& orders) { orders.insert(orders.begin() + place.at, order); });
        expect(solution_.cost() - before, place.delta);
        take_in(order);
        return true;
    }

    void try_exchange() {
        Exchange move;
        if (!exchanges_.draw(solution_, random_, orders_[random_.below(orders_.size())], move)) return;
        const Cost bound = threshold(), before = solution_.cost();
        const Cost delta = exchanges_.delta(solution_, evaluator_, move, bound);
        if (delta >= bound) return;
        exchanges_.apply(solution_, evaluator_, move);
        expect(solution_.cost() - before, delta);
        accept();
    }

    Cost least_trouble() const { return static_cast<Cost>(params_.trouble * leg_scale_); }

    // Puts an order that is in no route into the place of a neighbour, which may find another place or be left out.
    void try_ejection() {
        const int order = unassigned_[random_.below(unassigned_.size())];
        const auto near = neighbours_.insertion(order);
        if (near.empty()) return;
        const int ejected = near[random_.below(near.size())];
        const int shift = solution_.shift_of(ejected);
        if (shift == NONE || problem_.eligible(shift, order) == NOT_ELIGIBLE) return;
        if (problem_.orders[ejected].lock_shift != NONE) return;
        const Route& route = solution_.route(shift);
        const int at = solution_.position(ejected);
        const Span replaced[] = {{&order, &order + 1}, {route.orders.data() + at + 1, route.orders.data() + route.size()}};
        const Cost cost = evaluator_.cost_with(route, shift, at, replaced);
        const Cost bound = threshold(), before = solution_.cost();
        const Cost gain = problem_.orders[order].unassigned_cost;
        if (cost >= INFEASIBLE || cost - route.cost - gain >= bound) return;
        solution_.touch(shift);
        solution_.change(shift, at, evaluator_, [&](std::vector<int>& orders) { orders[at] = order; });
        take_in(order);
        leave_out(ejected);
        if (solution_.cost() - before >= bound) {
            recreate_.set_eager(false);
            insert(ejected, recreate_.find(solution_, evaluator_, random_, ejected));
        }
        if (solution_.cost() - before < bound) {
            accept();
            return;
        }
        if (solution_.shift_of(ejected) == NONE) std::erase(unassigned_, ejected);
        solution_.restore();
        unassigned_.push_back(order);
    }

    // Builds that check deltas compare each against the full recomputation of the routes.
    static void expect([[maybe_unused]] Cost found, [[maybe_unused]] Cost predicted) {
#ifdef CHECK_DELTAS
        if (found != predicted)
            throw std::logic_error("delta " + std::to_string(predicted) + ", recomputed " + std::to_string(found));
#endif
    }

    void accept() {
        for (int shift : solution_.touched()) is_dirty_[shift] = 1;
        solution_.commit();
        if (solution_.cost() < best_cost_) save_best();
    }

    // ---- temperature

    void cool(double progress) {
        temperature_ = leg_scale_ * start_temperature_ *
                       std::pow(params_.end_temperature / start_temperature_, std::min(1.0, progress));
    }
    // A run that will have few iterations an order begins cooler: it has no time to mend what heat breaks.
    double share_of_long_run(double progress, std::int64_t total_iterations) const {
        if (params_.short_run == 0) return 1;
        double total = static_cast<double>(total_iterations);
        if (total_iterations == 0) total = progress > 0 ? static_cast<double>(iteration_) / progress : 0;
        return std::clamp(total / static_cast<double>(orders_.size()) / params_.short_run, 0.4, 1.0);
    }
    Cost threshold() { return static_cast<Cost>(std::ceil(temperature_ * random_.exponential())); }

    // Of legs alone (and the working time they take), so that the scale does not depend on how many orders the first plan lost.
    double mean_leg_cost() const {
        Cost total = 0;
        std::size_t legs = 0;
        for (int s = 0; s < problem_.n_shifts; ++s) {
            const Route& route = solution_.route(s);
            if (route.empty()) continue;
            for (const Gap& gap : route.gaps) {
                total += gap.leg_cost;
                if (gap.to != NONE) total += problem_.prices.work_time * problem_.travel_s(problem_.shifts[s].profile, gap.from, gap.to);
            }
            legs += route.gaps.size();
        }
        return legs ? std::max(1.0, static_cast<double>(total) / static_cast<double>(legs)) : 1.0;
    }

    double mean_size() const {
        return static_cast<double>(std::ssize(orders_) - std::ssize(unassigned_)) / std::max(1, solution_.n_used_routes());
    }

    // ---- the orders in no route

    void leave_out(int order) {
        unassigned_.push_back(order);
        solution_.charge(problem_.orders[order].unassigned_cost);
    }
    void take_in(int order) {
        std::erase(unassigned_, order);
        solution_.charge(-problem_.orders[order].unassigned_cost);
    }

    // ---- beginning and end

    void load(const std::vector<std::vector<int>>& routes) {
        std::vector<int> all(problem_.n_shifts);
        std::iota(all.begin(), all.end(), 0);
        load(routes, all);
    }

    void load(const std::vector<std::vector<int>>& routes, const std::vector<int>& shifts) {
        for (int s = 0; s < problem_.n_shifts; ++s) {
            solution_.touch(s);
            solution_.change(s, 0, evaluator_, [](std::vector<int>& orders) { orders.clear(); });
        }
        solution_.charge(-solution_.cost());
        unassigned_.clear();
        troubled_.forget();
        solution_.make_available(shifts);
        for (int shift : shifts) load_route(shift, routes[shift]);
        for (int j : orders_)
            if (solution_.shift_of(j) == NONE) leave_out(j);
        std::fill(is_dirty_.begin(), is_dirty_.end(), 1);
        solution_.commit();
    }

    // The route as it is, if it is allowed. Else its locked visits and, one after another in the route's sequence, each
    // other visit that fits with those; if not even the locked ones fit like that, these as the problem has them.
    void load_route(int shift, const std::vector<int>& orders) {
        const std::vector<int>& locked = problem_.locked_routes[shift];
        if (orders.empty() && locked.empty()) return;
        const auto set = [&](const std::vector<int>& visits) {
            return solution_.change(shift, 0, evaluator_, [&](std::vector<int>& now) { now = visits; });
        };
        std::vector<char> is_kept(problem_.n_orders, 0);
        for (int order : locked) is_kept[order] = 1;
        const auto kept = [&] {
            std::vector<int> visits;
            std::ranges::copy_if(orders, std::back_inserter(visits), [&](int order) { return is_kept[order] != 0; });
            return visits;
        };
        if (kept().size() < locked.size() || !set(kept())) {
            set(locked);
            return;
        }
        int room = problem_.shifts[shift].max_visits - static_cast<int>(locked.size());
        std::vector<int> free;
        for (int order : orders)
            if (!is_kept[order] && problem_.eligible(shift, order) != NOT_ELIGIBLE) free.push_back(order);
        if (std::ssize(free) <= room) {
            for (int order : free) is_kept[order] = 1;
            if (set(kept())) return;
            for (int order : free) is_kept[order] = 0;
        }
        for (int order : free) {
            if (room == 0) break;
            is_kept[order] = 1;
            if (set(kept()))
                --room;
            else
                is_kept[order] = 0;
        }
        set(kept());
    }

    // Every order to its cheapest place, the dearest and scarcest first.
    void construct() {
        servable_.assign(problem_.n_orders, 0);
        for (int s = 0; s < problem_.n_shifts; ++s)
            for (int j = 0; j < problem_.n_orders; ++j)
                servable_[j] |= problem_.eligible(s, j) != NOT_ELIGIBLE;
        removed_.clear();
        for (int order : unassigned_)
            if (servable_[order]) removed_.push_back(order);
        is_trivial_ = problem_.n_orders == 0 || std::ranges::none_of(servable_, [](char yes) { return yes != 0; });
        std::ranges::stable_sort(removed_, [&](int a, int b) {
            const Order &x = problem_.orders[a], &y = problem_.orders[b];
            if (x.unassigned_cost != y.unassigned_cost) return x.unassigned_cost > y.unassigned_cost;
            return x.due_s < y.due_s;
        });
        recreate_.set_opening(params_.opening);
        for (int order : removed_) insert(order, recreate_.find_anywhere(solution_, evaluator_, order));
        recreate_.set_opening(1);
        accept();
    }

    void save_best() {
        best_cost_ = solution_.cost();
        for (int s = 0; s < problem_.n_shifts; ++s)
            if (is_dirty_[s]) {
                best_[s] = solution_.route(s).orders;
                is_dirty_[s] = 0;
            }
    }

    const Problem& problem_;
    const Neighbours& neighbours_;
    const Params params_;
    Random random_;
    Solution solution_;
    Evaluator evaluator_;
    Ruin ruin_;
    Recreate recreate_;
    Exchanges exchanges_;
    Troubled troubled_;
    std::vector<int> orders_;  // of the part that is worked on
    std::vector<int> removed_, unassigned_, kept_unassigned_;
    std::vector<char> is_retried_, is_dirty_, servable_;
    std::vector<std::vector<int>> best_;
    Cost best_cost_ = INFEASIBLE;
    double start_temperature_ = 1, temperature_ = 1, leg_scale_ = 1;
    std::int64_t iteration_ = 0;
    bool is_trivial_ = false;
};

}  // namespace field
