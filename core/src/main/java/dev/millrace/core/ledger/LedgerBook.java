package dev.millrace.core.ledger;

import dev.millrace.core.port.Commit;
import dev.millrace.core.port.WindowRows;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The ledger by source: says which rows a commit must write so that what both sides counted is
 * added to the cells, each with its minute and since the pipeline exists. Rows of state number
 * {@link #STATE}: the window's start is {@link CellKey#minuteMs}, the group the source's UTF-8, the
 * value {@link CellCodec}.
 *
 * <p>What admission counted is booked first: so a source has its cell, or has been told to share
 * that of the others, before the partitions' counts of the same events come. One thread at a time.
 */
public final class LedgerBook {
    /** Aggregates and detectors have numbers from 1. */
    public static final int STATE = 0;

    /** Sources that have a cell of their own in one minute. */
    public static final int SOURCES_PER_MINUTE = 1_000;

    /** Sources that have a cell of their own since the pipeline exists. */
    public static final int SOURCES = 10_000;

    /** Under which the sources beyond that are counted together. */
    public static final String OTHERS = "__other__";

    /** How long a minute's cells are kept after it. */
    public static final Duration KEEP = Duration.ofDays(31);

    /** Cells held in memory, the ones touched last. */
    static final int CELLS_HELD = 8_192;

    private static final int MINUTES_HELD = 64;
    private static final long EXPIRE_EVERY_MS = Duration.ofHours(1).toMillis();

    private final WindowRows stored;
    private final Map<CellKey, Cell> held = newest(CELLS_HELD);

    /** How many cells a minute has, of the minutes touched last. */
    private final Map<Long, Integer> cellsIn = new HashMap<>();

    private long expiredBeforeMs = Long.MIN_VALUE;

    /**
     * What a commit adds.
     *
     * @param cells those that changed, as they are now
     */
    public record Booking(
            List<Commit.RowChange> rows,
            List<Commit.RowExpiry> expiries,
            Map<CellKey, Cell> cells) {}

    public LedgerBook(WindowRows stored) {
        this.stored = stored;
    }

    private static <K, V> Map<K, V> newest(int most) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > most;
            }
        };
    }

    /**
     * Books what came since the last commit; the caller writes it, or makes a new book. A change to
     * a minute that is no longer kept is booked only in its source's cell since the beginning.
     *
     * @param admitted admission's counts
     * @param handedOver the partitions' counts
     * @param nowMs the host's clock
     */
    public Booking book(
            Map<CellKey, Cell> admitted, Collection<Map<CellKey, Cell>> handedOver, long nowMs) {
        long keptFromMs = CellKey.minuteOf(nowMs - KEEP.toMillis());
        Map<CellKey, Cell> changed = new LinkedHashMap<>();
        add(admitted, keptFromMs, changed);
        handedOver.forEach(cells -> add(cells, keptFromMs, changed));
        List<Commit.RowChange> rows = new ArrayList<>(changed.size());
        changed.forEach((key, cell) ->
                rows.add(
                        new Commit.RowChange(
                                STATE, key.minuteMs(), key.group(), CellCodec.encode(cell))));
        if (cellsIn.size() > MINUTES_HELD) {
            cellsIn.keySet().removeIf(minuteMs -> minuteMs != CellKey.WHOLE_MS);
        }
        return new Booking(rows, expiries(keptFromMs), changed);
    }

    private List<Commit.RowExpiry> expiries(long keptFromMs) {
        if (expiredBeforeMs != Long.MIN_VALUE && keptFromMs < expiredBeforeMs + EXPIRE_EVERY_MS) {
            return List.of();
        }
        expiredBeforeMs = keptFromMs;
        return List.of(new Commit.RowExpiry(STATE, keptFromMs));
    }

    private void add(Map<CellKey, Cell> changes, long keptFromMs, Map<CellKey, Cell> changed) {
        changes.forEach((key, change) -> {
            add(key.whole(), change, changed);
            if (key.minuteMs() >= keptFromMs) {
                add(key, change, changed);
            }
        });
    }

    private void add(CellKey key, Cell change, Map<CellKey, Cell> changed) {
        CellKey own = key;
        Cell before = find(own, changed);
        if (before == null && !mayHaveItsOwn(own)) {
            own = key.others();
            before = find(own, changed);
        }
        if (before == null) {
            cellsIn.merge(own.minuteMs(), 1, Integer::sum);
            before = Cell.ZERO;
        }
        Cell after = before.plus(change);
        changed.put(own, after);
        held.put(own, after);
    }

    private @Nullable Cell find(CellKey key, Map<CellKey, Cell> changed) {
        Cell cell = changed.get(key);
        if (cell == null) {
            cell = held.get(key);
        }
        return cell == null ? LedgerRows.cell(stored, key) : cell;
    }

    private boolean mayHaveItsOwn(CellKey key) {
        int most = key.isWhole() ? SOURCES : SOURCES_PER_MINUTE;
        return cellsIn.computeIfAbsent(key.minuteMs(), this::storedIn) < most;
    }

    private int storedIn(long minuteMs) {
        int[] count = new int[1];
        LedgerRows.cells(
                stored,
                minuteMs,
                (_, _) -> {
                    count[0]++;
                    return true;
                });
        return count[0];
    }
}
