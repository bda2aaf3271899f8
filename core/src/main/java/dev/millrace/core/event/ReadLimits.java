package dev.millrace.core.event;

import dev.millrace.core.Bound;

import java.util.List;

/**
 * Bounds of one body. What exceeds one makes the body {@link ReadResult.TooLarge}.
 *
 * @param maxEventBytes bytes of one event as sent; at most {@link #MAX_EVENT_BYTES}
 * @param maxDepth nesting of objects and arrays, the event itself being the first
 * @param maxEvents events in one body, rejected ones included
 */
public record ReadLimits(int maxEventBytes, int maxDepth, int maxEvents) {
    /** A batch keeps the length of a value in 26 bits. */
    public static final int MAX_EVENT_BYTES = (1 << 26) - 1;

    /** Depth of the stack that scans it. */
    public static final int MAX_DEPTH = 1000;

    public static final int DEFAULT_EVENT_BYTES = 1 << 20;
    public static final int DEFAULT_DEPTH = 64;
    public static final int DEFAULT_EVENTS = 100_000;

    /** 1 MiB an event, 64 levels, 100,000 events. */
    public static final ReadLimits DEFAULT =
            new ReadLimits(DEFAULT_EVENT_BYTES, DEFAULT_DEPTH, DEFAULT_EVENTS);

    public ReadLimits {
        if (maxEventBytes < 1 || maxEventBytes > MAX_EVENT_BYTES) {
            throw new IllegalArgumentException(
                    "maxEventBytes must be 1 to " + MAX_EVENT_BYTES + ", not " + maxEventBytes);
        }
        if (maxDepth < 1 || maxDepth > MAX_DEPTH) {
            throw new IllegalArgumentException(
                    "maxDepth must be 1 to " + MAX_DEPTH + ", not " + maxDepth);
        }
        if (maxEvents < 1) {
            throw new IllegalArgumentException("maxEvents must be 1 or more, not " + maxEvents);
        }
    }

    /** For operators. */
    public List<Bound> bounds() {
        return List.of(
                new Bound(
                        "event.bytes",
                        maxEventBytes,
                        "bytes",
                        "an event as sent; past it the body is refused with 413"),
                new Bound("event.depth", maxDepth, "levels", "nesting of an event, likewise"),
                new Bound(
                        "event.perBody",
                        maxEvents,
                        "events",
                        "events of one body, or the pipeline's queueLimit if that is set; likewise"));
    }

    public ReadLimits withMaxEvents(int maxEvents) {
        return new ReadLimits(maxEventBytes, maxDepth, maxEvents);
    }
}
