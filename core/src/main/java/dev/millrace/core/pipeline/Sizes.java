package dev.millrace.core.pipeline;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them in a definition: a whole number of bytes in binary units. */
public final class Sizes {
    /** What {@link #parse} accepts, for messages. */
    public static final String SYNTAX = "a size like 64KiB, 1MiB or 50GiB";

    private static final Pattern PATTERN = Pattern.compile("([0-9]{1,18})(KiB|MiB|GiB|TiB)");

    private Sizes() {}

    /**
     * Reads a size, in bytes.
     *
     * @throws IllegalArgumentException if the text is no such size or does not fit a {@code long}
     */
    public static long parse(String text) {
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "must be %s, is '%s'".formatted(SYNTAX, Texts.shorten(text)));
        }
        try {
            return Math.multiplyExact(
                    Long.parseLong(matcher.group(1)), 1L << shift(matcher.group(2)));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("is too large: '" + text + "'", e);
        }
    }

    /** Writes bytes in the largest unit that divides them, or as {@code 1500 bytes}. */
    public static String format(long bytes) {
        for (String unit : new String[] {"TiB", "GiB", "MiB", "KiB"}) {
            if (bytes != 0 && bytes % (1L << shift(unit)) == 0) {
                return (bytes >> shift(unit)) + unit;
            }
        }
        return bytes + " bytes";
    }

    private static int shift(String unit) {
        return switch (unit) {
            case "KiB" -> 10;
            case "MiB" -> 20;
            case "GiB" -> 30;
            case "TiB" -> 40;
            default -> throw new IllegalArgumentException("unknown unit: " + unit);
        };
    }
}
