package dev.millrace.core.detect;

import java.util.Random;

/**
 * The traffic of a website that nothing happens to: quiet nights, a steep morning, a dip at noon,
 * an evening, quieter weekends that begin later, days that differ a little; and chance.
 */
final class DailyCurve {
    private static final long HOUR_MS = 3_600_000;

    /** A Monday, 00:00 UTC. */
    static final long MONDAY_MS = 4 * 24 * HOUR_MS;

    private static final double[] WEEKDAY = {
        .12, .07, .05, .04, .04, .06, .14, .35, .70, .95, 1.0, .98, .72, .75, .92, .95, .90, .80,
        .75, .80, .82, .65, .40, .22
    };
    private static final double[] WEEKEND = {
        .16, .10, .07, .05, .04, .04, .06, .10, .20, .34, .45, .50, .46, .44, .48, .50, .48, .46,
        .48, .52, .52, .42, .28, .18
    };

    private final double busiest;
    private final Random random;
    private final double[] dayFactors = new double[64];

    /**
     * @param busiest events of a window in the busiest hour
     */
    DailyCurve(double busiest, Random random) {
        this.busiest = busiest;
        this.random = random;
        for (int day = 0; day < dayFactors.length; day++) {
            dayFactors[day] = 0.9 + 0.2 * random.nextDouble();
        }
    }

    /** What to expect of a window. */
    double mean(Span window) {
        double sum = 0;
        int steps = Math.clamp((window.endMs() - window.startMs()) / HOUR_MS * 4, 1, 96);
        for (int step = 0; step < steps; step++) {
            double share = (step + 0.5) / steps;
            sum += at(window.startMs() + (long) (share * (window.endMs() - window.startMs())));
        }
        return busiest * sum / steps;
    }

    private double at(long timeMs) {
        double hours = (double) (timeMs - MONDAY_MS) / HOUR_MS - 0.5;
        long before = (long) Math.floor(hours);
        double share = hours - before;
        return ofHour(before) * (1 - share) + ofHour(before + 1) * share;
    }

    private double ofHour(long hour) {
        int day = (int) Math.floorDiv(hour, 24L);
        double[] shape = Math.floorMod(day, 7) >= 5 ? WEEKEND : WEEKDAY;
        return shape[(int) Math.floorMod(hour, 24L)]
                * dayFactors[Math.floorMod(day, dayFactors.length)];
    }

    /** What a window shows. */
    double events(Span window) {
        return poisson(mean(window));
    }

    double poisson(double mean) {
        if (mean > 100) {
            return Math.max(0, Math.rint(mean + Math.sqrt(mean) * random.nextGaussian()));
        }
        double limit = Math.exp(-mean);
        double product = random.nextDouble();
        int events = 0;
        while (product > limit) {
            events++;
            product *= random.nextDouble();
        }
        return events;
    }
}
