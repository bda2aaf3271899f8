package dev.millrace.engine;

import java.util.List;
import java.util.Optional;

/**
 * How a replay is going.
 *
 * @param id by which to ask for it again
 * @param startedAtMs epoch milliseconds
 * @param done true once every letter that it took has its outcome, and it takes no more
 * @param replayed letters that are gone
 * @param failed letters that stay, or were not there
 * @param remaining letters without an outcome yet; in the end those that were not tried
 * @param stopped whether it was told to take no more letters
 * @param held why it takes no letters at the moment; empty if it does
 * @param dryRun whether it only says what would happen
 * @param outcomes the first 1,000, as they became known
 */
public record ReplayReport(
        String id,
        long startedAtMs,
        boolean done,
        long replayed,
        long failed,
        long remaining,
        boolean stopped,
        Optional<String> held,
        boolean dryRun,
        List<Outcome> outcomes) {
    public ReplayReport {
        outcomes = List.copyOf(outcomes);
    }

    /**
     * What became of one letter.
     *
     * @param result {@code replayed}, {@code failed} or {@code parked}
     * @param message why it failed, or what else became of it; empty otherwise
     */
    public record Outcome(String letter, String result, String message) {}
}
