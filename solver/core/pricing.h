// Pricing of one shift for column generation: routes of least reduced cost, by labelling (docs/bounds.md).
//
// Forward dynamic programming over ng-routes (Baldacci, Mingozzi & Roberti 2011) with the prices of limited-memory
// subset-row cuts (Jepsen et al. 2008; Pecin et al. 2017) and completion bounds. Everything is integer: reduced costs are
// costs times `scale` less integer duals, so that a bound made from them holds exactly.
#pragma once

#include <atomic>
#include <optional>

#include "pricing_bound.h"
#include "pricing_labels.h"

namespace field {

// A subset-row cut: of its orders (three) at most one pair is visited by a route of the solution.
struct RowCut {
    std::vector<int> orders;
    std::vector<int> memory;  // orders, its own included, on whose visit it is not forgotten
    Cost price;               // scaled, not negative
};

struct PricingTask {
    std::vector<Cost> duals;                   // of each order, scaled
    std::vector<RowCut> cuts;                  // at most MAX_CUTS
    std::vector<std::vector<int>> neighbours;  // of each order: what a route remembers when it visits the order
    Cost scale;
    Cost threshold;                            // routes of this reduced cost and more are of no interest
    int max_routes;
    bool heuristic;                            // quick: may miss routes
    int max_arcs;                              // go on to so many of the nearest and of the best orders only; 0 = to all
    std::int64_t max_labels;                   // gives up beyond
};

struct PricedRoute {
    Cost cost;
    std::vector<int> orders;
};

// No route has a reduced cost below `least`. If `complete`, it is the least one, or the threshold if none is below that.
struct PricingResult {
    Cost least;
    bool complete;
    std::int64_t n_labels;
    std::vector<PricedRoute> routes;
};

template <int WORDS>
class Labelling {
public:
    Labelling(const PricingNetwork& network, const PricingTask& task, const std::atomic<bool>& cancelled)
        : network_(network), task_(task), cancelled_(cancelled), bound_(network, task.duals, task.scale),
          kept_(network.size()), neighbours_(network.size()), cut_members_(network.size()), cut_memory_(network.size()) {
        const int n = network.size();
        std::vector<int> local_of(network.problem().n_orders, NONE);
        for (int i = 0; i < n; ++i) local_of[network.order(i)] = i;
        for (int i = 0; i < n; ++i) {
            for (int j : task.neighbours[network.order(i)])
                if (local_of[j] != NONE) neighbours_[i].set(local_of[j]);
            neighbours_[i].set(i);
        }
        for (std::size_t q = 0; q < task.cuts.size(); ++q) {
            cut_prices_.push_back(task.cuts[q].price);
            for (int j : task.cuts[q].orders)
                if (local_of[j] != NONE) cut_members_[local_of[j]].set(static_cast<int>(q));
            for (int j : task.cuts[q].memory)
                if (local_of[j] != NONE) cut_memory_[local_of[j]].set(static_cast<int>(q));
        }
        limit_visits();
        choose_successors();
        rule_.ignores_memory = task.heuristic;
        rule_.counts_parts = true;
        rule_.cut_prices = cut_prices_;
        const Time span = std::max<Time>(0, network.shift().latest_s - network.shift().departure_s);
        slot_s_ = std::max(SLOT_S, span / MAX_SLOTS + 1);
        slots_.resize(static_cast<std::size_t>(span / slot_s_) + 1);
    }

    PricingResult run() {
        const int n = network_.size();
        for (int to = 0; to < n && max_visits_ > 0; ++to)
            for (const Way& way : network_.ways(n, to)) leave_start(way, to);
        bool complete = true;
        for (std::size_t slot = 0; slot < slots_.size() && complete; ++slot) complete = run_slot(slots_[slot]);
        const bool exact = !task_.heuristic && task_.max_arcs == 0;
        PricingResult found = result(complete && exact);
        if (!found.complete) found.least = std::min(found.least, exact ? least_of_the_rest() : least_of_all());
        return found;
    }

private:
    static constexpr Time SLOT_S = 64, MAX_SLOTS = 4096;
    using Label = PricingLabel<WORDS>;
    using State = PricingState<WORDS>;
    struct Entry {
        Time time_s;
        Cost reduced;
        std::int32_t label;
        bool operator<(const Entry& other) const {  // for heaps: the earliest, then the cheapest, on top
            return time_s > other.time_s || (time_s == other.time_s && reduced > other.reduced);
        }
    };
    struct End {
        Cost reduced;
        std::int32_t label;
    };

    void limit_visits() {
        const Shift& shift = network_.shift();
        max_visits_ = std::min(shift.max_visits, network_.size());
        Time step = NEVER;
        for (int to = 0; to < network_.size(); ++to)
            for (int from = 0; from <= network_.size(); ++from)
                for (const Way& way : network_.ways(from, to))
                    if (from != to) step = std::min(step, way.travel_s + network_.service_s(to));
        // A route without repeated visits is never longer than its orders; only the shift's own limit is worth counting,
        // and where visits may take no time at all, the length, or a route would never end.
        rule_.counts_visits = step <= 0 || static_cast<Time>(shift.max_visits) * step < shift.latest_s - shift.departure_s;
    }

