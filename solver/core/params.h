// What can be set about the search; defaults were measured (docs/benchmarking.md).
#pragma once

namespace field {

struct Params {
    double mean_removed = 10;         // orders that a ruin takes out on average
    int max_string = 10;              // the longest string taken out of one route
    double split_string = 0.5;        // share of strings that keep some visits in their middle
    double keep_more = 0.5;           // probability of each further visit kept there
    double blink = 0.01;              // probability that an insertion place is overlooked
    double whole_route = 0.05;        // share of ruins that empty whole routes
    int retried = 12;                 // unassigned orders tried again in the routes that an iteration changed
    double full_retry = 0.02;         // probability that such an order is tried everywhere near it
    double eager = 0.01;              // share of iterations that insert whatever fits, even if leaving it out is cheaper
    double full_scan = 0.1;           // probability of trying every route for an order that found no place nearby
    int moves = 30;                   // exchanges tried after each iteration
    int ejections = 5;                // tried after each iteration while orders are in no route
    int move_neighbours = 20;
    int max_segment = 3;
    double tails = 0.25;              // share of exchanges that swap whole tails
    double start_temperature = 100;   // in mean leg costs
    double end_temperature = 0.1;
    int n_adjacent = 200;
    int n_insertion = 60;
    int n_starts = 24;
    int n_empty = 3;                  // unused shifts tried for an order
};

}  // namespace field
