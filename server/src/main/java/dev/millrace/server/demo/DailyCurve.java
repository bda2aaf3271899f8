package dev.millrace.server.demo;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/**
 * How busy a website is over its local day: quiet at four in the morning, busiest at eight in the
 * evening. Its mean over a day is 1.
 */
final class DailyCurve {
    private static final double[] HOURLY =
            withMeanOne(
                    60, 40, 28, 22, 20, 24, 40, 65, 90, 108, 118, 122, 126, 120, 116, 114, 116, 122,
                    132, 145, 152, 146, 122, 90);

    private DailyCurve() {}

    private static double[] withMeanOne(double... values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        for (int i = 0; i < values.length; i++) {
            values[i] *= values.length / sum;
        }
        return values;
    }

    /**
     * How many times its mean traffic a site in {@code zone} has; interpolated between full hours.
     */
    static double at(Instant instant, ZoneId zone) {
        ZonedDateTime local = instant.atZone(zone);
        double part = local.getMinute() / 60.0 + local.getSecond() / 3600.0;
        int hour = local.getHour();
        return HOURLY[hour] * (1 - part) + HOURLY[(hour + 1) % HOURLY.length] * part;
    }
}
