package dev.millrace.core.pipeline;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;

/** Numbers and booleans as YAML's core schema writes them. */
final class Numbers {
    /** More digits than any number that fits. */
    private static final int DIGITS_MAX = 400;

    private Numbers() {}

    /** A decimal, {@code 0o17} or {@code 0x1F}; empty if it does not fit. */
    static Optional<Long> toLong(String text) {
        if (text.length() > DIGITS_MAX) {
            return Optional.empty();
        }
        BigInteger value =
                switch (text.length() < 2 ? "" : text.substring(0, 2)) {
                    case "0o" -> new BigInteger(text.substring(2), 8);
                    case "0x" -> new BigInteger(text.substring(2), 16);
                    default -> new BigInteger(text);
                };
        return value.bitLength() < Long.SIZE ? Optional.of(value.longValue()) : Optional.empty();
    }

    /** Empty if it is infinite, no number, or does not fit. */
    static Optional<Double> toDouble(String text) {
        if (text.length() > DIGITS_MAX || text.toLowerCase(Locale.ROOT).matches(".*[in].*")) {
            return Optional.empty();
        }
        return Optional.of(Double.valueOf(text)).filter(Double::isFinite);
    }

    static boolean toBoolean(String text) {
        return text.equalsIgnoreCase("true");
    }
}
