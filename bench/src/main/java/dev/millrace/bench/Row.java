package dev.millrace.bench;

import java.util.List;

/**
 * A row of the comparison.
 *
 * @param rounds how often every contestant has its turn
 * @param off what of ours is switched off; empty if nothing is
 * @param figures shown beside those that every row has, such as events a second
 */
record Row(
        int number,
        int rounds,
        String title,
        String off,
        List<String> figures,
        List<Contestant> contestants,
        List<Goal> goals) {
    Row {
        figures = List.copyOf(figures);
        contestants = List.copyOf(contestants);
        goals = List.copyOf(goals);
    }
}