    // For each order those that a route may go on to: all, or the nearest ones and the ones of least reduced cost.
    void choose_successors() {
        const int n = network_.size();
        successors_.resize(n);
        std::vector<int> all, chosen;
        for (int i = 0; i < n; ++i) all.push_back(i);
        for (int from = 0; from < n; ++from) {
            if (task_.max_arcs == 0 || n <= 2 * task_.max_arcs) {
                successors_[from] = all;
                continue;
            }
            const auto choose = [&](auto&& key) {
                chosen = all;
                std::ranges::nth_element(chosen, chosen.begin() + task_.max_arcs, {}, key);
                successors_[from].insert(successors_[from].end(), chosen.begin(), chosen.begin() + task_.max_arcs);
            };
            choose([&](int to) { return network_.ways(from, to)[0].travel_s; });
            choose([&](int to) { return task_.scale * network_.ways(from, to)[0].cost - task_.duals[network_.order(to)]; });
            std::ranges::sort(successors_[from]);
            const auto repeated = std::ranges::unique(successors_[from]);
            successors_[from].erase(repeated.begin(), repeated.end());
        }
    }

    void leave_start(const Way& way, int to) {
        std::uint64_t used = 0;
        if (!way.by_depot && !network_.stock_lasts(0, to, used)) return;
        const State start{0, 0, {}, {}, 0, 0, false};
        network_.begin(way, to, [&](Time end_s, Cost cost, int breaks) { arrive(start, NONE, way, to, used, end_s, cost, breaks); });
    }

    void go_on(std::int32_t from_label, int to) {
        for (const Way& way : network_.ways(labels_[from_label].order, to)) {
            const State state = labels_[from_label].state;
            std::uint64_t used = 0;
            if (way.by_depot && state.restocked) continue;
            if (!way.by_depot && !state.restocked && !network_.stock_lasts(state.used, to, used)) continue;
            network_.extend(labels_[from_label].time_s, state.breaks, way, to, [&](Time end_s, Cost cost, int breaks) {
                arrive(state, from_label, way, to, used, end_s, cost, breaks);
            });
        }
    }

    void arrive(const State& from, std::int32_t parent, const Way& way, int to, std::uint64_t used, Time end_s, Cost cost,
                int breaks) {
        State state;
        state.reduced = from.reduced + task_.scale * cost - task_.duals[network_.order(to)];
        const CutBits remembered = from.odd & cut_memory_[to];
        for (int w = 0; w < CUT_WORDS; ++w) {
            const std::uint64_t members = cut_members_[to].words[w];
            for (std::uint64_t pairs = remembered.words[w] & members; pairs; pairs &= pairs - 1)
                state.reduced += cut_prices_[64 * w + std::countr_zero(pairs)];
            state.odd.words[w] = remembered.words[w] ^ members;
        }
        state.memory = from.memory & neighbours_[to];
        state.memory.set(to);
        const auto remembered_orders = [&](auto&& call) { state.memory.for_each(call); };
        if (state.reduced + bound_.from(end_s, breaks, remembered_orders) >= task_.threshold) return;
        state.visits = static_cast<std::uint16_t>(from.visits + 1);
        state.breaks = static_cast<std::uint8_t>(breaks);
        state.restocked = from.restocked || way.by_depot;
        state.used = state.restocked ? 0 : used;
        if (kept_[to].dominate(state, rule_)) return;
        const auto label = static_cast<std::int32_t>(labels_.size());
        labels_.push_back({state, end_s, parent, to});
        std::vector<Entry>& slot = slots_[static_cast<std::size_t>((end_s - network_.shift().departure_s) / slot_s_)];
        slot.push_back({end_s, state.reduced, label});
        if (&slot == open_slot_) std::push_heap(slot.begin(), slot.end());
    }

    // Settles the labels of one stretch of time; false if the search has to give up.
    bool run_slot(std::vector<Entry>& slot) {
        open_slot_ = &slot;
        std::make_heap(slot.begin(), slot.end());
        while (!slot.empty()) {
            std::pop_heap(slot.begin(), slot.end());
            const std::int32_t label = slot.back().label;
            slot.pop_back();
            const int at = labels_[label].order;
            if (!kept_[at].keep(labels_[label].state, rule_)) continue;
            end_route(label);
            if (labels_[label].state.visits < max_visits_ || !rule_.counts_visits)
                for (const int to : successors_[at])
                    if (!labels_[label].state.memory.has(to)) go_on(label, to);
            if (static_cast<std::int64_t>(labels_.size()) > task_.max_labels || cancelled_.load(std::memory_order_relaxed)) return false;
        }
        std::vector<Entry>().swap(slot);
        return true;
    }

