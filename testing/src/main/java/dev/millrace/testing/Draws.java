package dev.millrace.testing;

import org.jspecify.annotations.Nullable;

import java.util.Random;

/** What chance is asked for. */
final class Draws {
    private Draws() {}

    static boolean oneIn(Random random, int count) {
        return random.nextInt(count) == 0;
    }

    /** From 0 to {@code max}, both included. */
    static long upTo(Random random, long max) {
        return random.nextLong(max + 1);
    }

    @SafeVarargs
    static <T extends @Nullable Object> T oneOf(Random random, T... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
