package dev.millrace.bench;

/**
 * How long a run takes. In one form every contestant of a row has a warm-up of the same length.
 *
 * @param name as it stands above the table
 * @param rounds of all rows
 * @param warmUpSeconds of contestants without a server
 * @param loopWarmUpSeconds of what is one thread of a process, and compiled sooner
 * @param serverWarmUpSeconds of rows with a server, whose requests are compiled later
 * @param seconds that are measured
 */
record Form(
        String name,
        int rounds,
        int warmUpSeconds,
        int loopWarmUpSeconds,
        int serverWarmUpSeconds,
        int seconds) {
    static final Form SHORT = new Form("Short", 2, 5, 3, 30, 3);
    static final Form FULL = new Form("Full", 5, 6, 3, 30, 4);

    Form withRounds(int newRounds) {
        return new Form(
                name, newRounds, warmUpSeconds, loopWarmUpSeconds, serverWarmUpSeconds, seconds);
    }

    Form withWarmUp(int newSeconds) {
        return new Form(name, rounds, newSeconds, newSeconds, newSeconds, seconds);
    }

    /** Of rows whose turns hardly differ: a heap after a collection, three starts each. */
    int fewRounds() {
        return Math.max(1, rounds / 2);
    }
}
