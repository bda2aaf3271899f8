package dev.millrace.core.pipeline;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them in a definition: one whole number and one unit, like {@code 5m}.
 */
public final class Durations {
    /** What {@link #parse} accepts, for messages. */
    public static final String SYNTAX = "a duration like 250ms, 5s, 1m, 1h or 7d";

    private static final Pattern PATTERN = Pattern.compile("([0-9]{1,18})(ms|s|m|h|d)");

    private Durations() {}

    /**
     * Reads a duration of whole milliseconds.
     *
     * @throws IllegalArgumentException if the text is no such duration or does not fit {@code long}
     *     milliseconds
     */
    public static Duration parse(String text) {
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "must be %s, is '%s'".formatted(SYNTAX, Texts.shorten(text)));
        }
        try {
            long amount = Long.parseLong(matcher.group(1));
            return Duration.ofMillis(Math.multiplyExact(amount, millis(matcher.group(2))));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("is too long: '" + text + "'", e);
        }
    }

    /** Writes whole milliseconds in the largest unit that divides them: 90 s are {@code 90s}. */
    public static String format(Duration duration) {
        long ms = duration.toMillis();
        for (String unit : new String[] {"d", "h", "m", "s"}) {
            if (ms != 0 && ms % millis(unit) == 0) {
                return ms / millis(unit) + unit;
            }
        }
        return ms == 0 ? "0s" : ms + "ms";
    }

    private static long millis(String unit) {
        return switch (unit) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            case "d" -> 86_400_000;
            default -> throw new IllegalArgumentException("unknown unit: " + unit);
        };
    }
}
