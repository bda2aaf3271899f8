package dev.millrace.core.ledger;

import dev.millrace.core.port.WindowRows;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.OptionalLong;

/** Reads the cells that {@link LedgerBook} wrote. */
public final class LedgerRows {
    private LedgerRows() {}

    /** Receives cells. */
    @FunctionalInterface
    public interface CellVisitor {
        /** Return false to stop. */
        boolean cell(CellKey key, Cell cell);
    }

    /**
     * What is counted of a source since the pipeline exists; nothing for one that was never seen,
     * or that is counted among {@link LedgerBook#OTHERS}.
     */
    public static Cell whole(WindowRows stored, String source) {
        Cell cell = cell(stored, new CellKey(CellKey.WHOLE_MS, source));
        return cell == null ? Cell.ZERO : cell;
    }

    /**
     * Hands over the cells of minutes, {@code [fromMs, toMs)}, by minute, then by the UTF-8 of
     * their source.
     *
     * @param source of one source only
     * @param after the cell after which to begin, or null
     */
    public static void minutes(
            WindowRows stored,
            long fromMs,
            long toMs,
            Optional<String> source,
            @Nullable CellKey after,
            CellVisitor visitor) {
        long endMs = Math.min(toMs, CellKey.WHOLE_MS);
        if (source.isEmpty()) {
            WindowRows.Place place = after == null ? null : after.place();
            stored.rows(LedgerBook.STATE, fromMs, endMs, place, visiting(visitor));
        } else {
            ofOne(stored, fromMs, endMs, source.get(), after, visitor);
        }
    }

    /*
     * A minute has up to a thousand cells, of which one is wanted: so minutes are asked one by one,
     * between the oldest and the newest that there are.
     */
    private static void ofOne(
            WindowRows stored,
            long fromMs,
            long toMs,
            String source,
            @Nullable CellKey after,
            CellVisitor visitor) {
        long[] firstMs = {CellKey.WHOLE_MS};
        stored.rows(
                LedgerBook.STATE,
                fromMs,
                toMs,
                after == null ? null : after.place(),
                (minuteMs, _, _) -> {
                    firstMs[0] = minuteMs;
                    return false;
                });
        OptionalLong newestMs = stored.newestWindowStart(LedgerBook.STATE, toMs);
        boolean more = newestMs.isPresent();
        for (long minuteMs = firstMs[0];
                more && minuteMs <= newestMs.getAsLong();
                minuteMs += CellKey.MINUTE_MS) {
            CellKey key = new CellKey(minuteMs, source);
            Cell cell = key.equals(after) ? null : cell(stored, key);
            more = cell == null || visitor.cell(key, cell);
        }
    }

    /** The cells of one minute, or of {@link CellKey#WHOLE_MS}. */
    static void cells(WindowRows stored, long minuteMs, CellVisitor visitor) {
        stored.rows(LedgerBook.STATE, minuteMs, minuteMs + 1, null, visiting(visitor));
    }

    static @Nullable Cell cell(WindowRows stored, CellKey key) {
        byte[] value = stored.row(LedgerBook.STATE, key.minuteMs(), key.group());
        return value == null ? null : CellCodec.decode(value);
    }

    private static WindowRows.RowVisitor visiting(CellVisitor visitor) {
        return (minuteMs, group, value) ->
                visitor.cell(
                        new CellKey(minuteMs, CellKey.sourceOf(group)), CellCodec.decode(value));
    }
}
