package dev.millrace.bench;

import java.util.List;

/** The turns of one contestant, of which each figure's median counts. */
record Median(List<Turn> turns) {
    Median {
        turns = List.copyOf(turns);
    }

    double figure(String name) {
        double[] sorted = turns.stream().mapToDouble(turn -> turn.figure(name)).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
