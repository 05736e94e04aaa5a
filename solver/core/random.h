// The search's own random numbers: xoshiro256** (Blackman & Vigna 2021), seeded through splitmix64.
#pragma once

#include <cmath>
#include <cstdint>

namespace field {

class Random {
public:
    explicit Random(std::uint64_t seed) {
        for (std::uint64_t& word : state_) {
            seed += 0x9E3779B97F4A7C15ULL;
            std::uint64_t z = seed;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
            word = z ^ (z >> 31);
        }
    }

    std::uint64_t bits() {
        const std::uint64_t result = rotated(state_[1] * 5, 7) * 9;
        const std::uint64_t t = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= t;
        state_[3] = rotated(state_[3], 45);
        return result;
    }
    // Uniform in [0, 1).
    double unit() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }
    // Uniform in {0, ..., n - 1}; n < 2^32.
    int below(std::size_t n) { return static_cast<int>(((bits() >> 32) * n) >> 32); }
    bool chance(double probability) { return unit() < probability; }
    // Exponential with mean 1: the threshold -ln(u) of simulated annealing.
    double exponential() { return -std::log(1.0 - unit()); }

private:
    static std::uint64_t rotated(std::uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }
    std::uint64_t state_[4];
};

}  // namespace field
