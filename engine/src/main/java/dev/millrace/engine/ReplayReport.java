package dev.millrace.engine;

import java.util.List;

/**
 * How a replay is going.
 *
 * @param id by which to ask for it again
 * @param done true once every letter has its outcome
 * @param outcomes the first 1,000, as they became known
 */
public record ReplayReport(
        String id, boolean done, int replayed, int failed, int remaining, List<Outcome> outcomes) {
    public ReplayReport {
        outcomes = List.copyOf(outcomes);
    }

    /**
     * What became of one letter.
     *
     * @param result {@code replayed}, {@code failed} or {@code parked}
     * @param message why it failed; empty when it was replayed
     */
    public record Outcome(String letter, String result, String message) {}
}
