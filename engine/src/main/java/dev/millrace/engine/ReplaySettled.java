package dev.millrace.engine;

import dev.millrace.core.task.LetterOutcome;

import java.util.List;

/**
 * Outcomes of a replay.
 *
 * @param replayed letters that are gone
 * @param failed letters that stay, or were not there
 * @param listed how many outcomes are kept one by one
 */
record ReplaySettled(long replayed, long failed, int listed) {
    static final ReplaySettled NOTHING = new ReplaySettled(0, 0, 0);

    /**
     * @param newlyListed how many of them are kept
     */
    ReplaySettled plus(List<LetterOutcome> outcomes, int newlyListed) {
        long gone =
                outcomes.stream()
                        .filter(one -> one.result() == LetterOutcome.Result.REPLAYED)
                        .count();
        return new ReplaySettled(
                replayed + gone, failed + outcomes.size() - gone, listed + newlyListed);
    }

    long letters() {
        return replayed + failed;
    }
}
