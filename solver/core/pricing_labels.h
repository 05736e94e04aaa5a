// Labels of the pricing problem and which of them are kept.
//
// Labels are looked at in the order of time, and of cost among equals. Whatever dominates a label is then there before it,
// so that one look at the kept labels of its order decides, and nothing kept is ever dropped again.
#pragma once

#include <bit>
#include <queue>

#include "pricing_network.h"

namespace field {

template <int WORDS>
struct Bits {
    std::array<std::uint64_t, WORDS> words{};

    bool has(int i) const { return words[i >> 6] >> (i & 63) & 1; }
    void set(int i) { words[i >> 6] |= std::uint64_t{1} << (i & 63); }
    template <class Call>
    void for_each(Call&& call) const {
        for (int w = 0; w < WORDS; ++w)
            for (std::uint64_t rest = words[w]; rest; rest &= rest - 1) call(64 * w + std::countr_zero(rest));
    }
    bool is_within(const Bits& other) const {
        std::uint64_t outside = 0;
        for (int w = 0; w < WORDS; ++w) outside |= words[w] & ~other.words[w];
        return outside == 0;
    }
    Bits operator&(const Bits& other) const {
        Bits both;
        for (int w = 0; w < WORDS; ++w) both.words[w] = words[w] & other.words[w];
        return both;
    }
};

// At most so many cuts are priced at a time.
inline constexpr int CUT_WORDS = 4, MAX_CUTS = 64 * CUT_WORDS;
using CutBits = Bits<CUT_WORDS>;

// What decides about dominance, besides time.
template <int WORDS>
struct PricingState {
    Cost reduced;                   // cost so far less dual prices, scaled
    std::uint64_t used;             // parts, see PricingNetwork
    Bits<WORDS> memory;             // orders that may not come next (ng-route: Baldacci, Mingozzi & Roberti 2011)
    CutBits odd;                    // cuts of which an odd number of orders has been visited
    std::uint16_t visits;
    std::uint8_t breaks;
    bool restocked;
};

template <int WORDS>
struct PricingLabel {
    PricingState<WORDS> state;
    Time time_s;
    std::int32_t parent;
    std::int32_t order;  // local
};

// What a label need not heed in a comparison.
struct DominanceRule {
    bool ignores_memory = false;    // heuristic: as if routes could be completed in every way
    bool counts_visits = false;     // the limit on visits can bind
    bool counts_parts = false;
    std::span<const Cost> cut_prices;
};

// Kept labels of one order, cheapest first.
template <int WORDS>
class KeptLabels {
public:
    // Keeps the label unless one that is kept, hence no later, dominates it.
    bool keep(const PricingState<WORDS>& state, const DominanceRule& rule) {
        if (dominate(state, rule)) return false;
        const auto costs_more = [](Cost reduced, const PricingState<WORDS>& other) { return reduced < other.reduced; };
        kept_.insert(std::upper_bound(kept_.begin(), kept_.end(), state.reduced, costs_more), state);
        return true;
    }

    // True if a kept label dominates one that is no earlier.
    bool dominate(const PricingState<WORDS>& state, const DominanceRule& rule) const {
        for (std::size_t at = 0; at < kept_.size() && kept_[at].reduced <= state.reduced; ++at)
            if (dominates(kept_[at], state, rule)) return true;
        return false;
    }

private:
    static bool dominates(const PricingState<WORDS>& a, const PricingState<WORDS>& b, const DominanceRule& rule) {
        if (a.breaks < b.breaks || a.restocked < b.restocked) return false;
        if (rule.ignores_memory) return true;
        if (!a.memory.is_within(b.memory)) return false;
        if (rule.counts_visits && a.visits > b.visits) return false;
        if (rule.counts_parts && !a.restocked && !PricingNetwork::uses_no_more(a.used, b.used)) return false;
        // A cut that `a` may still have to pay and `b` may not (Jepsen, Petersen, Spoorendonk & Pisinger 2008).
        Cost extra = 0;
        for (int w = 0; w < CUT_WORDS; ++w)
            for (std::uint64_t rest = a.odd.words[w] & ~b.odd.words[w]; rest; rest &= rest - 1)
                extra += rule.cut_prices[64 * w + std::countr_zero(rest)];
        return extra == 0 || a.reduced + extra <= b.reduced;
    }

    std::vector<PricingState<WORDS>> kept_;
};

}  // namespace field
