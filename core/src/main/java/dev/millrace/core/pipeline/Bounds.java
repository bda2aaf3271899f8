package dev.millrace.core.pipeline;

import java.util.function.Function;

/** An inclusive range that a value of the definition must lie in, and how its ends are written. */
record Bounds<T extends Comparable<T>>(T min, T max, Function<T, String> format) {
    Bounds {
        if (min.compareTo(max) > 0) {
            throw new IllegalArgumentException("empty bounds: " + min + " to " + max);
        }
    }

    boolean contains(T value) {
        return min.compareTo(value) <= 0 && value.compareTo(max) <= 0;
    }

    /** Returns {@code value}, or throws an {@link IllegalArgumentException} that names it. */
    T check(String name, T value) {
        if (!contains(value)) {
            throw new IllegalArgumentException(
                    "%s must be %s, is %s".formatted(name, this, format.apply(value)));
        }
        return value;
    }

    @Override
    public String toString() {
        return format.apply(min) + " to " + format.apply(max);
    }
}
