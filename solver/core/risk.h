// What becomes of given routes when travel and service take other times than planned: a Monte Carlo.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "problem.h"
#include "random.h"

namespace field {

// A factor on a time, in units of 1/65536: sums of seconds are the same on every machine.
using Factor = std::int64_t;
inline constexpr int FACTOR_BITS = 16;
inline constexpr Factor HALF = Factor{1} << (FACTOR_BITS - 1);

inline constexpr std::int64_t product(std::int64_t value, Factor factor) { return (value * factor + HALF) >> FACTOR_BITS; }

// Equally likely factors, of which a draw takes one: any distribution, at the price of a look into a table.
using FactorTable = std::span<const std::int32_t>;

inline Factor pick(FactorTable table, std::uint32_t bits) { return table[(std::uint64_t{bits} * table.size()) >> 32]; }

// Routes as they are driven: their sequence, and when what may begin. Fields as in solver/risk.py.
struct DrivenRoutes {
    std::span<const std::int32_t> route_first, break_first, break_before, service_kind;
    std::span<const std::int64_t> departure_s, leg_s, service_s, open_s, close_s, due_s, end_leg_s, shift_end_s;
    std::span<const std::int64_t> break_earliest_s, break_duration_s;
};

inline constexpr Time DAY_S = 86'400;
// Times and lengths up to these keep every product of factors inside 64 bits.
inline constexpr Time LONGEST_S = Time{1} << 28;

namespace risk_check {

template <class T>
void within(const char* name, std::span<const T> values, std::int64_t low, std::int64_t high) {
    for (std::size_t k = 0; k < values.size(); ++k)
        if (values[k] < low || values[k] > high)
            throw std::invalid_argument(std::string(name) + "[" + std::to_string(k) + "] is " + std::to_string(values[k]) +
                                        ", expected " + std::to_string(low) + " to " + std::to_string(high));
}

inline void dividing(const char* name, std::span<const std::int32_t> first, std::size_t total) {
    if (first.front() != 0 || static_cast<std::size_t>(first.back()) != total || !std::ranges::is_sorted(first))
        throw std::invalid_argument(std::string(name) + " must ascend from 0 to " + std::to_string(total));
}

}  // namespace risk_check

// Throws std::invalid_argument where values are none that can be driven; lengths of arrays are right already.
inline void check(const DrivenRoutes& routes, int n_kinds) {
    using risk_check::dividing, risk_check::within;
    dividing("route_first", routes.route_first, routes.leg_s.size());
    dividing("break_first", routes.break_first, routes.break_before.size());
    within("service_kind", routes.service_kind, 0, n_kinds - 1);
    within("departure_s", routes.departure_s, -NEVER, NEVER);
    within("open_s", routes.open_s, -NEVER, NEVER);
    within("break_earliest_s", routes.break_earliest_s, -NEVER, NEVER);
    within("leg_s", routes.leg_s, 0, LONGEST_S);
    within("end_leg_s", routes.end_leg_s, 0, LONGEST_S);
    within("service_s", routes.service_s, 0, LONGEST_S);
    within("break_duration_s", routes.break_duration_s, 0, LONGEST_S);
    for (std::size_t route = 0; route < routes.departure_s.size(); ++route) {
        std::int64_t before = 0;
        for (int pause = routes.break_first[route]; pause < routes.break_first[route + 1]; ++pause) {
            within("break_before", routes.break_before.subspan(pause, 1), before,
                   routes.route_first[route + 1] - routes.route_first[route]);
            before = routes.break_before[pause];
        }
    }
}

struct Chances {
    std::vector<FactorTable> service_of_kind;
    FactorTable technician_day, day, travel, travel_of_hour;
    Time midnight_s;

    Factor hour_factor(Time now) const {
        const Time second = (now - midnight_s) % DAY_S;
        return travel_of_hour[(second < 0 ? second + DAY_S : second) / 3600];
    }
};

inline constexpr std::array<std::size_t, 3> PERCENTS{10, 50, 90};

// In how many scenarios each visit starts in its window and ends by its due time, and each route ends after its shift;
// three percentiles of each arrival.
struct Outcomes {
    std::span<std::int64_t> on_time, promise_kept, overtime, arrival_s;
};

// Each route and scenario draws from a stream of its own: what one route does changes no other one, and threads may
// share the routes among them.
class RouteSimulation {
public:
    RouteSimulation(const DrivenRoutes& routes, const Chances& chances, std::uint64_t seed, std::size_t scenarios)
        : routes_(routes), chances_(chances), seed_(mixed(seed)), n_scenarios_(scenarios) {
        for (std::size_t scenario = 0; scenario < scenarios; ++scenario)
            day_of_scenario_.push_back(pick(chances.day, Random(mixed(seed_ ^ DAY_STREAM) + scenario).bits() >> 32));
    }

