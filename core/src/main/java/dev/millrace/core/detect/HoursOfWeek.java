package dev.millrace.core.detect;

import org.jspecify.annotations.Nullable;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;

/**
 * What a group shows per window in each hour of the week (in UTC, from the epoch on): a running
 * mean that gives each week half the weight of the one after. An hour without a value of its own
 * yet has that of the day before. Confined to one thread.
 */
final class HoursOfWeek {
    private static final long HOUR_MS = 3_600_000;
    private static final int HOURS = 7 * 24;
    private static final int DAY = 24;

    /** NaN where nothing is known. */
    private final float[] levels = new float[HOURS];

    /** Since the epoch, of which {@code sum} and {@code count} are. */
    private long hour = Long.MIN_VALUE;

    private double sum;
    private int count;

    HoursOfWeek() {
        Arrays.fill(levels, Float.NaN);
    }

    /** Takes a window into account; windows come in order. */
    void add(long windowStartMs, double value) {
        long next = Math.floorDiv(windowStartMs, HOUR_MS);
        if (next != hour) {
            finishHour();
            hour = next;
        }
        sum += value;
        count++;
    }

    private void finishHour() {
        if (count > 0) {
            int index = index(hour);
            double mean = sum / count;
            double old = levels[index];
            levels[index] = (float) (Double.isNaN(old) ? mean : (old + mean) / 2);
        }
        sum = 0;
        count = 0;
    }

    /**
     * What a window shows at that time of the week: between the middles of two hours, in
     * proportion. Windows of an hour or more may be an hour off, as they are when daylight saving
     * begins or ends.
     *
     * @return least and greatest; null if nothing is known
     */
    @Nullable Range levels(long windowStartMs, long windowEndMs) {
        if (windowEndMs - windowStartMs >= HOUR_MS) {
            long own = Math.floorDiv(windowStartMs, HOUR_MS);
            return Range.of(level(own - 1), level(own), level(own + 1));
        }
        long middleMs = windowStartMs + (windowEndMs - windowStartMs) / 2 - HOUR_MS / 2;
        long before = Math.floorDiv(middleMs, HOUR_MS);
        double share = (double) Math.floorMod(middleMs, HOUR_MS) / HOUR_MS;
        double one = level(before);
        double other = level(before + 1);
        return Double.isNaN(one) || Double.isNaN(other)
                ? Range.of(one, other)
                : Range.of(one + (other - one) * share);
    }

    /** From the least to the greatest of some levels. */
    record Range(double low, double high) {
        private static @Nullable Range of(double... levels) {
            DoubleSummaryStatistics known =
                    Arrays.stream(levels).filter(level -> !Double.isNaN(level)).summaryStatistics();
            return known.getCount() == 0 ? null : new Range(known.getMin(), known.getMax());
        }
    }

    private double level(long anHour) {
        double own = levels[index(anHour)];
        return Double.isNaN(own) ? levels[index(anHour - DAY)] : own;
    }

    private static int index(long anHour) {
        return Math.floorMod(anHour, HOURS);
    }

    /**
     * Writes hour {@code i64}, sum as a double, count {@code i32}, number of levels {@code u8}, and
     * each as its hour {@code u8} and a float.
     */
    void write(DataOutputStream out) throws IOException {
        out.writeLong(hour);
        out.writeDouble(sum);
        out.writeInt(count);
        int known = 0;
        for (float level : levels) {
            known += Float.isNaN(level) ? 0 : 1;
        }
        out.writeByte(known);
        for (int i = 0; i < HOURS; i++) {
            if (!Float.isNaN(levels[i])) {
                out.writeByte(i);
                out.writeFloat(levels[i]);
            }
        }
    }

    static HoursOfWeek read(DataInputStream in) throws IOException {
        HoursOfWeek hours = new HoursOfWeek();
        hours.hour = in.readLong();
        hours.sum = in.readDouble();
        hours.count = in.readInt();
        for (int left = in.readUnsignedByte(); left > 0; left--) {
            int index = in.readUnsignedByte();
            if (index >= HOURS) {
                throw new IOException("no hour of a week: " + index);
            }
            hours.levels[index] = in.readFloat();
        }
        return hours;
    }
}
