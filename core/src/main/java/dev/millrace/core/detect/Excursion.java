package dev.millrace.core.detect;

/**
 * One stay of a group's value beyond its baseline, from the first window that stood out to the end
 * of the first that did not.
 *
 * @param endedAtMs {@link #OPEN} while it lasts
 * @param value that stood out most
 * @param baseline that it is held against
 * @param score deviations between them; below 0 for a drop
 */
record Excursion(
        Direction direction,
        long windowStartMs,
        long endedAtMs,
        double value,
        double baseline,
        double score) {
    static final long OPEN = Long.MIN_VALUE;

    static Excursion begin(
            Direction direction, long windowStartMs, double value, Expectation expected) {
        return new Excursion(
                direction,
                windowStartMs,
                OPEN,
                value,
                expected.baseline(direction),
                expected.score(direction, value));
    }

    boolean isOpen() {
        return endedAtMs == OPEN;
    }

    Excursion endedAt(long atMs) {
        return new Excursion(direction, windowStartMs, atMs, value, baseline, score);
    }

    /** With a further window, if that stands out more. */
    Excursion with(double otherValue, Expectation expected) {
        double otherScore = expected.score(direction, otherValue);
        return Math.abs(otherScore) > Math.abs(score)
                ? new Excursion(
                        direction,
                        windowStartMs,
                        endedAtMs,
                        otherValue,
                        expected.baseline(direction),
                        otherScore)
                : this;
    }
}
