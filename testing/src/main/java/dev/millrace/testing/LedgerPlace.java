package dev.millrace.testing;

/**
 * Where events came from, and when.
 *
 * @param minuteMs the start of the minute in which they were received
 */
public record LedgerPlace(long minuteMs, String source) {
    /** Of an event that was received then. */
    public static LedgerPlace of(long receivedAtMs, String source) {
        return new LedgerPlace(receivedAtMs - Math.floorMod(receivedAtMs, 60_000), source);
    }
}
