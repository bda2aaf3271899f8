package dev.millrace.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * How a feed is processed. What comes of it must be the same in every mode.
 *
 * @param batched whether events received together come in one record
 * @param commits when the host commits, besides the end
 * @param restores when it is thrown away and another takes up from the store
 * @param lagging whether partitions go on at their own pace, or all by the same record
 * @param seed of what is left to chance
 */
record Mode(boolean batched, Commits commits, Restores restores, boolean lagging, long seed) {
    enum Commits {
        AT_THE_END,
        AFTER_EVERY_RECORD,
        AT_RANDOM
    }

    enum Restores {
        NEVER,
        AFTER_EVERY_COMMIT,
        /** Between commits, and while one is written, which is then there or not. */
        AT_RANDOM
    }

    private static final int SEEDS = 5;

    /** Commits after every record: the mode in which the succession of states is told. */
    static Mode stepwise(boolean batched) {
        return new Mode(batched, Commits.AFTER_EVERY_RECORD, Restores.NEVER, false, 0);
    }

    static Mode stepwiseRestored() {
        return new Mode(false, Commits.AFTER_EVERY_RECORD, Restores.AFTER_EVERY_COMMIT, false, 0);
    }

    /** One of all that there are. */
    static Mode random(Random random, boolean mayRestore) {
        return new Mode(
                random.nextBoolean(),
                Commits.values()[random.nextInt(Commits.values().length)],
                Restores.values()[mayRestore ? random.nextInt(Restores.values().length) : 0],
                random.nextBoolean(),
                random.nextLong());
    }

    static List<Mode> all(int partitions) {
        List<Mode> modes = new ArrayList<>();
        for (boolean batched : new boolean[] {false, true}) {
            modes.add(new Mode(batched, Commits.AT_THE_END, Restores.NEVER, false, 0));
            modes.add(stepwise(batched));
            for (int seed = 1; seed <= SEEDS; seed++) {
                modes.add(new Mode(batched, Commits.AT_RANDOM, Restores.NEVER, false, seed));
                modes.add(new Mode(batched, Commits.AT_RANDOM, Restores.AT_RANDOM, false, seed));
                if (partitions > 1) {
                    modes.add(new Mode(batched, Commits.AT_RANDOM, Restores.AT_RANDOM, true, seed));
                }
            }
        }
        modes.add(stepwiseRestored());
        return modes;
    }
}
