package dev.millrace.bench;

/**
 * How long a run takes. In one form every contestant of a row has a warm-up of the same length.
 *
 * @param name as it stands above the table
 * @param rounds of all rows
 * @param warmUpSeconds of contestants without a server
 * @param serverWarmUpSeconds of rows with a server, whose requests are compiled later
 * @param seconds that are measured
 */
record Form(String name, int rounds, int warmUpSeconds, int serverWarmUpSeconds, int seconds) {
    static final Form SHORT = new Form("Short", 2, 8, 30, 3);
    static final Form FULL = new Form("Full", 5, 8, 30, 4);

    Form withRounds(int newRounds) {
        return new Form(name, newRounds, warmUpSeconds, serverWarmUpSeconds, seconds);
    }

    Form withWarmUp(int newSeconds) {
        return new Form(name, rounds, newSeconds, newSeconds, seconds);
    }

    /** Of rows whose turns differ by more than what is looked for: few of them decide nothing. */
    int manyRounds() {
        return Math.max(8, 2 * rounds);
    }
}
