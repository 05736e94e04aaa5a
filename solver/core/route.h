// The visits of one shift and what is known about them.
#pragma once

#include <vector>

#include "schedule.h"
#include "segment.h"

namespace field {

struct Route;

// A stretch of visits, [first, last). `route` of `shift`: the stretch is its tail, as it stands.
struct Span {
    const int* first;
    const int* last;
    const Route* route = nullptr;
    int shift = NONE;
    std::size_t size() const { return static_cast<std::size_t>(last - first); }
};

// What is known of the gap before visit number k, the last one before the end: all that a first look at an insertion
// needs, side by side in memory.
struct Gap {
    int from, to;            // locations; to NONE: the route ends where its last visit ends
    Cost leg_cost;           // 0 in an unused route
    Cost cost_before;        // of the legs before this one
    Time leave_s;            // earliest end of the visit before, or the shift's earliest departure
    Time latest_ready_s;     // ready later than that after the gap: the rest cannot be served (breaks apart)
};

// In plain problems, what lies before and behind a gap.
struct Sides {
    Segment before, after;
};

// The visits of one shift with the labels of each. `labels_of(k)` are those of visit number k.
struct Route {
    std::vector<int> orders;
    std::vector<Label> labels;
    std::vector<int> first_label;            // size() + 1 entries
    std::vector<Gap> gaps;                   // size() + 1 entries
    std::vector<std::int32_t> parts_used;
    std::vector<Sides> sides;                // size() + 1 entries, plain problems only (which have no labels)
    std::vector<std::int32_t> parts_before;  // (size() + 1, parts), plain problems only
    Cost cost = 0;
    bool needs_depot = false;

    int size() const { return static_cast<int>(orders.size()); }
    bool empty() const { return orders.empty(); }
    std::span<const Label> labels_of(int k) const {
        return {labels.data() + first_label[k], static_cast<std::size_t>(first_label[k + 1] - first_label[k])};
    }
};

}  // namespace field
