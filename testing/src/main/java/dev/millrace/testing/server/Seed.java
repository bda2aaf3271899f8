package dev.millrace.testing.server;

/** Where a test's randomness comes from: {@code -Dmillrace.seed=N}, or the clock. */
public final class Seed {
    private Seed() {}

    /** Chooses a seed and prints it, so that a failure can be had again. */
    public static long print(String test) {
        long seed = Long.getLong("millrace.seed", System.nanoTime());
        System.out.printf("%s: seed %d (-Dmillrace.seed=%d)%n", test, seed, seed);
        return seed;
    }
}
