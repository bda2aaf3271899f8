package dev.millrace.store;

import dev.millrace.core.port.Commit;
import dev.millrace.core.port.Commit.RowChange;
import dev.millrace.core.port.Commit.RowExpiry;
import dev.millrace.core.port.GroupPrefixes;
import dev.millrace.core.port.WindowRows;

import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The rows of one pipeline's aggregates. One thread at a time stages.
 *
 * <p>Expiry is a range deletion, and those are only written when there is something to delete: one
 * in every commit would slow down every read after it.
 */
final class Rows implements WindowRows {
    /** Rows that are passed over before the next wanted one is searched, which takes longer. */
    private static final int PASSED_MAX = 8;

    private final Database database;
    private final ColumnFamilyHandle family;
    private final int pipeline;

    /** By aggregate: no row starts before it, but for those that are spared. */
    private final Map<Integer, Long> oldestMs = new HashMap<>();

    /** By aggregate: starts that the last expiry spared. */
    private final Map<Integer, Set<Long>> sparedMs = new HashMap<>();

    Rows(Database database, int pipeline) {
        this.database = database;
        this.family = database.rows();
        this.pipeline = pipeline;
    }

    void stage(Commit commit, WriteBatch batch) throws RocksDBException {
        for (RowChange row : commit.rows()) {
            byte[] key = Keys.row(pipeline, row.aggregate(), row.windowStartMs(), row.group());
            batch.put(family, key, row.value());
            if (!sparedMs.getOrDefault(row.aggregate(), Set.of()).contains(row.windowStartMs())) {
                oldestMs.computeIfPresent(
                        row.aggregate(), (_, oldest) -> Math.min(oldest, row.windowStartMs()));
            }
        }
        for (RowExpiry expiry : commit.expiries()) {
            expire(expiry, commit.rows(), batch);
        }
        for (int aggregate : commit.droppedAggregates()) {
            byte[] rows = Keys.aggregate(pipeline, aggregate);
            batch.deleteRange(family, rows, Keys.endOf(rows));
            oldestMs.remove(aggregate);
            sparedMs.remove(aggregate);
        }
    }

    @Override
    public byte @Nullable [] row(int aggregate, long windowStartMs, byte[] group) {
        return database.get(family, Keys.row(pipeline, aggregate, windowStartMs, group));
    }

    @Override
    public void rows(
            int aggregate,
            long fromMs,
            long toMs,
            GroupPrefixes groups,
            @Nullable Place after,
            RowVisitor visitor) {
        byte[] from = Keys.window(pipeline, aggregate, fromMs);
        byte[] to = Keys.window(pipeline, aggregate, toMs);
        try (Scan rows = database.scan(family, from, to)) {
            rows.toOrAfter(after == null ? from : first(aggregate, after));
            boolean more = true;
            int passed = 0;
            while (more && rows.valid()) {
                byte[] key = rows.key();
                byte[] group = Keys.groupOf(key);
                if (groups.holds(group)) {
                    more = visitor.row(Keys.windowStartOf(key), group, rows.value());
                    passed = 0;
                } else if (++passed > PASSED_MAX) {
                    rows.toOrAfter(next(aggregate, Keys.windowStartOf(key), groups.after(group)));
                    passed = 0;
                    continue;
                }
                rows.next();
            }
        }
    }

    @Override
    public OptionalLong newestWindowStart(int aggregate, long beforeMs) {
        byte[] from = Keys.aggregate(pipeline, aggregate);
        byte[] to = Keys.window(pipeline, aggregate, beforeMs);
        try (Scan rows = database.scan(family, from, to).toLast()) {
            return rows.valid()
                    ? OptionalLong.of(Keys.windowStartOf(rows.key()))
                    : OptionalLong.empty();
        }
    }

    /** The group's place in this window, or the end of the window. */
    private byte[] next(int aggregate, long windowStartMs, byte @Nullable [] group) {
        return group == null
                ? Keys.endOf(Keys.window(pipeline, aggregate, windowStartMs))
                : Keys.row(pipeline, aggregate, windowStartMs, group);
    }

    private byte[] first(int aggregate, Place after) {
        return Keys.after(Keys.row(pipeline, aggregate, after.windowStartMs(), after.group()));
    }

    private void expire(RowExpiry expiry, List<RowChange> staged, WriteBatch batch)
            throws RocksDBException {
        int aggregate = expiry.aggregate();
        long oldest = oldestMs.getOrDefault(aggregate, Long.MIN_VALUE);
        if (expiry.beforeMs() < oldest) {
            return;
        }
        for (long formerMs : sparedMs.getOrDefault(aggregate, Set.of())) {
            if (formerMs < oldest && !expiry.sparedMs().contains(formerMs)) {
                delete(aggregate, formerMs, formerMs + 1, staged, batch);
            }
        }
        long fromMs = oldest;
        for (long startMs : expiry.sparedMs().stream().sorted().toList()) {
            if (startMs >= fromMs) {
                delete(aggregate, fromMs, startMs, staged, batch);
                fromMs = startMs + 1;
            }
        }
        delete(aggregate, fromMs, expiry.beforeMs(), staged, batch);
        oldestMs.put(aggregate, expiry.beforeMs());
        sparedMs.put(aggregate, expiry.sparedMs());
    }

    private void delete(
            int aggregate, long fromMs, long toMs, List<RowChange> staged, WriteBatch batch)
            throws RocksDBException {
        byte[] from = Keys.window(pipeline, aggregate, fromMs);
        byte[] to = Keys.window(pipeline, aggregate, toMs);
        if (holdsAny(from, to) || stagesAny(staged, aggregate, fromMs, toMs)) {
            batch.deleteRange(family, from, to);
        }
    }

    private boolean holdsAny(byte[] from, byte[] to) {
        try (Scan rows = database.scan(family, from, to).toFirst()) {
            return rows.valid();
        }
    }

    private static boolean stagesAny(
            List<RowChange> staged, int aggregate, long fromMs, long toMs) {
        return staged.stream()
                .anyMatch(row ->
                        row.aggregate() == aggregate
                                && row.windowStartMs() >= fromMs
                                && row.windowStartMs() < toMs);
    }
}
