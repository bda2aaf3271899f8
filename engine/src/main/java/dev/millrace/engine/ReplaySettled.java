package dev.millrace.engine;

import dev.millrace.core.task.LetterOutcome;

import java.util.List;

/**
 * Outcomes of a replay.
 *
 * @param replayed letters that are gone
 * @param failed letters that stay, or were not there
 * @param ofSinks how many of all those letters are of sinks
 * @param listed how many outcomes are kept one by one
 */
record ReplaySettled(long replayed, long failed, long ofSinks, int listed) {
    static final ReplaySettled NOTHING = new ReplaySettled(0, 0, 0, 0);

    /**
     * @param newlyListed how many of them are kept
     */
    ReplaySettled plus(List<LetterOutcome> outcomes, int newlyListed) {
        long gone =
                outcomes.stream()
                        .filter(one -> one.result() == LetterOutcome.Result.REPLAYED)
                        .count();
        long sinks = outcomes.stream().filter(one -> one.letter().isOfSink()).count();
        return new ReplaySettled(
                replayed + gone,
                failed + outcomes.size() - gone,
                ofSinks + sinks,
                listed + newlyListed);
    }

    long letters() {
        return replayed + failed;
    }

    long ofOthers() {
        return letters() - ofSinks;
    }
}
