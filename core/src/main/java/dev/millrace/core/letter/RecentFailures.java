package dev.millrace.core.letter;

import java.util.Arrays;

/**
 * How many letters failed last in each of the last minutes that had any: enough for a line that
 * shows whether it goes on. Immutable; {@link #MINUTES} counts, up to the newest minute.
 */
public final class RecentFailures {
    /** Minutes that are told apart; what failed last before them is not counted. */
    public static final int MINUTES = 30;

    public static final RecentFailures NONE = new RecentFailures(0, new int[MINUTES]);

    private static final long MINUTE_MS = 60_000;

    private final long newestMinute;

    /** The last is of the newest minute. */
    private final int[] counts;

    private RecentFailures(long newestMinute, int[] counts) {
        this.newestMinute = newestMinute;
        this.counts = counts;
    }

    /**
     * With so many letters more, or fewer, that failed then.
     *
     * @param by below 0: fewer
     */
    public RecentFailures plus(long failedAtMs, int by) {
        long minute = Math.floorDiv(failedAtMs, MINUTE_MS);
        long newest = Math.max(newestMinute, minute);
        int[] next = countsUpTo(newest);
        if (newest - minute < MINUTES) {
            int index = place(minute, newest);
            next[index] = Math.max(0, next[index] + by);
        }
        return new RecentFailures(newest, next);
    }

    /** Both together. */
    public RecentFailures plus(RecentFailures other) {
        long newest = Math.max(newestMinute, other.newestMinute);
        int[] sum = countsUpTo(newest);
        int[] others = other.countsUpTo(newest);
        for (int i = 0; i < MINUTES; i++) {
            sum[i] += others[i];
        }
        return new RecentFailures(newest, sum);
    }

    /** Letters by minute, the oldest first; the last is the minute of {@code nowMs}. */
    public int[] upTo(long nowMs) {
        return countsUpTo(Math.floorDiv(nowMs, MINUTE_MS));
    }

    /** Begin of the first of the minutes of {@link #upTo}, epoch milliseconds. */
    public static long fromMs(long nowMs) {
        return (Math.floorDiv(nowMs, MINUTE_MS) - MINUTES + 1) * MINUTE_MS;
    }

    private int[] countsUpTo(long minute) {
        int[] moved = new int[MINUTES];
        for (int i = 0; i < MINUTES; i++) {
            long its = newestMinute - (MINUTES - 1 - i);
            if (its <= minute && minute - its < MINUTES) {
                moved[place(its, minute)] = counts[i];
            }
        }
        return moved;
    }

    private static int place(long minute, long newest) {
        return (int) (MINUTES - 1 - (newest - minute));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RecentFailures that
                && newestMinute == that.newestMinute
                && Arrays.equals(counts, that.counts);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(newestMinute) + Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
        return Arrays.toString(counts) + " up to minute " + newestMinute;
    }
}
