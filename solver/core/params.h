// What can be set about the search; meanings and defaults stand in solver/params.py alone.
#pragma once

namespace field {

struct Params {
    double mean_removed;
    int max_string;
    double split_string;
    double keep_more;
    double blink;
    double whole_route;
    int retried;
    double full_retry;
    double eager;
    double full_scan;
    int moves;
    int ejections;
    double focus;
    double trouble;
    int move_neighbours;
    int max_segment;
    double tails;
    double start_temperature;
    double end_temperature;
    int short_run;
    int n_adjacent;
    int n_insertion;
    int n_starts;
    int n_empty;
    double opening;
};

}  // namespace field
