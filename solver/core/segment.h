// A stretch of a route with hard windows as three numbers, so that stretches can be joined without walking along them.
//
// Holds where every order has one window and nothing costs by the hour: then all that matters of a stretch is how long it
// takes without waiting, when it can be over, and when it must begin (Savelsbergh 1992, "The vehicle routing problem with
// time windows: minimizing route duration"; Vidal et al. 2013 call joining them concatenation).
#pragma once

#include "problem.h"

namespace field {

struct Segment {
    Time work_s;    // travel and service inside, without waiting
    Time end_s;     // earliest moment at which it can be over
    Time latest_s;  // latest moment to be ready for its first visit

    // Least time from its beginning to its end, waiting included.
    Time duration_s() const { return std::max(work_s, end_s - latest_s); }
    // Latest beginning that keeps the earliest end.
    Time latest_start_s() const { return std::min(end_s - work_s, latest_s); }
};

inline constexpr Time LONG_AGO = -NEVER;

// What nothing can lead to, and what leads to nothing.
inline constexpr Segment IMPOSSIBLE{0, NEVER, LONG_AGO};

// True if `b` can follow `a` after `travel` seconds.
inline bool can_follow(const Segment& a, Time travel, const Segment& b) { return a.end_s + travel <= b.latest_s; }

// `a`, then the travel, then `b`, which can follow.
inline Segment join(const Segment& a, Time travel, const Segment& b) {
    return {a.work_s + travel + b.work_s, std::max(a.end_s + travel + b.work_s, b.end_s),
            std::min(a.latest_s, b.latest_s - travel - a.work_s)};
}

}  // namespace field
