package dev.millrace.testing;

import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;

/** Instants as tests write them. */
public final class Times {
    /** When events are received that do not say: later than any timestamp in a test. */
    public static final long RECEIVED = LocalDate.of(2100, 1, 1).toEpochDay() * 86_400_000;

    private static final LocalDate DAY = LocalDate.of(2026, 1, 1);

    private Times() {}

    /**
     * A time of one and the same day, {@code 12:01} or {@code 12:01:30.500}, epoch milliseconds.
     */
    public static long at(String time) {
        return DAY.atTime(LocalTime.parse(time)).toInstant(ZoneOffset.UTC).toEpochMilli();
    }
}