    // O(scenarios x (visits + breaks)).
    void simulate(std::size_t route, const Outcomes& outcomes) {
        const std::size_t first = routes_.route_first[route], last = routes_.route_first[route + 1];
        arrivals_.resize((last - first) * n_scenarios_);
        std::fill(outcomes.on_time.begin() + first, outcomes.on_time.begin() + last, 0);
        std::fill(outcomes.promise_kept.begin() + first, outcomes.promise_kept.begin() + last, 0);
        std::int64_t overtime = 0;
        const std::uint64_t stream = mixed(seed_ + route);
        for (std::size_t scenario = 0; scenario < n_scenarios_; ++scenario)
            overtime += drive(route, scenario, Random(stream + scenario), outcomes) > routes_.shift_end_s[route];
        outcomes.overtime[route] = overtime;
        for (std::size_t visit = first; visit < last; ++visit)
            write_percentiles(visit - first, outcomes.arrival_s.subspan(visit * PERCENTS.size(), PERCENTS.size()));
    }

private:
    static constexpr std::uint64_t DAY_STREAM = 0x6A09E667F3BCC909ULL;

    // The finalizer of splitmix64: neighbouring numbers become unlike ones.
    static std::uint64_t mixed(std::uint64_t z) {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }

    // The moment at which the route is over.
    Time drive(std::size_t route, std::size_t scenario, Random random, const Outcomes& outcomes) {
        const std::size_t first = routes_.route_first[route], last = routes_.route_first[route + 1];
        const Factor technician = pick(chances_.technician_day, random.bits() >> 32), day = day_of_scenario_[scenario];
        std::size_t pause = routes_.break_first[route];
        Time now = routes_.departure_s[route];
        for (std::size_t visit = first; visit < last; ++visit) {
            const std::uint64_t bits = random.bits();
            const Time travel_s = travelled(routes_.leg_s[visit], now, day, static_cast<std::uint32_t>(bits));
            const Time arrival_s = ready(route, pause, visit - first, now, travel_s);
            const Time start_s = std::max(arrival_s, routes_.open_s[visit]);
            const Factor noise = pick(chances_.service_of_kind[routes_.service_kind[visit]], bits >> 32);
            now = start_s + product(routes_.service_s[visit], product(noise, technician));
            arrivals_[(visit - first) * n_scenarios_ + scenario] = arrival_s;
            outcomes.on_time[visit] += start_s <= routes_.close_s[visit];
            outcomes.promise_kept[visit] += now <= routes_.due_s[visit];
        }
        const Time home_s = travelled(routes_.end_leg_s[route], now, day, random.bits() >> 32);
        return ready(route, pause, last - first, now, home_s);
    }

    Time travelled(Time leg_s, Time leave_s, Factor day, std::uint32_t bits) const {
        return product(leg_s, product(product(pick(chances_.travel, bits), chances_.hour_factor(leave_s)), day));
    }

    // Ready at the far end of gap `before`: as in docs/model.md, "Through a gap", but a break that is late is taken.
    Time ready(std::size_t route, std::size_t& pause, std::size_t before, Time leave_s, Time travel_s) const {
        Time ready_s = leave_s + travel_s;
        const std::size_t end = routes_.break_first[route + 1];
        for (; pause < end && static_cast<std::size_t>(routes_.break_before[pause]) == before; ++pause)
            ready_s = std::max(ready_s, routes_.break_earliest_s[pause]) + routes_.break_duration_s[pause];
        return ready_s;
    }

    // Partly sorts the visit's arrivals; O(scenarios).
    void write_percentiles(std::size_t place, std::span<std::int64_t> percentiles) {
        auto from = arrivals_.begin() + static_cast<std::ptrdiff_t>(place * n_scenarios_);
        const auto begin = from, end = begin + static_cast<std::ptrdiff_t>(n_scenarios_);
        for (std::size_t k = 0; k < PERCENTS.size(); ++k) {
            const auto wanted = begin + static_cast<std::ptrdiff_t>(n_scenarios_ * PERCENTS[k] / 100);
            std::nth_element(from, wanted, end);
            percentiles[k] = *wanted;
            from = wanted;
        }
    }

    const DrivenRoutes& routes_;
    const Chances& chances_;
    std::uint64_t seed_;
    std::size_t n_scenarios_;
    std::vector<Factor> day_of_scenario_;
    std::vector<Time> arrivals_;
};

}  // namespace field
