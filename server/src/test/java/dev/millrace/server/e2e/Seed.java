package dev.millrace.server.e2e;

/** Where a test's randomness comes from: {@code -Dmillrace.seed=N}, or the clock. */
final class Seed {
    private Seed() {}

    /** Chooses a seed and prints it, so that a failure can be had again. */
    static long print(String test) {
        long seed = Long.getLong("millrace.seed", System.nanoTime());
        System.out.printf("%s: seed %d (-Dmillrace.seed=%d)%n", test, seed, seed);
        return seed;
    }
}
