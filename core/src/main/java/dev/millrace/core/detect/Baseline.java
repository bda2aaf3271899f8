package dev.millrace.core.detect;

import org.jspecify.annotations.Nullable;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * What a group's windows ordinarily show. Four baselines have their say: the median of the last
 * windows, the newest of them, these carried on by their slope, and the hour of the week. A surge
 * must exceed them all and a drop fall below them all, so neither the slope of a day's curve nor
 * what happens every Monday at nine is an alert. Confined to one thread.
 */
final class Baseline {
    /** Windows that must have closed before anything is expected. */
    static final int WARM_UP_WINDOWS = 6;

    /** Longer windows than this see a day's curve as steps, so a day must have passed first. */
    static final long FINE_MS = 900_000;

    /** From here on a week must have passed. */
    static final long COARSE_MS = 3_600_000;

    private static final long DAY_MS = 86_400_000;

    private final RecentWindows recent;
    private final HoursOfWeek hours;

    /** That were taken up in all. */
    private int windows;

    Baseline() {
        this(0, new RecentWindows(), new HoursOfWeek());
    }

    private Baseline(int windows, RecentWindows recent, HoursOfWeek hours) {
        this.windows = windows;
        this.recent = recent;
        this.hours = hours;
    }

    /** Takes up a window that was ordinary. */
    void add(long windowStartMs, double value) {
        count();
        recent.add(value, false);
        hours.add(windowStartMs, value);
    }

    /**
     * Takes up a window that stood out. It does not count among the last windows, until as many in
     * a row stood out as are remembered: then they are the ordinary ones. For the hour of the week
     * it counts as just standing out, so that what happens every week is learned within a few.
     *
     * @param clipped the nearest value that would have stood out
     * @return whether they have become that
     */
    boolean addOutlier(long windowStartMs, double value, double clipped) {
        count();
        hours.add(windowStartMs, clipped);
        recent.add(value, true);
        boolean lasting = recent.size() == RecentWindows.LENGTH && recent.allOutliers();
        if (lasting) {
            recent.acceptOutliers();
        }
        return lasting;
    }

    private void count() {
        if (windows < Integer.MAX_VALUE) {
            windows++;
        }
    }

    /** How many windows must have been taken up before one of this length is judged. */
    private static long warmUpWindows(long lengthMs) {
        if (lengthMs <= FINE_MS) {
            return WARM_UP_WINDOWS;
        }
        long learnedMs = lengthMs < COARSE_MS ? DAY_MS : 7 * DAY_MS;
        return Math.max(WARM_UP_WINDOWS, learnedMs / lengthMs);
    }

    /** Of a window that follows; null as long as too little is known. */
    @Nullable Expectation expectation(long windowStartMs, long windowEndMs, Noise noise) {
        if (windows < warmUpWindows(windowEndMs - windowStartMs)) {
            return null;
        }
        RecentWindows.Summary summary = recent.summary();
        double high = Math.max(summary.median(), Math.max(summary.latest(), summary.predicted()));
        double low = Math.min(summary.median(), Math.min(summary.latest(), summary.predicted()));
        HoursOfWeek.Range hour = hours.levels(windowStartMs, windowEndMs);
        if (hour != null) {
            high = Math.max(high, hour.high());
            low = Math.min(low, hour.low());
        }
        return new Expectation(
                high,
                noise.deviation(high, summary.spread()),
                low,
                noise.deviation(low, summary.spread()));
    }

    /** Writes the number of windows {@code i32}, and then the last ones and the hours. */
    void write(DataOutputStream out) throws IOException {
        out.writeInt(windows);
        recent.write(out);
        hours.write(out);
    }

    static Baseline read(DataInputStream in) throws IOException {
        return new Baseline(in.readInt(), RecentWindows.read(in), HoursOfWeek.read(in));
    }
}