    void end_route(std::int32_t label) {
        const Label& last = labels_[label];
        const Cost cost = network_.finish(last.time_s, last.state.breaks, last.order);
        if (cost >= INFEASIBLE) return;
        const Cost reduced = last.state.reduced + task_.scale * cost;
        if (reduced < task_.threshold) ends_.push_back({reduced, label});
    }

    PricingResult result(bool complete) {
        const auto wanted = std::min(ends_.size(), static_cast<std::size_t>(task_.max_routes));
        std::ranges::partial_sort(ends_, ends_.begin() + static_cast<std::ptrdiff_t>(wanted),
                                  [](const End& a, const End& b) { return a.reduced < b.reduced; });
        PricingResult found{wanted ? ends_[0].reduced : task_.threshold, complete,
                            static_cast<std::int64_t>(labels_.size()), {}};
        for (std::size_t i = 0; i < wanted; ++i) found.routes.push_back(route_of(ends_[i]));
        return found;
    }

    // What no route falls below by the completion bound alone.
    Cost least_of_all() const {
        const Cost departure = task_.scale * network_.problem().prices.work_time * network_.shift().departure_s;
        const Cost worked = network_.problem().departure_keeps_end ? 0 : departure;
        Cost least = task_.threshold;
        for (int breaks = 0; breaks <= network_.n_breaks(); ++breaks)  // a late departure may need none of them
            least = std::min(least, bound_.from(network_.shift().departure_s, breaks, [](auto&&) {}) - worked);
        return least;
    }

    // What no route falls below that goes on from a label not looked at yet; every route not found so far does.
    Cost least_of_the_rest() const {
        Cost least = task_.threshold;
        for (const std::vector<Entry>& slot : slots_)
            for (const Entry& entry : slot) {
                const Label& label = labels_[entry.label];
                const auto remembered_orders = [&](auto&& call) { label.state.memory.for_each(call); };
                least = std::min(least, label.state.reduced + bound_.from(label.time_s, label.state.breaks, remembered_orders));
            }
        return least;
    }

    // The route without its dual prices: what it costs.
    PricedRoute route_of(const End& end) const {
        PricedRoute route;
        for (std::int32_t label = end.label; label != NONE; label = labels_[label].parent)
            route.orders.push_back(network_.order(labels_[label].order));
        std::ranges::reverse(route.orders);
        Cost cost = end.reduced;
        for (int order : route.orders) cost += task_.duals[order];
        route.cost = (cost - cut_price_of(end.label)) / task_.scale;
        return route;
    }

    // What the route to a label paid for cuts.
    Cost cut_price_of(std::int32_t label) const {
        Cost paid = 0;
        for (; labels_[label].parent != NONE; label = labels_[label].parent) {
            const CutBits remembered = labels_[labels_[label].parent].state.odd & cut_memory_[labels_[label].order];
            for (int w = 0; w < CUT_WORDS; ++w)
                for (std::uint64_t pairs = remembered.words[w] & cut_members_[labels_[label].order].words[w]; pairs; pairs &= pairs - 1)
                    paid += cut_prices_[64 * w + std::countr_zero(pairs)];
        }
        return paid;
    }

    const PricingNetwork& network_;
    const PricingTask& task_;
    const std::atomic<bool>& cancelled_;
    CompletionBound bound_;
    std::vector<KeptLabels<WORDS>> kept_;
    std::vector<Bits<WORDS>> neighbours_;
    std::vector<std::vector<int>> successors_;
    std::vector<CutBits> cut_members_, cut_memory_;
    std::vector<Cost> cut_prices_;
    DominanceRule rule_;
    int max_visits_ = 0;
    Time slot_s_ = SLOT_S;
    std::vector<Label> labels_;
    std::vector<std::vector<Entry>> slots_;
    std::vector<Entry>* open_slot_ = nullptr;
    std::vector<End> ends_;
};

// Prices routes of one shift; `cancel` ends a call from another thread.
class Pricer {
public:
    Pricer(const Problem& problem, int shift) : network_(problem, shift) {}

    PricingResult price(const PricingTask& task) {
        const int n = network_.size();
        if (n <= 64) return Labelling<1>(network_, task, cancelled_).run();
        if (n <= 128) return Labelling<2>(network_, task, cancelled_).run();
        if (n <= 256) return Labelling<4>(network_, task, cancelled_).run();
        if (n <= 512) return Labelling<8>(network_, task, cancelled_).run();
        if (n <= 1024) return Labelling<16>(network_, task, cancelled_).run();
        return {INFEASIBLE, false, 0, {}};
    }
    void cancel() { cancelled_.store(true, std::memory_order_relaxed); }
    const std::vector<int>& orders() const { return network_.orders(); }

private:
    PricingNetwork network_;
    std::atomic<bool> cancelled_{false};
};

}  // namespace field
