package dev.millrace.core.aggregate;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * Slices aligned to midnight in a time zone. A size of whole days counts calendar days, which last
 * 23 or 25 hours when clocks change; days of several are counted from 1970-01-01. A shorter size
 * cuts each day from its midnight on, by elapsed time, so the last slice of a day that clocks
 * shorten may be shorter than the others.
 */
final class ZonedSlices implements Slices {
    private static final long DAY_MS = Duration.ofDays(1).toMillis();

    private final ZoneId zone;
    private final long sizeMs;

    /** Calendar days that a slice, or a day's worth of slices, takes. */
    private final int days;

    private volatile Span last;

    /** The days from {@code first} on that are cut together. */
    private record Span(LocalDate first, long startMs, long endMs) {
        boolean holds(long timestampMs) {
            return startMs <= timestampMs && timestampMs < endMs;
        }
    }

    /**
     * @param sizeMs divides a day, or is whole days
     */
    ZonedSlices(ZoneId zone, long sizeMs) {
        if (sizeMs < 1
                || sizeMs / DAY_MS > Integer.MAX_VALUE
                || (sizeMs % DAY_MS != 0 && DAY_MS % sizeMs != 0)) {
            throw new IllegalArgumentException(
                    "a window of a zone must divide a day or be whole days, not " + sizeMs + " ms");
        }
        this.zone = zone;
        this.sizeMs = sizeMs;
        this.days = (int) Math.max(1, sizeMs / DAY_MS);
        this.last = span(LocalDate.EPOCH);
    }

    @Override
    public long startOf(long timestampMs) {
        Span span = spanOf(timestampMs);
        return timestampMs - (timestampMs - span.startMs()) % sizeIn(span);
    }

    @Override
    public long endOf(long startMs) {
        Span span = spanOf(startMs);
        return Math.min(startMs + sizeIn(span), span.endMs());
    }

    @Override
    public long step(long startMs, int count) {
        Span span = spanOf(startMs);
        long index = (startMs - span.startMs()) / sizeIn(span) + count;
        while (index < 0) {
            span = span(span.first().minusDays(days));
            index += slicesIn(span);
        }
        while (index >= slicesIn(span)) {
            index -= slicesIn(span);
            span = span(span.first().plusDays(days));
        }
        return span.startMs() + index * sizeIn(span);
    }

    private long sizeIn(Span span) {
        return sizeMs < DAY_MS ? sizeMs : span.endMs() - span.startMs();
    }

    /**
     * None in a day that a zone has left out, when it went over to the other side of the date line.
     */
    private long slicesIn(Span span) {
        long lengthMs = span.endMs() - span.startMs();
        return lengthMs == 0 ? 0 : Math.ceilDiv(lengthMs, sizeIn(span));
    }

    /* Events come nearly in order, so the day of the last one is the day of the next one. */
    private Span spanOf(long timestampMs) {
        Span span = last;
        if (!span.holds(timestampMs)) {
            LocalDate day = Instant.ofEpochMilli(timestampMs).atZone(zone).toLocalDate();
            span = span(day.minusDays(Math.floorMod(day.toEpochDay(), days)));
            last = span;
        }
        return span;
    }

    private Span span(LocalDate first) {
        return new Span(first, midnight(first), midnight(first.plusDays(days)));
    }

    private long midnight(LocalDate day) {
        return day.atStartOfDay(zone).toInstant().toEpochMilli();
    }

    @Override
    public String toString() {
        return sizeMs + " ms in " + zone;
    }
}
