package dev.millrace.core.ledger;

import dev.millrace.core.port.WindowRows;

import java.nio.charset.StandardCharsets;

/**
 * What a cell of the ledger counts: the events of one source that were received in one minute, or,
 * at {@link #WHOLE_MS}, all of that source.
 *
 * @param minuteMs the start of the minute, epoch milliseconds
 * @param source as it came in; empty where it could not be read
 */
public record CellKey(long minuteMs, String source) {
    /** In the place of a minute: since the pipeline exists. */
    public static final long WHOLE_MS = Long.MAX_VALUE - 1;

    public static final long MINUTE_MS = 60_000;

    /** The cell of an event that was received then. */
    public static CellKey of(long receivedAtMs, String source) {
        return new CellKey(minuteOf(receivedAtMs), source);
    }

    /** The start of the minute in which a time lies. */
    public static long minuteOf(long timeMs) {
        return Math.floorDiv(timeMs, MINUTE_MS) * MINUTE_MS;
    }

    /** What is counted under it since the pipeline exists. */
    CellKey whole() {
        return new CellKey(WHOLE_MS, source);
    }

    boolean isWhole() {
        return minuteMs == WHOLE_MS;
    }

    /** The same minute's cell for the sources that have none of their own. */
    CellKey others() {
        return new CellKey(minuteMs, LedgerBook.OTHERS);
    }

    byte[] group() {
        return source.getBytes(StandardCharsets.UTF_8);
    }

    static String sourceOf(byte[] group) {
        return new String(group, StandardCharsets.UTF_8);
    }

    /** Its place among the stored rows. */
    public WindowRows.Place place() {
        return new WindowRows.Place(minuteMs, group());
    }
}
