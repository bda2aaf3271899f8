package dev.millrace.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Turns for tests. */
final class Turns {
    private Turns() {}

    /** Rounds of so many events a second. */
    static List<Turn> of(double... eventsPerSecond) {
        return Arrays.stream(eventsPerSecond)
                .mapToObj(
                        rate -> new Turn(Map.of("events", rate, "seconds", 1.0, "cpuSeconds", 2.0)))
                .toList();
    }

    /** Rounds with a figure. */
    static List<Turn> with(String figure, double... values) {
        return Arrays.stream(values).mapToObj(value -> new Turn(Map.of(figure, value))).toList();
    }
}
